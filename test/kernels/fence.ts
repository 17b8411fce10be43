// A bare memory on which a call of a kernel may change the blocks that were declared for it and no other byte.
import assert from 'node:assert/strict';
import { type Flavour, kernelsOn, noise } from './harness.ts';

/** Bytes of scratch in the memory of a model: src/wasm/memory.ts. */
const SCRATCH_BYTES = 16896;
const SCRATCH = 1024;

type Call = (...args: number[]) => unknown;

export class Fence {
  /** Every exported function of every module; each call is looked at. */
  readonly k: Readonly<Record<string, Call>>;
  readonly scratch = SCRATCH;
  /** What calls have returned and written, as words. */
  readonly results: unknown[] = [];
  readonly called = new Set<string>();
  readonly #memory = new WebAssembly.Memory({ initial: 8 });
  readonly #mirror: Uint8Array;
  #end = SCRATCH + SCRATCH_BYTES + 256;
  #shift: number;
  #writable: { address: number; bytes: number }[] = [];

  /** Blocks taken so far. */
  taken = 0;
  readonly #atEnd: number | undefined;
  readonly #beyond: number;

  /**
   * `fill`: the word that is all around; `shift`: bytes that blocks lie off their alignment by. The block number `atEnd`
   * lies `beyond` bytes before the end of the memory: a kernel that reads further traps.
   */
  constructor(flavour: Flavour, fill: number, shift: number, atEnd?: number, beyond = 0) {
    this.#atEnd = atEnd;
    this.#beyond = beyond;
    new Uint32Array(this.#memory.buffer).fill(fill);
    this.#mirror = new Uint8Array(this.#memory.buffer.byteLength);
    this.#shift = shift;
    const all = Object.entries(kernelsOn(flavour, this.#memory));
    this.k = Object.fromEntries(all.map(([name, f]) => [name, (...args: number[]) => this.#call(name, f, args)]));
  }

  #take(bytes: number): number {
    if (this.taken++ === this.#atEnd) return this.#memory.buffer.byteLength - this.#beyond - bytes;
    const address = this.#end + 256 + this.#shift;
    this.#end = Math.ceil((address + bytes) / 16) * 16;
    assert.ok(this.#end < this.#memory.buffer.byteLength, 'cases are smaller');
    return address;
  }

  /** Floats that are read. */
  in(count: number, values: ArrayLike<number> = noise(count, count + 3)): number {
    const address = this.#take(4 * count);
    new Float32Array(this.#memory.buffer, address, count).set(values);
    return address;
  }

  /** 32-bit words that are read: tables of addresses. */
  words(values: readonly number[]): number {
    const address = this.#take(4 * values.length);
    new Uint32Array(this.#memory.buffer, address, values.length).set(values);
    return address;
  }

  /** Room for as many floats, which the next call may write. */
  out(count: number): number {
    const address = this.#take(4 * count);
    this.#writable.push({ address, bytes: 4 * count });
    return address;
  }

  /** Floats that the next call may read and write. */
  both(count: number, values?: ArrayLike<number>): number {
    const address = this.in(count, values);
    this.#writable.push({ address, bytes: 4 * count });
    return address;
  }

  #call(name: string, f: Call, args: number[]): unknown {
    this.called.add(name);
    const all = new Uint8Array(this.#memory.buffer);
    this.#mirror.set(all);
    const result = f(...args);
    const blocks = [{ address: SCRATCH, bytes: SCRATCH_BYTES }, ...this.#writable].sort(
      (a, b) => a.address - b.address,
    );
    let at = 0;
    for (const { address, bytes } of [...blocks, { address: all.length, bytes: 0 }]) {
      if (Buffer.compare(all.subarray(at, address), this.#mirror.subarray(at, address)) !== 0) {
        while (all[at] === this.#mirror[at]) at++;
        const list = blocks.map((one) => `${one.address}..${one.address + one.bytes}`).join(', ');
        assert.fail(`${name}(${args.join(', ')}) changed byte ${at}; it may change ${list}`);
      }
      at = address + bytes;
    }
    this.results.push(
      name,
      result,
      ...this.#writable.map((one) => [...new Uint32Array(all.buffer, one.address, one.bytes / 4)]),
    );
    this.#writable = [];
    return result;
  }
}

/** Calls with each of these values. */
export function each<T>(values: readonly T[], call: (value: T) => unknown): void {
  for (const value of values) call(value);
}
