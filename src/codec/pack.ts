// Values to blocks, each one verified before it leaves.

import { keep } from './bound.ts';
import type { Coding } from './coding.ts';
import { writeBlock, writeEnd, writeHeader } from './container.ts';
import { floatsOf } from './values.ts';

type Values = Float32Array | Uint8Array;
type Bytes = Uint8Array<ArrayBuffer>;

/** Values, their bytes, and the largest error with the sum of squared ones. */
type Packed = readonly [values: Values, payload: Uint8Array, bound: number, worst: number, squares: number];

/** The largest error and the sum of squared ones. What is the same bit for bit, as NaN may be, has none. */
function errorsOf(x: Values, y: Values): [worst: number, squares: number] {
  let worst = 0;
  let squares = 0;
  for (let i = 0; i < x.length; i++) {
    const error = Math.abs(x[i]! - y[i]!);
    if (error > worst) worst = error;
    if (error >= 0) squares += error * error;
    else if (!Object.is(x[i], y[i])) worst = Number.POSITIVE_INFINITY;
  }
  return [worst, squares];
}

/** One block. Errors: Error where a coder broke its bound, which no data can make it do. */
function packOne({ promise, mode, coder, size }: Coding, values: Values, bound: number): Packed {
  const rows = values.length / size;
  const x = mode.name === 'bounded' ? floatsOf(values) : values;
  const payload = coder.encode(x, rows, bound);
  // Without a promise there is nothing to verify, and decoding would take twice the time of encoding.
  if (promise === 'none') return [values, payload, bound, Number.NaN, Number.NaN];
  const [worst, squares] = errorsOf(x, coder.decode(payload, rows, bound));
  if (worst > bound) throw new Error(`a block broke its bound ${bound} by ${worst}`);
  return [values, payload, bound, worst, squares];
}

/** Puts blocks one after the other, and says in the end what they are. */
export function packerOf(coding: Coding) {
  const { promise, asked, checksum, size } = coding;
  let begun = false;
  let blocks = 0;
  let samples = 0;
  let worst = 0;
  let squares = 0;

  function* begin(): Generator<Bytes, void, undefined> {
    if (!begun) yield writeHeader(coding);
    begun = true;
  }

  return {
    /** The header, once: at the latest in front of what stands behind it. */
    begin,

    /** Blocks that share one range. */
    *put(list: readonly Values[]): Generator<Bytes, void, undefined> {
      const all = keep(promise, asked, list, (bound) => {
        const packed = list.map((values) => packOne(coding, values, bound));
        const sum = (of: (one: Packed) => number): number => packed.reduce((total, one) => total + of(one), 0);
        return [packed, sum(([, , , , squares]) => squares) / sum(([values]) => values.length)];
      });
      yield* begin();
      for (const [values, payload, bound, error, errors] of all) {
        const rows = values.length / size;
        blocks++;
        worst = Math.max(worst, error);
        squares += errors;
        yield writeBlock([rows, samples, payload.length, bound, checksum(payload)], checksum);
        yield payload as Bytes;
        samples += rows;
      }
    },

    *end(): Generator<Bytes, void, undefined> {
      yield* begin();
      yield writeEnd(blocks, samples, [worst, samples ? squares / (samples * size) : 0], checksum);
    },
  };
}
