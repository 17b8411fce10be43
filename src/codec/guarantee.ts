// The guarantee of a codec, and the absolute error bound that follows from it for given values.

import { realPower } from '../core/portable-math.ts';

/** In the order of their numbers in a header. */
export const guarantees = ['none', 'maxError', 'relativeError', 'psnr', 'lossless'] as const;
export type Guarantee = (typeof guarantees)[number];

/** The kind of guarantee. */
export interface CompressionTarget {
  readonly guarantee: Guarantee;
  /** An absolute error, a share of the range or dB; 0 for `none` and `lossless`. Of bounds by channel the largest. */
  readonly target: number;
  /** A bound for each channel, the last axis of a sample. */
  readonly bounds?: readonly number[] | undefined;
}

/**
 * 2^-150, less than the distance of any two float32: the bound for values without a range. Written as a number, because
 * bundlers keep the call of a power.
 */
const TINY_BOUND = 7.006492321624085e-46;

/** Largest minus smallest of the finite values; 0 without any. */
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

/** 10^(-decibels / 20). `Math.pow` differs between runtimes, this does not. */
export const amplitudeRatio = (decibels: number): number => 1 / realPower(10, decibels / 20);

/** The bound that keeps any guarantee other than `psnr`; 0 without a bound. */
export function fixedBound(
  { guarantee, target }: CompressionTarget,
  lists: readonly (Float32Array | Uint8Array)[],
): number {
  if (guarantee === 'maxError') return target;
  return guarantee === 'relativeError' ? valueRange(lists) * target || TINY_BOUND : 0;
}

// A PSNR limits the mean squared error, which depends on the values. So bounds are tried, and each is corrected by the
// error that the one before led to.

/**
 * The mean squared error that a PSNR allows values of this range, less a billionth: readers may add up squares in another
 * order.
 */
export const maxSquaredError = (range: number, psnr: number): number =>
  (range * amplitudeRatio(psnr)) ** 2 * (1 - 1e-9);

/**
 * The first bound to try. Errors spread evenly within ± bound have a mean square of bound² / 3; integers within ± n have
 * n · (n + 1) / 3.
 */
export const firstBound = (maxError: number, pixels: boolean): number =>
  (pixels ? (Math.sqrt(1 + 12 * maxError) - 1) / 2 : Math.sqrt(3 * maxError)) || TINY_BOUND;

/** A bound with which no values exceed the mean squared error: bound² = error. */
export const safeBound = (maxError: number): number => Math.sqrt(maxError) || TINY_BOUND;

/**
 * The next bound to try, after `bound` led to the mean squared error `error`. Undefined where `bound` keeps the guarantee
 * and uses at least nine tenths of the allowed error, or where no larger bound differs from it.
 */
export function nextBound(bound: number, error: number, maxError: number, pixels: boolean): number | undefined {
  const isKept = error <= maxError;
  if (isKept && !(error < 0.9 * maxError && error > 0)) return undefined;
  const next = bound * Math.sqrt(maxError / error) * (isKept ? 0.97 : 0.99);
  // Bounds of bytes are rounded down to integers.
  if (!pixels || Math.floor(next) !== Math.floor(bound)) return next;
  return isKept ? undefined : Math.floor(bound) - 1;
}
