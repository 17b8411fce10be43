// All that is internal to TensorFlow.js: its registry of kernels, and the WASM backend's memory, allocator and table of
// tensors. Written for 4.22; `backendOf` looks whether it still fits before anything is touched.

import type * as tfc from '@tensorflow/tfjs-core';
import { wrongType, wrongValue } from '../core/errors.ts';
import type { Address } from '../wasm/kernels.ts';

/** What is needed of `@tensorflow/tfjs` or `@tensorflow/tfjs-core`: the namespace itself. */
export type Tf = Pick<
  typeof tfc,
  | 'backend_util'
  | 'engine'
  | 'findBackendFactory'
  | 'getBackend'
  | 'getGradient'
  | 'getKernel'
  | 'Optimizer'
  | 'registerBackend'
  | 'registerGradient'
  | 'registerKernel'
  | 'removeBackend'
  | 'setBackend'
  | 'unregisterGradient'
  | 'unregisterKernel'
  | 'util'
  | 'version_core'
  | 'zerosLike'
>;

/** The WASM backend's record of a tensor. `memoryOffset` is the address of its first value, a multiple of 8. */
interface TensorRecord {
  /** What its modules call the tensor. */
  readonly id: number;
  readonly memoryOffset: number;
  readonly shape: readonly number[];
  readonly refCount: number;
}

/** The WASM backend, as far as it is used. */
export interface WasmBackend {
  readonly wasm: {
    readonly asm?: { readonly memory?: WebAssembly.Memory };
    readonly wasmMemory?: WebAssembly.Memory;
    _malloc(bytes: number): number;
    _free(address: number): void;
    readonly tfjs: {
      registerTensor(id: number, size: number, address: number): void;
      disposeData(id: number): void;
    };
  };
  readonly dataIdMap: { get(dataId: object): TensorRecord };
  makeOutput(shape: readonly number[], dtype: 'float32' | 'int32'): tfc.TensorInfo;
  disposeData(dataId: object): boolean;
  incRef(dataId: object): void;
  readSync(dataId: object): ArrayLike<number>;
}

/** Versions of TensorFlow.js that this was written for. */
export const VERSIONS = '>=4.22 <5';

const names = [
  ...['engine', 'getBackend', 'getGradient', 'getKernel', 'registerGradient'],
  ...['registerKernel', 'unregisterGradient', 'unregisterKernel', 'Optimizer'],
];

/** Errors: TypeError for something else than TensorFlow.js, RangeError for another version. */
export function checkTf(tf: unknown): asserts tf is Tf {
  const object = tf as Record<string, unknown>;
  const known = typeof tf === 'object' && tf !== null && names.every((name) => typeof object[name] === 'function');
  if (!known) throw wrongType('tf', 'the namespace of @tensorflow/tfjs or @tensorflow/tfjs-core', tf);
  const version = String(object.version_core);
  const [major, minor] = version.split('.').map(Number);
  if (major !== 4 || !(minor! >= 22)) throw wrongValue('tf', `TensorFlow.js ${VERSIONS}`, version);
}

/** The memory of a backend: never its buffer, which growth replaces. */
export const memoryOf = ({ wasm }: WasmBackend): WebAssembly.Memory => (wasm.asm?.memory ?? wasm.wasmMemory)!;

/** What of a backend is not as expected, or nothing. */
function unfit(backend: WasmBackend): string | undefined {
  const { wasm, dataIdMap } = backend;
  if (typeof wasm?._malloc !== 'function' || typeof wasm._free !== 'function') return 'no allocator';
  if (!((wasm.asm?.memory ?? wasm.wasmMemory) instanceof WebAssembly.Memory)) return 'no WebAssembly.Memory';
  if (typeof wasm.tfjs?.registerTensor !== 'function' || typeof wasm.tfjs.disposeData !== 'function')
    return 'no list of tensors';
  if (typeof dataIdMap?.get !== 'function') return 'no table of tensors';
  for (const name of ['makeOutput', 'disposeData', 'incRef', 'readSync'] as const)
    if (typeof backend[name] !== 'function') return `no ${name}`;
  // A tensor must lie where its record says, and be read from there.
  const { dataId } = backend.makeOutput([2], 'float32');
  try {
    const address = dataIdMap.get(dataId)?.memoryOffset;
    if (!Number.isInteger(address) || address <= 0 || address % 4 !== 0) return 'no address of a tensor';
    new Float32Array(memoryOf(backend).buffer, address, 2).set([1.5, -3]);
    if (Array.from(backend.readSync(dataId)).join() !== '1.5,-3') return 'tensors that lie elsewhere';
  } finally {
    backend.disposeData(dataId);
  }
  return undefined;
}

/** The WASM backend that is set. Errors: RangeError where none or another one is. */
export function currentBackend(tf: Tf): WasmBackend {
  const expected = "the WASM backend, set by await tf.setBackend('wasm')";
  const name = tf.getBackend() || undefined;
  if (name !== 'wasm') throw wrongValue('tf', expected, name ?? 'no backend');
  // Not `findBackend`, which would start one.
  const { registry } = tf.engine() as unknown as { registry?: Record<string, WasmBackend | undefined> };
  const backend = registry?.wasm;
  if (!backend?.wasm) throw wrongValue('tf', expected, 'one that has not started');
  return backend;
}

/** The same, looked through. Errors: also where this version's is not built as expected. */
export function backendOf(tf: Tf): WasmBackend {
  const backend = currentBackend(tf);
  const missing = unfit(backend);
  if (missing) {
    throw wrongValue('tf', `a WASM backend as in TensorFlow.js 4.22`, `${missing} in ${tf.version_core}`);
  }
  return backend;
}

const noMemory = (what: string, expected: string): RangeError =>
  new RangeError(`"${what}" expected ${expected}, which the WASM backend of TensorFlow.js refused`);

/**
 * The address of a tensor's first value, an unsigned number: good until the tensor is disposed of. Errors: RangeError
 * where the backend had no memory for the tensor: it does not say so itself, but takes the address 0.
 */
export function addressOf(backend: WasmBackend, tensor: { readonly dataId: object }): Address {
  const { memoryOffset } = backend.dataIdMap.get(tensor.dataId);
  if (!memoryOffset) throw noMemory('memory', 'room for a tensor');
  return memoryOffset;
}

/** How many tensors share the values of this one. */
export const tensorsSharing = (backend: WasmBackend, tensor: { readonly dataId: object }): number =>
  backend.dataIdMap.get(tensor.dataId).refCount;

/**
 * To be called when values have changed where they lie. The backend keeps packed copies of the weights of its own
 * convolutions and products, by the tensor's number, and drops them with it: so the tensor goes, and is back at once.
 */
export function markChanged(backend: WasmBackend, tensor: { readonly dataId: object }): void {
  const { id, memoryOffset, shape } = backend.dataIdMap.get(tensor.dataId);
  backend.wasm.tfjs.disposeData(id);
  const size = shape.reduce((product, side) => product * side, 1);
  backend.wasm.tfjs.registerTensor(id, size, memoryOffset);
}

/** Runs a kernel by its name. */
export const runKernel = (tf: Tf, name: string, inputs: tfc.NamedTensorMap, attrs: tfc.NamedAttrMap): tfc.Tensor =>
  tf.engine().runKernel(name, inputs, attrs);

/** What all copies of tfjs in a program share: kernels are registered there. */
export const ownerOf = (tf: Tf): object => tf.engine();

/** The tensor over an output of a kernel. */
export const tensorOf = (tf: Tf, info: tfc.TensorInfo): tfc.Tensor => tf.engine().makeTensorFromTensorInfo(info);

/** A variable that no optimizer trains. */
export const variableOf = (tf: Tf, value: tfc.Tensor): tfc.Variable =>
  tf.engine().makeVariable(value, false) as tfc.Variable;

/** All variables that are not disposed of. */
export const registered = (tf: Tf): Set<tfc.Variable> =>
  new Set(Object.values(tf.engine().registeredVariables as Record<string, tfc.Variable>));

/** Errors: RangeError where there is no variable of that name. */
export function variableNamed(tf: Tf, name: string): tfc.Variable {
  const variable = tf.engine().registeredVariables[name] as tfc.Variable | undefined;
  if (!variable) throw wrongValue('gradients', 'gradients by names of variables', name);
  return variable;
}

/** A block of the backend's own allocator. Errors: RangeError when memory does not suffice. */
export function allocate(backend: WasmBackend, bytes: number, what = 'memory'): Address {
  // Above 2 GB the address comes as a negative number.
  const { wasm } = backend as { wasm: WasmBackend['wasm'] | null };
  if (!wasm) throw wrongValue('tf', 'the WASM backend that was set at first', 'one that has been removed');
  const address = bytes < 2 ** 32 ? wasm._malloc(bytes) >>> 0 : 0;
  if (!address) throw noMemory(what, `${Math.ceil(bytes / 2 ** 20)} MB of memory`);
  return address;
}

/** A backend that was removed has taken its allocator with it. */
export function free(backend: WasmBackend, address: number): void {
  (backend.wasm as WasmBackend['wasm'] | null)?._free(address);
}

// biome-ignore lint/suspicious/noExplicitAny: configurations of any layer
export type Config = Record<string, any>;

/** A layer of tfjs, and what comes before it. */
export interface TfLayer {
  readonly name: string;
  readonly outputShape: unknown;
  readonly inboundNodes: readonly { readonly inboundLayers: TfLayer[] }[];
  getClassName(): string;
  getConfig(): Config;
  getWeights(): tfc.Tensor[];
}

interface Symbolic {
  readonly shape: number[];
  readonly sourceLayer: TfLayer;
}

/** The ends of a model. Errors: TypeError for something else, RangeError for layers that are not built as expected. */
export function checkLayers(model: unknown): { inputs: Symbolic[]; outputs: Symbolic[] } {
  const { layers, inputs, outputs } = (model ?? {}) as Record<'layers' | 'inputs' | 'outputs', unknown>;
  if (!Array.isArray(layers) || !Array.isArray(inputs) || !Array.isArray(outputs))
    throw wrongType('model', 'a tf.LayersModel', model);
  const fits = ({ sourceLayer }: Symbolic): boolean =>
    Array.isArray(sourceLayer?.inboundNodes) && Array.isArray(sourceLayer.inboundNodes[0]?.inboundLayers);
  if (![...inputs, ...outputs].every(fits))
    throw wrongValue('model', 'layers as in TensorFlow.js 4.22', 'layers without the nodes before them');
  return { inputs, outputs };
}

/** What Emscripten makes of the backend's module: the function that the package's `wasm-out` exports. */
export type WasmFactory = (config: object) => Promise<object>;

interface EmscriptenModule {
  cwrap(name: string, result: string | null, parameters: readonly string[]): unknown;
  tfjs: object;
}

/** The backend over a module that is compiled already, built as its own `init` does. */
export async function buildBackend(
  factory: WasmFactory,
  Backend: new (wasm: never) => object,
  module: WebAssembly.Module,
): Promise<object> {
  const globals = globalThis as { __dirname?: string };
  // Emscripten reads it where it takes the runtime for Node, as it does a Worker with Node's compatibility.
  const foreign = globals.__dirname === undefined;
  if (foreign) globals.__dirname = '/';
  try {
    const wasm = await new Promise<EmscriptenModule>((resolve, reject) => {
      const instantiateWasm = (imports: WebAssembly.Imports, done: (...result: object[]) => void): object => {
        WebAssembly.instantiate(module, imports)
          .then((instance) => done(instance, module))
          .catch(reject);
        return {};
      };
      const locateFile = (path: string): string => path;
      (factory({ instantiateWasm, locateFile, onAbort: reject }) as Promise<EmscriptenModule>).then(resolve, reject);
    });
    const n = 'number';
    wasm.tfjs = {
      init: wasm.cwrap('init', null, []),
      initWithThreadsCount: wasm.cwrap('init_with_threads_count', null, [n]),
      getThreadsCount: wasm.cwrap('get_threads_count', n, []),
      registerTensor: wasm.cwrap('register_tensor', null, [n, n, n]),
      disposeData: wasm.cwrap('dispose_data', null, [n]),
      dispose: wasm.cwrap('dispose', null, []),
    };
    return new Backend(wasm as never);
  } finally {
    if (foreign) delete globals.__dirname;
  }
}

/** Whether the WASM backend runs. */
export function isRunning(tf: Tf): boolean {
  return Boolean((tf.engine() as unknown as { registry: Record<string, unknown> }).registry.wasm);
}
