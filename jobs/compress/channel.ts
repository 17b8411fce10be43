// Integers as a channel of a codec for floats: small numbers that float32 holds exactly, with a bound.

import { type DifferenceOrder, differences, sums } from './integers.ts';

/** Integers, and the largest error of each of them, an integer. */
export interface Series {
  readonly values: Float64Array<ArrayBuffer>;
  readonly tolerance: number;
}

/** How the values of a channel become integers: low + scale · round(value); with order 1 their sums, from `first` on. */
export interface ChannelScale {
  readonly low: number;
  readonly scale: number;
  readonly order: DifferenceOrder;
  readonly first: number;
}

export interface Channel extends ChannelScale {
  readonly values: Float32Array<ArrayBuffer>;
  /** The codec's bound: after rounding, the error is at most the tolerance. */
  readonly bound: number;
}

/** Integers up to this size are exact in float32. */
const MAX_FLOAT_INTEGER = 2 ** 24;
/** Added to a tolerance: rounding to integers removes it. Less than a half, because the codec rounds to float32. */
const ROUNDING = 0.49;

function greatestCommonDivisor(values: Float64Array, low: number): number {
  let divisor = 0;
  for (const value of values) {
    let rest = value - low;
    while (rest) [divisor, rest] = [rest, divisor % rest];
    if (divisor === 1) return 1;
  }
  return divisor || 1;
}

function scaled(values: Float64Array, order: DifferenceOrder, tolerance: number): Channel | undefined {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low === Infinity) low = high = 0;
  const range = high - low;
  let scale = 1;
  if (tolerance === 0) scale = greatestCommonDivisor(values, low);
  else if (range >= MAX_FLOAT_INTEGER / 4) scale = 2 * tolerance + 1;
  if (range / scale >= MAX_FLOAT_INTEGER) return undefined;
  const bound = (scale > 1 ? 0 : tolerance) + ROUNDING;
  return {
    low,
    scale,
    order,
    first: 0,
    bound,
    values: Float32Array.from(values, (value) => Math.round((value - low) / scale)),
  };
}

/** The channel of a series; undefined where float32 cannot hold its integers, nor their differences. */
export function channelOf({ values, tolerance }: Series): Channel | undefined {
  const plain = scaled(values, 0, tolerance);
  if (plain || tolerance > 0) return plain;
  const changes = differences(values, 1);
  if (!changes) return undefined;
  // The first difference is the first value itself, which is far from the others.
  const first = changes[0] ?? 0;
  changes[0] = 0;
  const channel = scaled(changes, 1, 0);
  return channel && { ...channel, first };
}

/** The integers of a channel that a codec restored. */
export function integersOf(
  values: Float32Array,
  { low, scale, order, first }: ChannelScale,
): Float64Array<ArrayBuffer> {
  const integers = Float64Array.from(values, (value) => low + scale * Math.round(value));
  if (order && integers.length) integers[0] = first;
  return sums(integers, order);
}
