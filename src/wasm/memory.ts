// The linear memory of one model, and views of it that survive its growth.

import type { Address } from './kernels.ts';
import { checkMemory } from './memory-size.ts';

const PAGE = 65536;

/**
 * Addresses of the layout. The first KB stays empty, so that an address of 0 means no block. Scratch holds the panel of a
 * matrix product (see assembly/gemm/gemm.ts) or random words, never both at once.
 */
export const SCRATCH = 1024;
export const SCRATCH_BYTES = 16896;
export const PARAMETERS = SCRATCH + SCRATCH_BYTES;

/** The error of a runtime that refuses to allocate `bytes` bytes in all. `user`: what needs them. */
const outOfMemory = (user: string, bytes: number): RangeError =>
  new RangeError(
    `"${user}" expected ${Math.ceil(bytes / 2 ** 20)} MB of memory, which this runtime refused: drop models that are no longer used, or take a smaller one or smaller batches`,
  );

function firstPage(): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: 1 });
  } catch {
    throw outOfMemory('model', PAGE);
  }
}

export class Memory {
  /** @internal Internal, as is the constructor: the types of the package must not name `WebAssembly`. */
  wasm: WebAssembly.Memory;
  /** Addresses of scratch and, right after it, of the weights. */
  readonly scratch: Address;
  readonly parameters: Address;
  #floats = new Float32Array(0);
  #bytes = new Uint8Array(0);

  /** @internal By default a new memory; else a memory that others use too, with `scratch` as the first address for the model. */
  constructor(wasm: WebAssembly.Memory = firstPage(), scratch = SCRATCH) {
    this.wasm = wasm;
    this.scratch = scratch;
    this.parameters = scratch + SCRATCH_BYTES;
  }

  /**
   * Grows the memory to `end` bytes where it is smaller. Growth detaches all views. `user`: what needs the memory, for errors.
   * Errors: RangeError when the runtime refuses, or beyond 4 GB.
   */
  ensure(end: number, user: string): void {
    const missing = end - this.wasm.buffer.byteLength;
    if (missing <= 0) return;
    checkMemory(end, user);
    try {
      this.wasm.grow(Math.ceil(missing / PAGE));
    } catch {
      throw outOfMemory(user, end);
    }
  }

  /**
   * @internal Moves the contents to another memory, which grows where it is smaller. Detaches all views, as growth does. Errors:
   * RangeError where the other memory cannot grow.
   */
  moveTo(wasm: WebAssembly.Memory): void {
    const missing = this.wasm.buffer.byteLength - wasm.buffer.byteLength;
    if (missing > 0) wasm.grow(missing / PAGE);
    new Uint8Array(wasm.buffer).set(this.bytes);
    this.wasm = wasm;
  }

  /** A view of the whole memory as floats. Growth detaches it (length 0): take it again after each `ensure`. */
  get floats(): Float32Array<ArrayBuffer> {
    if (this.#floats.buffer !== this.wasm.buffer) this.#floats = new Float32Array(this.wasm.buffer as ArrayBuffer);
    return this.#floats as Float32Array<ArrayBuffer>;
  }

  /** A view of the whole memory as bytes. Growth detaches it, as `floats`. */
  get bytes(): Uint8Array<ArrayBuffer> {
    if (this.#bytes.buffer !== this.wasm.buffer) this.#bytes = new Uint8Array(this.wasm.buffer as ArrayBuffer);
    return this.#bytes as Uint8Array<ArrayBuffer>;
  }

  /** A view of `count` floats at `address`, a multiple of 4. Growth detaches it, as `floats`. */
  view(address: Address, count: number): Float32Array<ArrayBuffer> {
    return this.floats.subarray(address / 4, address / 4 + count);
  }

  /** A copy of `count` floats at `address`, a multiple of 4. It stays valid when memory grows. */
  read(address: Address, count: number): Float32Array<ArrayBuffer> {
    return this.view(address, count).slice();
  }

  /** Copies `values` to `address`, a multiple of 4. */
  write(address: Address, values: Float32Array): void {
    this.floats.set(values, address / 4);
  }
}
