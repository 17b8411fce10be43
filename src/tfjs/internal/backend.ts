// The WASM backend of TensorFlow.js: its memory, its allocator and its table of tensors. `backendOf` checks that all parts are
// as in version 4.22 before anything is changed.

import type * as tfc from '@tensorflow/tfjs-core';
import { wrongValue } from '../../core/errors.ts';
import type { Address } from '../../wasm/kernels.ts';
import { registeredBackend, type Tf } from './namespace.ts';

/** The backend's record of a tensor. */
interface TensorRecord {
  /** The id of the tensor in the backend's WebAssembly module. */
  readonly id: number;
  /** Address of the first value, a multiple of 8. 0 where the backend had no memory left. */
  readonly memoryOffset: number;
  readonly shape: readonly number[];
  /** Number of tensors that share the values. */
  readonly refCount: number;
}

/** The members of the WASM backend that are used. */
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

/** The memory of a backend. Do not keep its `buffer`: growth replaces it. */
export const memoryOf = ({ wasm }: WasmBackend): WebAssembly.Memory => (wasm.asm?.memory ?? wasm.wasmMemory)!;

/** The first part of a backend that is not as in version 4.22; undefined where all parts are. */
function missingPart(backend: WasmBackend): string | undefined {
  const { wasm, dataIdMap } = backend;
  if (typeof wasm?._malloc !== 'function' || typeof wasm._free !== 'function') return 'no allocator';
  if (!(memoryOf(backend) instanceof WebAssembly.Memory)) return 'no WebAssembly.Memory';
  if (typeof wasm.tfjs?.registerTensor !== 'function' || typeof wasm.tfjs.disposeData !== 'function')
    return 'no list of tensors';
  if (typeof dataIdMap?.get !== 'function') return 'no table of tensors';
  for (const name of ['makeOutput', 'disposeData', 'incRef', 'readSync'] as const)
    if (typeof backend[name] !== 'function') return `no ${name}`;
  // A tensor that is written at the address of its record must be read back by the backend.
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

/** The WASM backend that is set, unchecked. Errors: RangeError where no backend or another one is set. */
export function currentBackend(tf: Tf): WasmBackend {
  const expected = "the WASM backend, set by await tf.setBackend('wasm')";
  const name = tf.getBackend() || undefined;
  if (name !== 'wasm') throw wrongValue('tf', expected, name ?? 'no backend');
  const backend = registeredBackend(tf) as WasmBackend | undefined;
  if (!backend?.wasm) throw wrongValue('tf', expected, 'one that has not started');
  return backend;
}

/** The WASM backend that is set. Errors: RangeError also where a part of it is not as in version 4.22. */
export function backendOf(tf: Tf): WasmBackend {
  const backend = currentBackend(tf);
  const missing = missingPart(backend);
  if (missing) {
    throw wrongValue('tf', `a WASM backend as in TensorFlow.js 4.22`, `${missing} in ${tf.version_core}`);
  }
  return backend;
}

const noMemory = (name: string, expected: string): RangeError =>
  new RangeError(`"${name}" expected ${expected}, which the WASM backend of TensorFlow.js refused`);

/**
 * The address of a tensor's first value, as an unsigned number. Valid until the tensor is disposed. Errors: RangeError where
 * the backend had no memory for the tensor; the backend itself does not report that.
 */
export function addressOf(backend: WasmBackend, tensor: { readonly dataId: object }): Address {
  const { memoryOffset } = backend.dataIdMap.get(tensor.dataId);
  if (!memoryOffset) throw noMemory('memory', 'room for a tensor');
  return memoryOffset;
}

/** Number of tensors that share the values of a tensor, itself included. */
export const referenceCount = (backend: WasmBackend, tensor: { readonly dataId: object }): number =>
  backend.dataIdMap.get(tensor.dataId).refCount;

/**
 * Must be called after the values of a tensor were changed in place. The backend keeps packed copies of weights, by the id of
 * the tensor, for its own convolutions and products. It drops them with the tensor, so the tensor is unregistered and registered
 * again.
 */
export function markChanged(backend: WasmBackend, tensor: { readonly dataId: object }): void {
  const { id, memoryOffset, shape } = backend.dataIdMap.get(tensor.dataId);
  backend.wasm.tfjs.disposeData(id);
  const size = shape.reduce((product, length) => product * length, 1);
  backend.wasm.tfjs.registerTensor(id, size, memoryOffset);
}

/** The address of a new block of `bytes` bytes. `name`: the option that an error names. Errors: RangeError without memory. */
export function allocate(backend: WasmBackend, bytes: number, name = 'memory'): Address {
  const { wasm } = backend as { wasm: WasmBackend['wasm'] | null };
  if (!wasm) throw wrongValue('tf', 'the WASM backend that was set at first', 'one that has been removed');
  // Addresses above 2 GB are returned as negative numbers.
  const address = bytes < 2 ** 32 ? wasm._malloc(bytes) >>> 0 : 0;
  if (!address) throw noMemory(name, `${Math.ceil(bytes / 2 ** 20)} MB of memory`);
  return address;
}

/** Frees a block. A backend that was removed has no allocator any more. */
export function free(backend: WasmBackend, address: number): void {
  (backend.wasm as WasmBackend['wasm'] | null)?._free(address);
}
