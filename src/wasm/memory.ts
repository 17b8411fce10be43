// The linear memory of one model, and views of it that survive its growth.

import { checkMemory } from './memory-size.ts';

const PAGE = 65536;

/**
 * Where things lie. The first KB stays empty, so that an address of 0 can mean none. Scratch holds the panel
 * of a matrix product (see assembly/gemm/gemm.ts) or random words, never both at once.
 */
export const SCRATCH = 1024;
export const SCRATCH_BYTES = 16896;
export const PARAMETERS = SCRATCH + SCRATCH_BYTES;

/** The error of a runtime that gives no more. */
const outOfMemory = (what: string, bytes: number): RangeError =>
  new RangeError(
    `"${what}" expected ${Math.ceil(bytes / 2 ** 20)} MB of memory, which this runtime refused: drop models that are no longer used, or take a smaller one or smaller batches`,
  );

function firstPage(): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: 1 });
  } catch {
    throw outOfMemory('model', PAGE);
  }
}

export class Memory {
  readonly wasm: WebAssembly.Memory;
  /** Addresses of scratch and, right behind it, of the weights. */
  readonly scratch: number;
  readonly parameters: number;
  #floats = new Float32Array(0);
  #bytes = new Uint8Array(0);

  /** A memory of its own, or a place in somebody else's. */
  constructor(wasm: WebAssembly.Memory = firstPage(), scratch = SCRATCH) {
    this.wasm = wasm;
    this.scratch = scratch;
    this.parameters = scratch + SCRATCH_BYTES;
  }

  /** Grows to hold `end` bytes. Errors: RangeError when the runtime refuses, or beyond 4 GB. */
  ensure(end: number, what: string): void {
    const missing = end - this.wasm.buffer.byteLength;
    if (missing <= 0) return;
    checkMemory(end, what);
    try {
      this.wasm.grow(Math.ceil(missing / PAGE));
    } catch {
      throw outOfMemory(what, end);
    }
  }

  /** The whole memory as floats. Do not keep it: growth detaches it. */
  get floats(): Float32Array<ArrayBuffer> {
    if (this.#floats.buffer !== this.wasm.buffer) this.#floats = new Float32Array(this.wasm.buffer as ArrayBuffer);
    return this.#floats as Float32Array<ArrayBuffer>;
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    if (this.#bytes.buffer !== this.wasm.buffer) this.#bytes = new Uint8Array(this.wasm.buffer as ArrayBuffer);
    return this.#bytes as Uint8Array<ArrayBuffer>;
  }

  /** A copy of `count` floats at `address`. */
  read(address: number, count: number): Float32Array<ArrayBuffer> {
    return this.floats.slice(address / 4, address / 4 + count);
  }

  write(address: number, values: Float32Array): void {
    this.floats.set(values, address / 4);
  }
}
