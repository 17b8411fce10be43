// From what was promised to an absolute bound on the error of one run of values.

import { isBytes } from '../samples.ts';
import type { PromiseName } from './container.ts';

/** 2^-150, less than any two float32 differ (a power is worked out, and cannot be shaken out of a bundle): the bound where there is no range to take a share of. */
const EXACT = 7.006492321624085e-46;
/** How often a bound is tried that may reach a given ratio; the next one reaches it for certain. */
const TRIES = 4;

/** Largest less smallest of the finite values; of bytes as they are read, value / 255. */
export function rangeOf(lists: readonly (Float32Array | Uint8Array)[]): number {
  let [low, high] = [Infinity, -Infinity];
  for (const values of lists)
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (value < low && value !== -Infinity) low = value;
      if (value > high && value !== Infinity) high = value;
    }
  const unit = isBytes(lists[0]) ? 255 : 1;
  return high > low ? Math.fround(high / unit) - Math.fround(low / unit) : 0;
}

/**
 * What `run` returns for a bound that keeps the promise. Of a peak signal-to-noise ratio only the mean squared error is
 * asked, which depends on the data: an error spread evenly within ± bound has bound² / 3, and the bound is corrected by
 * what came out until the error is met and at least nine tenths of it are used. With bound² = error it is met whatever
 * the data are.
 */
export function keep<T>(
  promise: PromiseName,
  asked: number,
  lists: readonly (Float32Array | Uint8Array)[],
  run: (bound: number) => readonly [result: T, meanSquaredError: number],
): T {
  if (promise === 'maxError') return run(asked)[0];
  if (promise !== 'relativeError' && promise !== 'psnr') return run(0)[0];
  const range = rangeOf(lists);
  if (promise === 'relativeError') return run(range * asked || EXACT)[0];
  const most = (range * 10 ** (-asked / 20)) ** 2;
  let bound = Math.sqrt(3 * most) || EXACT;
  let best: T | undefined;
  for (let i = 0; i < TRIES; i++) {
    const [result, reached] = run(bound);
    if (reached <= most) best = result;
    if (best === result && !(reached < 0.9 * most && reached > 0)) break;
    bound *= Math.sqrt(most / reached) * (reached > most ? 0.99 : 0.97);
  }
  return best ?? run(Math.sqrt(most) || EXACT)[0];
}
