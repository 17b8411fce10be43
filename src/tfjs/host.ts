// The kernels of isthmus, instantiated on the memory of a TensorFlow.js backend.

import {
  convolutionRelaxed,
  convolutionStrict,
  inferRelaxed,
  inferStrict,
  tfjsStrict,
  trainRelaxed,
  trainStrict,
} from '#wasm';
import { UnsupportedError } from '../core/errors.ts';
import type { ConvolutionKernels, InferKernels, Kernels, TfjsKernels, TrainKernels } from '../wasm/kernels.ts';
import { cachedModule, compile } from '../wasm/load.ts';
import { SCRATCH_BYTES } from '../wasm/memory.ts';
import type { Source } from '../wasm/modules.ts';
import { decodeText } from '../wasm/text/decode.ts';
import { allocate, free, memoryOf, type WasmBackend } from './internal/backend.ts';

/** A backend, and the kernels on its memory. */
export interface KernelHost {
  readonly backend: WasmBackend;
  readonly kernels: InferKernels & TrainKernels & ConvolutionKernels & TfjsKernels;
}

/** Bytes of scratch memory that matrix products and convolutions need. */
export const SCRATCH = SCRATCH_BYTES;

const sources = (relaxed: boolean): Source[] => [
  ...(relaxed ? [inferRelaxed, trainRelaxed, convolutionRelaxed] : [inferStrict, trainStrict, convolutionStrict]),
  tfjsStrict,
];

/**
 * The bytes of a module whose imported memory is declared shared, for the threaded build of tfjs. Nothing else changes: the kernels
 * run on one thread and use no atomic instruction.
 */
export function shareMemory(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  let at = 8;
  // A section is its id, its length in LEB128 and its bytes. Imports are section 2, which is shorter than 128 bytes here.
  while (bytes[at] !== 2) {
    let size = 0;
    let shift = 0;
    let byte: number;
    do {
      byte = bytes[++at]!;
      size |= (byte & 127) << shift;
      shift += 7;
    } while (byte & 128);
    at += size + 1;
  }
  const end = at + 2 + bytes[at + 1]!;
  // The section ends with [0, 0]: no maximum, at least 0 pages. Replaced by: shared, at least 0 pages, at most 65536.
  const limits = [3, 0, 128, 128, 4];
  const section = [2, bytes[at + 1]! + 3, ...bytes.subarray(at + 2, end - 2), ...limits];
  const out = new Uint8Array(bytes.length + 3);
  out.set(bytes.subarray(0, at));
  out.set(section, at);
  out.set(bytes.subarray(end), at + section.length);
  return out;
}

const isShared = (memory: WebAssembly.Memory): boolean =>
  typeof SharedArrayBuffer === 'function' && memory.buffer instanceof SharedArrayBuffer;

/** The module of a source. `shared`: for shared memory. */
async function compiled(source: Source, shared: boolean): Promise<WebAssembly.Module> {
  if (!shared) return cachedModule(source);
  // Runtimes that only provide compiled modules have no threads.
  if (typeof source !== 'string') throw new UnsupportedError('compiling WebAssembly for shared memory');
  return compile(shareMemory(decodeText(source)));
}

/** The kernels of several modules on the memory of a backend. */
export async function kernelsOn<K>(backend: WasmBackend, list: Iterable<Source>): Promise<K> {
  const memory = memoryOf(backend);
  const shared = isShared(memory);
  const parts = [...new Set(list)].map(async (source) => {
    const instance = await WebAssembly.instantiate(await compiled(source, shared), { env: { memory } });
    return instance.exports;
  });
  return Object.assign({}, ...(await Promise.all(parts))) as K;
}

/** Compiled modules for one kind of memory, shared or not. They can be instantiated on any memory of that kind. */
export class KernelSet {
  readonly relaxed: boolean;
  readonly shared: boolean;
  readonly #modules: readonly WebAssembly.Module[];
  readonly #hosts = new WeakMap<WasmBackend, KernelHost>();

  static async create(backend: WasmBackend, relaxed: boolean): Promise<KernelSet> {
    const shared = isShared(memoryOf(backend));
    const modules = await Promise.all(sources(relaxed).map((source) => compiled(source, shared)));
    return new KernelSet(modules, relaxed, shared);
  }

  private constructor(modules: readonly WebAssembly.Module[], relaxed: boolean, shared: boolean) {
    this.#modules = modules;
    this.relaxed = relaxed;
    this.shared = shared;
  }

  /** The kernels on the memory of a backend. A backend that was removed and started again has a new memory. */
  on(backend: WasmBackend): KernelHost {
    let host = this.#hosts.get(backend);
    if (!host) {
      const env = { memory: memoryOf(backend) };
      const parts = this.#modules.map((module) => new WebAssembly.Instance(module, { env }).exports);
      host = { backend, kernels: Object.assign({}, ...parts) as Kernels & TfjsKernels };
      this.#hosts.set(backend, host);
    }
    return host;
  }
}

/** Calls `use` with the address of `bytes` bytes of the backend's memory, and frees them. */
export function withScratch<T>({ backend }: KernelHost, bytes: number, use: (address: number) => T): T {
  const address = allocate(backend, bytes);
  try {
    return use(address);
  } finally {
    free(backend, address);
  }
}
