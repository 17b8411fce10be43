// Values to blocks, each one verified before it leaves.

import { type Steps, scaleProgress } from '../core/progress.ts';
import { checkBuffer } from '../data/sample-batch.ts';
import { findBound } from './bound-search.ts';
import type { CodecState } from './codec-state.ts';
import { writeBlock, writeEnd, writeHeader } from './container/records.ts';

type Values = Float32Array | Uint8Array;
type Bytes = Uint8Array<ArrayBuffer>;

/** Values, their bytes, and the largest error with the sum of squared ones. */
type EncodedBlock = readonly [values: Values, payload: Uint8Array, bound: number, worst: number, squares: number];

/**
 * The largest error and the sum of squared ones, in float64. What is the same bit for bit, as NaN may be, has none.
 * Errors: Error where a coder broke a bound, which no data can make it do.
 */
function measureErrors(x: Values, y: Values, bounds: readonly number[]): [worst: number, squares: number] {
  let worst = 0;
  let squares = 0;
  for (let i = 0, channel = 0; i < x.length; i++, channel++) {
    if (channel === bounds.length) channel = 0;
    const bound = bounds[channel]!;
    const error = Math.abs(x[i]! - y[i]!);
    if (error <= bound) {
      if (error > worst) worst = error;
      squares += error * error;
    } else if (!Object.is(x[i], y[i])) throw new Error(`a block broke its bound ${bound}: ${x[i]} became ${y[i]}`);
  }
  return [worst, squares];
}

/** One block of so many rows: once to bytes, and once back to verify them. Progress: `done` of `all` blocks. */
function* encodeAndVerify(
  coding: CodecState,
  given: Values,
  rows: number,
  bound: number,
  done: number,
  all: number,
): Steps<EncodedBlock> {
  const { guarantee, coder, sampleSize, bounds } = coding;
  // Between two steps their owner may give the buffer away, or change the samples: a copy is what is verified.
  checkBuffer('x', given, rows * sampleSize);
  const values = given.slice();
  const half = (done + 0.5) / all;
  const payload = yield* scaleProgress(coder.encode(values, rows, bound), done / all, half);
  // Without a promise there is nothing to verify, and decoding would take twice the time of encoding.
  if (guarantee === 'none') return [values, payload, bound, Number.NaN, Number.NaN];
  yield half;
  const back = yield* scaleProgress(coder.decode(payload, rows, bound), half, (done + 1) / all);
  return [values, payload, bound, ...measureErrors(values, back, bounds ?? [bound])];
}

/** Puts blocks one after the other, and says in the end what they are. */
export function blockWriter(coding: CodecState) {
  const { guarantee, target, checksum, sampleSize, pixels } = coding;
  let begun = false;
  let blocks = 0;
  let samples = 0;
  let worst = 0;
  let squares = 0;

  /** The header, once: at the latest in front of what stands behind it. */
  function begin(): Bytes[] {
    const header = begun ? [] : [writeHeader(coding)];
    begun = true;
    return header;
  }

  return {
    begin,

    /** Blocks that share one range, as records. */
    *put(list: readonly Values[]): Steps<Bytes[]> {
      const counts = list.map(({ length }) => length / sampleSize);
      const all = yield* findBound(guarantee, target, list, pixels, function* (bound) {
        const packed: EncodedBlock[] = [];
        for (const [i, values] of list.entries()) {
          packed.push(yield* encodeAndVerify(coding, values, counts[i]!, bound, i, list.length));
          yield packed.length / list.length;
        }
        const sum = (of: (one: EncodedBlock) => number): number => packed.reduce((total, one) => total + of(one), 0);
        return [packed, sum(([, , , , squares]) => squares) / sum(([values]) => values.length)];
      });
      const records = begin();
      for (const [values, payload, bound, error, errors] of all) {
        const rows = values.length / sampleSize;
        blocks++;
        worst = Math.max(worst, error);
        squares += errors;
        records.push(writeBlock([rows, samples, payload.length, bound, checksum(payload)], checksum), payload as Bytes);
        samples += rows;
      }
      return records;
    },

    end: (): Bytes[] => [
      ...begin(),
      writeEnd(blocks, samples, [worst, samples ? squares / (samples * sampleSize) : 0], checksum),
    ],
  };
}
