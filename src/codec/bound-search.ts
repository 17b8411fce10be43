// From what was promised to an absolute bound on the error of one run of values.

import { realPower } from '../core/portable-math.ts';
import { type Steps, within } from '../core/progress.ts';
import type { PromiseName } from './container/records.ts';

/** 2^-150, less than any two float32 differ (a power is worked out, and cannot be shaken out of a bundle): the bound where there is no range to take a share of. */
const EXACT = 7.006492321624085e-46;
/** How often a bound is tried that may reach a given ratio; the next one reaches it for certain. */
const TRIES = 4;

/** Largest less smallest of the finite values. */
export function rangeOf(lists: readonly (Float32Array | Uint8Array)[]): number {
  let [low, high] = [Infinity, -Infinity];
  for (const values of lists)
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (value < low && value !== -Infinity) low = value;
      if (value > high && value !== Infinity) high = value;
    }
  return high > low ? high - low : 0;
}

/** 10^(-ratio / 20), the same on every runtime, as `Math.pow` is not. */
export const decibels = (ratio: number): number => 1 / realPower(10, ratio / 20);

/**
 * What `run` returns for a bound that keeps the promise. Of a peak signal-to-noise ratio only the mean squared error is
 * asked, which depends on the data: an error spread evenly within ± bound has bound² / 3, and the bound is corrected by
 * what came out until the error is met and at least nine tenths of it are used. With bound² = error it is met whatever
 * the data are. A billionth is kept back for sums of squares in another order.
 */
export function* keep<T>(
  promise: PromiseName,
  asked: number,
  lists: readonly (Float32Array | Uint8Array)[],
  pixels: boolean,
  run: (bound: number) => Steps<readonly [result: T, meanSquaredError: number]>,
): Steps<T> {
  if (promise === 'maxError') return (yield* run(asked))[0];
  if (promise !== 'relativeError' && promise !== 'psnr') return (yield* run(0))[0];
  const range = rangeOf(lists);
  if (promise === 'relativeError') return (yield* run(range * asked || EXACT))[0];
  const most = (range * decibels(asked)) ** 2 * (1 - 1e-9);
  // Of integers within ± n the mean is n · (n + 1) / 3.
  let bound = (pixels ? (Math.sqrt(1 + 12 * most) - 1) / 2 : Math.sqrt(3 * most)) || EXACT;
  let best: T | undefined;
  for (let i = 0; i < TRIES; i++) {
    // How often it is tried is not known before: each run has half of what is left.
    const [result, reached] = yield* within(run(bound), 1 - 0.5 ** i, 1 - 0.5 ** (i + 1));
    if (reached <= most) best = result;
    if (best === result && !(reached < 0.9 * most && reached > 0)) break;
    const next = bound * Math.sqrt(most / reached) * (reached > most ? 0.99 : 0.97);
    // Bounds of bytes are whole: the next one is another.
    const same = pixels && Math.floor(next) === Math.floor(bound);
    if (same && reached <= most) break;
    bound = same ? Math.floor(bound) - 1 : next;
  }
  return best ?? (yield* within(run(Math.sqrt(most) || EXACT), 1 - 0.5 ** TRIES, 1))[0];
}
