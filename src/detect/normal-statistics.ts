// What is usual for normal samples, learnt from some of them: per feature the residual's place and scale, and the
// reconstructions' mean and main directions.
// Chosen by measurement: docs/detection.md has what won and what lost.

import { sumOf } from '../core/portable-math.ts';
import type { Steps } from '../core/progress.ts';
import { type PrincipalComponents, pcaSteps, type Table } from '../linalg/pca.ts';

/** Values by feature and direction, as a file holds them. */
export interface NormalStatistics {
  /** Mean residual of each feature, in the unit of the data. */
  readonly location: Float32Array;
  /** Scale of each feature's residual, above 0, in the unit of the data. */
  readonly scale: Float32Array;
  /** Mean reconstruction of each feature, in the unit of the data. */
  readonly center: Float32Array;
  /** Orthonormal directions of the reconstructions divided by `scale`, one after the other. */
  readonly directions: Float32Array;
  /** Variance of the reconstructions along each direction, in units of `scale`. */
  readonly variances: Float32Array;
  /** One value: the variance of the reconstructions beside all directions, in units of `scale`. */
  readonly remainder: Float32Array;
}

/** Directions kept at most, and samples for each: what few samples say of many directions is not so. */
export const MAX_DIRECTIONS = 16;
const SAMPLES_PER_DIRECTION = 8;
/** The floor of a scale, as a multiple of the median scale: more favours pictures, less data of many units. */
const SCALE_FLOOR = 2;

export function columnMeans({ values, rows, columns }: Table, of: (value: number, j: number) => number): Float64Array {
  const sums = new Float64Array(columns);
  for (let at = 0, i = 0; i < rows; i++) for (let j = 0; j < columns; j++) sums[j]! += of(values[at++]!, j);
  return sums.map((sum) => sum / rows);
}

const squared = (value: number): number => value * value;

const rootMean = (values: Float64Array): number => Math.sqrt(sumOf(values) / values.length);

/**
 * A feature's scale is the fourth root of the mean fourth power of its centred residual, in which rare large values
 * count for more than in a standard deviation; and, added to it in squares, a floor, so that a feature that hardly ever
 * changes is no hair trigger: twice the median over the features, at least a hundredth of their root mean square, and
 * no less than rounding. All follows the unit of the data.
 */
function scales(residuals: Table, location: Float64Array, reconstructions: Table): Float64Array {
  const fourth = columnMeans(residuals, (value, j) => squared(squared(value - location[j]!)));
  const own = fourth.map((mean) => Math.sqrt(Math.sqrt(mean)));
  const median = own.slice().sort()[own.length >> 1]!;
  const size = rootMean(columnMeans(reconstructions, squared));
  const floor = Math.max(SCALE_FLOOR * median, rootMean(own.map(squared)) / 100, size * 2 ** -24) || 1;
  const mixed = own.map((value) => Math.sqrt(squared(value) + squared(floor)));
  const typical = rootMean(columnMeans(residuals, (value, j) => squared((value - location[j]!) / mixed[j]!))) || 1;
  // What float32 holds in full.
  return mixed.map((value) => Math.min(2 ** 127, Math.max(2 ** -126, value * typical)));
}

/** Residuals x - x̂ and reconstructions x̂ of the same normal samples, at least two. */
export function* normalStatistics(residuals: Table, reconstructions: Table): Steps<NormalStatistics> {
  const { rows, columns } = residuals;
  const location = columnMeans(residuals, (value) => value);
  const scale = scales(residuals, location, reconstructions);
  const center = columnMeans(reconstructions, (value) => value);
  const values = reconstructions.values.map((value, i) => (value - center[i % columns]!) / scale[i % columns]!);
  const found: PrincipalComponents = yield* pcaSteps(
    { values, rows, columns },
    Math.min(MAX_DIRECTIONS, Math.floor(rows / SAMPLES_PER_DIRECTION)),
  );
  const directions = new Float32Array(found.rows.length * columns);
  found.rows.forEach((row, i) => {
    directions.set(row, i * columns);
  });
  const square = sumOf(columnMeans({ values, rows, columns }, squared));
  const kept = sumOf(found.variances);
  return {
    location: Float32Array.from(location),
    scale: Float32Array.from(scale),
    center: Float32Array.from(center),
    directions,
    // Of other samples than those the directions were fitted to, the variance along their inverse is that much larger.
    variances: Float32Array.from(found.variances, (value) => (value * rows) / (rows - found.rows.length - 1)),
    remainder: Float32Array.of(Math.max(0, square - kept)),
  };
}
