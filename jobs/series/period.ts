// The dominant period of a series, by autocorrelation.

/** Correlations below this value do not count as a period. White noise of 1,000 values stays below 0.1. */
const MINIMUM_CORRELATION = 0.3;
/** A peak is this much higher than the lowest correlation of a shorter lag. */
const RISE = 0.1;
/** A peak is the highest within lags smaller and larger by this factor. */
const NEARBY = 1.3;
/** A shorter period is preferred to the strongest one if its correlation is at least this fraction of it. */
const NEARLY_AS_STRONG = 0.75;
/** Deviations are clipped to this multiple of the typical deviation, so that rare extreme values do not hide the period. */
const CLIP = 4;

const median = (values: Float64Array): number => values.slice().sort()[values.length >> 1] ?? 0;

/** The values with median 0 and typical deviation 1, clipped. All 0 for a constant column. */
export function standardizedRobustly(values: ArrayLike<number>): Float64Array {
  const finite = Float64Array.from(values).filter(Number.isFinite);
  const center = median(finite);
  const spread = 1.4826 * median(finite.map((value) => Math.abs(value - center)));
  const mean = finite.reduce((sum, value) => sum + Math.abs(value - center), 0) / Math.max(1, finite.length);
  const scale = spread || 1.2533 * mean || 1;
  return Float64Array.from(values, (value) => {
    if (!Number.isFinite(value)) return 0;
    return Math.max(-CLIP, Math.min(CLIP, (value - center) / scale));
  });
}

/** The autocorrelations of the lags 0..`maxLag`, mean over the columns. */
export function autocorrelations(columns: readonly ArrayLike<number>[], maxLag: number): Float64Array {
  const sums = new Float64Array(maxLag + 1);
  for (const column of columns) {
    const values = standardizedRobustly(column);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    for (let i = 0; i < values.length; i++) values[i]! -= mean;
    const variance = values.reduce((sum, value) => sum + value * value, 0) / values.length;
    if (variance === 0) continue;
    for (let lag = 0; lag <= maxLag; lag++) {
      const count = values.length - lag;
      let sum = 0;
      for (let i = 0; i < count; i++) sum += values[i]! * values[i + lag]!;
      sums[lag]! += sum / count / variance / columns.length;
    }
  }
  return sums;
}

/** The greatest value within the lags `low`..`high`. */
function greatest(values: Float64Array, low: number, high: number): number {
  return values.subarray(Math.max(1, Math.floor(low)), Math.ceil(high) + 1).reduce((a, b) => Math.max(a, b), -1);
}

/**
 * The shortest lag up to `maxLag` whose autocorrelation is a clear maximum among the lags near it, and higher than at some shorter
 * lag; undefined if there is none. Long series are read up to `maxRows` rows.
 */
export function dominantPeriod(
  columns: readonly ArrayLike<number>[],
  maxLag: number,
  maxRows = 20_000,
): number | undefined {
  const heads = columns.map((column) => Array.prototype.slice.call(column, 0, maxRows) as number[]);
  const length = heads[0]?.length ?? 0;
  // Two periods must fit into the series.
  const correlations = autocorrelations(heads, Math.min(Math.ceil(maxLag * NEARBY), Math.floor(length / 2)));
  const peaks: number[] = [];
  let lowest = 1;
  for (let lag = 1; lag <= Math.min(maxLag, correlations.length - 2); lag++) {
    const value = correlations[lag]!;
    lowest = Math.min(lowest, value);
    const isHigh = value >= MINIMUM_CORRELATION && value - lowest >= RISE;
    if (isHigh && value >= greatest(correlations, lag / NEARBY, lag * NEARBY)) peaks.push(lag);
  }
  const strongest = Math.max(...peaks.map((lag) => correlations[lag]!));
  return peaks.find((lag) => correlations[lag]! >= NEARLY_AS_STRONG * strongest);
}
