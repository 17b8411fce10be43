// The scale of columns of any unit, so that each has the same weight, and rare extreme values do not set the scale.

import { quantileOf } from './threshold.ts';
import type { ColumnScale } from './types.ts';

/** Scaled values are clipped to this magnitude: one extreme value must not outweigh all others while a model trains. */
const CLIP = 20;

/**
 * The median of a column, and its standard deviation with values beyond the quantiles of 1 % and 99 % moved to them; a scale of 1
 * for a constant column. Missing values (NaN) and infinities are left out.
 */
export function scaleOf(values: ArrayLike<number>): ColumnScale {
  const sorted = Float64Array.from(values).filter(Number.isFinite).sort();
  if (sorted.length === 0) return { center: 0, scale: 1 };
  const center = quantileOf(sorted, 0.5);
  const low = quantileOf(sorted, 0.01);
  const high = quantileOf(sorted, 0.99);
  return { center, scale: deviation(sorted, low, high) || deviation(sorted) || 1 };
}

/** The standard deviation of the values, each limited to `low`..`high`. The division by the range prevents overflow. */
function deviation(sorted: Float64Array, low = sorted[0]!, high = sorted.at(-1)!): number {
  const range = high / 2 - low / 2;
  if (!(range > 0)) return 0;
  const parts = sorted.map((value) => (Math.max(low, Math.min(high, value)) / 2 - low / 2) / range);
  const mean = parts.reduce((sum, part) => sum + part, 0) / parts.length;
  const variance = parts.reduce((sum, part) => sum + (part - mean) * (part - mean), 0) / parts.length;
  return Math.min(Number.MAX_VALUE, 2 * range * Math.sqrt(variance));
}

/** (value - center) / scale, clipped. */
export function scaled(value: number, { center, scale }: ColumnScale): number {
  const result = value / scale - center / scale;
  return Math.max(-CLIP, Math.min(CLIP, result));
}
