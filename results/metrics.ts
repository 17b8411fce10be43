// Measures of error and of detection that several recipes use.

/** Mean squared error of bytes, each read as value / 255. */
export const byteSquaredError = (actual: Uint8Array, expected: Uint8Array): number =>
  actual.reduce((sum, value, i) => sum + ((value - expected[i]!) / 255) ** 2, 0) / actual.length;

/** Mean of the squares of `a`; with `b`, of the squared differences. */
export const meanSquare = (a: Float32Array, b?: Float32Array): number =>
  a.reduce((sum, value, i) => sum + (value - (b?.[i] ?? 0)) ** 2, 0) / a.length;

/** Gain of a denoiser in decibels: the error of the noisy values over that of the cleaned ones. */
export const gain = (clean: Float32Array, noisy: Float32Array, cleaned: Float32Array): number =>
  10 * Math.log10(meanSquare(noisy, clean) / meanSquare(cleaned, clean));

/** Peak signal-to-noise ratio in decibels, of values clipped to 0..1 against bytes. */
export function psnr(values: Float32Array, bytes: Uint8Array): number {
  const error = values.reduce((sum, value, i) => sum + (Math.min(Math.max(value, 0), 1) - bytes[i]! / 255) ** 2, 0);
  return -10 * Math.log10(error / values.length);
}

/** The number of sorted values that are below `limit`; with `inclusive`, also those equal to it. */
function countBelow(sorted: Float32Array, limit: number, inclusive: boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const value = sorted[middle]!;
    if (value < limit || (inclusive && value === limit)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Area under the ROC curve: the probability that an anomaly scores above a normal sample, where a tie counts half (Mann
 * and Whitney, 1947).
 */
export function areaUnderRoc(scores: Float32Array, isAnomaly: readonly boolean[]): number {
  const normal = scores.filter((_, i) => !isAnomaly[i]).sort();
  const anomalies = scores.filter((_, i) => isAnomaly[i]);
  const wins = anomalies.reduce(
    (sum, score) => sum + (countBelow(normal, score, false) + countBelow(normal, score, true)) / 2,
    0,
  );
  return wins / anomalies.length / normal.length;
}
