// From what was promised to an absolute bound on the error of one run of values.

import { realPower } from '../core/portable-math.ts';
import { type Steps, scaleProgress } from '../core/progress.ts';
import type { Guarantee } from './container/records.ts';

/** 2^-150, less than any two float32 differ (a power is worked out, and cannot be shaken out of a bundle): the bound where there is no range to take a share of. */
const TINY_BOUND = 7.006492321624085e-46;
/** How often a bound is tried that may reach a given ratio; the next one reaches it for certain. */
const MAX_TRIES = 4;

/** Largest less smallest of the finite values. */
export function valueRange(lists: readonly (Float32Array | Uint8Array)[]): number {
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
export const amplitudeRatio = (ratio: number): number => 1 / realPower(10, ratio / 20);

/**
 * What `run` returns for a bound that keeps the promise. Of a peak signal-to-noise ratio only the mean squared error is
 * asked, which depends on the data: an error spread evenly within ± bound has bound² / 3, and the bound is corrected by
 * what came out until the error is met and at least nine tenths of it are used. With bound² = error it is met whatever
 * the data are. A billionth is kept back for sums of squares in another order.
 */
export function* findBound<T>(
  guarantee: Guarantee,
  target: number,
  lists: readonly (Float32Array | Uint8Array)[],
  pixels: boolean,
  run: (bound: number) => Steps<readonly [result: T, meanSquaredError: number]>,
): Steps<T> {
  if (guarantee === 'maxError') return (yield* run(target))[0];
  if (guarantee !== 'relativeError' && guarantee !== 'psnr') return (yield* run(0))[0];
  const range = valueRange(lists);
  if (guarantee === 'relativeError') return (yield* run(range * target || TINY_BOUND))[0];
  const maxSquaredError = (range * amplitudeRatio(target)) ** 2 * (1 - 1e-9);
  // Of integers within ± n the mean is n · (n + 1) / 3.
  let bound = (pixels ? (Math.sqrt(1 + 12 * maxSquaredError) - 1) / 2 : Math.sqrt(3 * maxSquaredError)) || TINY_BOUND;
  let best: T | undefined;
  for (let i = 0; i < MAX_TRIES; i++) {
    // How often it is tried is not known before: each run has half of what is left.
    const [result, reached] = yield* scaleProgress(run(bound), 1 - 0.5 ** i, 1 - 0.5 ** (i + 1));
    if (reached <= maxSquaredError) best = result;
    if (best === result && !(reached < 0.9 * maxSquaredError && reached > 0)) break;
    const next = bound * Math.sqrt(maxSquaredError / reached) * (reached > maxSquaredError ? 0.99 : 0.97);
    // Bounds of bytes are whole: the next one is another.
    const same = pixels && Math.floor(next) === Math.floor(bound);
    if (same && reached <= maxSquaredError) break;
    bound = same ? Math.floor(bound) - 1 : next;
  }
  return best ?? (yield* scaleProgress(run(Math.sqrt(maxSquaredError) || TINY_BOUND), 1 - 0.5 ** MAX_TRIES, 1))[0];
}
