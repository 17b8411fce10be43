// Values to blocks, each one verified before it leaves.

import { isBytes } from '../samples.ts';
import type { BlockCoder } from './block.ts';
import { keep, rangeOf } from './bound.ts';
import { type Checksum, type PromiseName, writeBlock, writeEnd } from './container.ts';

type Values = Float32Array | Uint8Array;

/** Samples that make one block. */
export interface Block {
  readonly values: Values;
  readonly rows: number;
}

export interface Packing {
  readonly promise: PromiseName;
  readonly asked: number;
  /** Whether the mode takes bytes as they are. */
  readonly bytes: boolean;
  readonly checksum: Checksum;
  coderFor(bound: number): BlockCoder;
}

interface Packed {
  readonly payload: Uint8Array;
  readonly bound: number;
  readonly rows: number;
  readonly count: number;
  readonly worst: number;
  readonly squares: number;
}

/** Bytes as floats, with the division rounded once as `encode` rounds it. */
const floatsOf = (values: Values): Float32Array =>
  isBytes(values) ? Float32Array.from(values, (value) => value / 255) : (values as Float32Array);

/** The largest error and the sum of squared ones. What is the same bit for bit, as NaN may be, has none. */
function errorsOf(x: Values, y: Values): { worst: number; squares: number } {
  let worst = 0;
  let squares = 0;
  for (let i = 0; i < x.length; i++) {
    const error = Math.abs(x[i]! - y[i]!);
    if (error > worst) worst = error;
    if (error >= 0) squares += error * error;
    else if (!Object.is(x[i], y[i])) worst = Number.POSITIVE_INFINITY;
  }
  return { worst, squares };
}

/** One block. Errors: Error where a coder broke its bound, which no data can make it do. */
function packOne({ promise, bytes, coderFor }: Packing, { values, rows }: Block, bound: number): Packed {
  const coder = coderFor(bound);
  const x = bytes ? values : floatsOf(values);
  const payload = coder.encode(x, rows);
  const packed = { payload, bound, rows, count: x.length };
  // Without a promise there is nothing to verify, and decoding would take twice the time of encoding.
  if (promise === 'none') return { ...packed, worst: Number.NaN, squares: Number.NaN };
  const y = coder.decode(payload, rows);
  if (y.length !== x.length) throw new Error(`a block of ${x.length} values came back with ${y.length}`);
  const { worst, squares } = errorsOf(x, y);
  if (worst > bound) throw new Error(`a block broke its bound ${bound} by ${worst}`);
  return { ...packed, worst, squares };
}

/** Puts blocks one after the other, and says in the end what they are. */
export class Packer {
  readonly #packing: Packing;
  #blocks = 0;
  #samples = 0;
  #values = 0;
  #worst = 0;
  #squares = 0;

  constructor(packing: Packing) {
    this.#packing = packing;
  }

  /** Blocks that share one range. */
  *blocks(list: readonly Block[]): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
    const { promise, asked } = this.#packing;
    const ranged = promise === 'relativeError' || promise === 'psnr';
    const range = ranged ? rangeOf(list.map(({ values }) => values)) : 0;
    const { packed } = keep(promise, asked, range, (bound) => {
      const packed = list.map((block) => packOne(this.#packing, block, bound));
      const sum = (of: (one: Packed) => number): number => packed.reduce((total, one) => total + of(one), 0);
      return { packed, meanSquaredError: sum((one) => one.squares) / sum((one) => one.count) };
    });
    for (const one of packed) yield* this.#put(one);
  }

  *#put({ payload, bound, rows, count, worst, squares }: Packed): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
    const { checksum } = this.#packing;
    const first = this.#samples % 2 ** 32;
    const crc = checksum(payload);
    this.#blocks++;
    this.#samples += rows;
    this.#values += count;
    this.#worst = Math.max(this.#worst, worst);
    this.#squares += squares;
    yield writeBlock({ first, rows, bytes: payload.length, bound, crc }, checksum);
    yield payload as Uint8Array<ArrayBuffer>;
  }

  end(): Uint8Array<ArrayBuffer> {
    const end = {
      blocks: this.#blocks,
      samples: this.#samples,
      maxError: this.#worst,
      meanSquaredError: this.#values ? this.#squares / this.#values : 0,
    };
    return writeEnd(end, this.#packing.checksum);
  }
}
