// Statistics of normal samples: mean and scale of each feature's residual, and mean and principal components of the
// reconstructions. docs/detection.md has the formulas and the measurements by which they were chosen.

import { clamp, sumOf } from '../core/portable-math.ts';
import type { Steps } from '../core/progress.ts';
import { pcaSteps } from '../linalg/pca.ts';
import { columnMeans, type Table } from '../linalg/table.ts';

/** For n features and k directions. A detector's file has a tensor for each of these names. */
export interface NormalStatistics {
  /** Mean residual of each feature, in the unit of the data. `[n]` */
  readonly location: Float32Array;
  /** Scale of each feature's residual, above 0, in the unit of the data. `[n]` */
  readonly scale: Float32Array;
  /** Mean reconstruction of each feature, in the unit of the data. `[n]` */
  readonly center: Float32Array;
  /** Principal components of the reconstructions / `scale`, orthonormal. `[k, n]` */
  readonly directions: Float32Array;
  /** Variance of the reconstructions / `scale` along each direction. `[k]` */
  readonly variances: Float32Array;
  /** Variance of the reconstructions / `scale` outside all directions. `[1]` */
  readonly remainder: Float32Array;
}

/** Maximum of k. */
export const MAX_DIRECTIONS = 16;
/** Reference samples needed for each direction: with fewer its variance is mostly sampling error. */
const SAMPLES_PER_DIRECTION = 8;
/** The floor of a scale, as a multiple of the median scale. A larger one suits images, a smaller one features of many units. */
const SCALE_FLOOR = 2;

const squared = (value: number): number => value * value;

const rootMean = (values: Float64Array): number => Math.sqrt(sumOf(values) / values.length);

/**
 * The scale of each feature: the fourth root of the mean fourth power of its centered residual, in which rare large values
 * count more than in a standard deviation. A floor is added in squares, so that a nearly constant feature does not dominate: the
 * largest of twice the median over the features, a hundredth of their root mean square, and the rounding error of the
 * reconstructions. One factor then gives standardized residuals a mean square of 1.
 */
function residualScales(residuals: Table, location: Float64Array, reconstructions: Table): Float64Array {
  const fourthPowers = columnMeans(residuals, (value, j) => squared(squared(value - location[j]!)));
  const spreads = fourthPowers.map((mean) => Math.sqrt(Math.sqrt(mean)));
  const median = spreads.slice().sort()[spreads.length >> 1]!;
  const magnitude = rootMean(columnMeans(reconstructions, squared));
  const floor = Math.max(SCALE_FLOOR * median, rootMean(spreads.map(squared)) / 100, magnitude * 2 ** -24) || 1;
  const floored = spreads.map((spread) => Math.sqrt(squared(spread) + squared(floor)));
  const typical = rootMean(columnMeans(residuals, (value, j) => squared((value - location[j]!) / floored[j]!))) || 1;
  // Clamped to the normal numbers of float32.
  return floored.map((value) => clamp(value * typical, 2 ** -126, 2 ** 127));
}

/** Statistics of residuals x - x̂ and reconstructions x̂ of the same normal samples, at least two. */
export function* normalStatistics(residuals: Table, reconstructions: Table): Steps<NormalStatistics> {
  const { rows, columns } = residuals;
  const location = columnMeans(residuals, (value) => value);
  const scale = residualScales(residuals, location, reconstructions);
  const center = columnMeans(reconstructions, (value) => value);
  const shifts = reconstructions.values.map((value, i) => (value - center[i % columns]!) / scale[i % columns]!);
  const table = { values: shifts, rows, columns };
  const maxDirections = Math.min(MAX_DIRECTIONS, Math.floor(rows / SAMPLES_PER_DIRECTION));
  const components = yield* pcaSteps(table, maxDirections);
  const count = components.directions.length;
  const directions = new Float32Array(count * columns);
  components.directions.forEach((direction, i) => {
    directions.set(direction, i * columns);
  });
  const totalVariance = sumOf(columnMeans(table, squared));
  return {
    location: Float32Array.from(location),
    scale: Float32Array.from(scale),
    center: Float32Array.from(center),
    directions,
    // The directions fit these samples best. The factor corrects the expected inverse variance for new samples.
    variances: Float32Array.from(components.variances, (value) => (value * rows) / (rows - count - 1)),
    remainder: Float32Array.of(Math.max(0, totalVariance - sumOf(components.variances))),
  };
}
