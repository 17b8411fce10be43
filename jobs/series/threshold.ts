// The threshold of scores, from scores that may contain anomalies.
//
// The scores are split into blocks. The maximum of a block without anomalies has about a Gumbel distribution, the limit of
// maxima (Fisher and Tippett, 1928). Its location and scale follow from the quartiles of the block maxima, which do not change
// much while anomalies touch less than a quarter of the blocks. The threshold is a quantile of that distribution.

/** The value below which the fraction `level` of the sorted values lies, with linear interpolation. */
export function quantileOf(sorted: ArrayLike<number>, level: number): number {
  const position = level * (sorted.length - 1);
  const index = Math.floor(position);
  const value = sorted[index]!;
  return index + 1 < sorted.length ? value + (position - index) * (sorted[index + 1]! - value) : value;
}

/** The quantile of the standard Gumbel distribution. */
const gumbelQuantile = (level: number): number => -Math.log(-Math.log(level));

/**
 * The threshold that scores without anomalies exceed `falseAlarms` times a score, counting scores in a row once. `block`: the
 * number of scores of a block. NaN scores are left out.
 */
export function robustThreshold(scores: ArrayLike<number>, block: number, falseAlarms: number): number {
  const maxima: number[] = [];
  for (let start = 0; start + block <= scores.length; start += block) {
    let maximum = Number.NEGATIVE_INFINITY;
    for (let i = start; i < start + block; i++) if (scores[i]! > maximum) maximum = scores[i]!;
    if (maximum > Number.NEGATIVE_INFINITY) maxima.push(maximum);
  }
  maxima.sort((a, b) => a - b);
  const [low, middle, high] = [0.25, 0.5, 0.75].map((level) => quantileOf(maxima, level)) as [number, number, number];
  const scale = (high - low) / (gumbelQuantile(0.75) - gumbelQuantile(0.25));
  const location = middle - scale * gumbelQuantile(0.5);
  const level = Math.max(0.5, 1 - Math.min(0.5, falseAlarms * block));
  return location + scale * gumbelQuantile(level);
}
