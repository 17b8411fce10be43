// The distance of a sample from the normal ones, in units of the residuals' scale. docs/detection.md has the formula.

import { dot } from '../linalg/table.ts';
import type { NormalStatistics } from './normal-statistics.ts';

/**
 * Weight of the reconstruction's squared distance; that of the residual has weight 1. The area under the ROC curve differs by
 * at most 0.003 for 2 to 8 (docs/detection.md). The smallest is chosen as it depends least on few reference samples.
 */
const RECONSTRUCTION_WEIGHT = 2;

/**
 * `load` a sample, then ask for its `score` or its split. The arrays are reused for every sample. A function with local state
 * instead of a class: a minifier shortens locals, but keeps `this.#name`.
 */
export function standardizedDistance(statistics: NormalStatistics) {
  const { location, scale, center, directions, variances, remainder } = statistics;
  const size = scale.length;
  /** Standardized residual of each feature: (x - x̂ - location) / scale. */
  const residual = new Float64Array(size);
  /** Standardized shift of each feature: (x̂ - center) / scale. */
  const shift = new Float64Array(size);
  /** Projections of the shift on the directions. */
  const projections = new Float64Array(variances.length);
  const weightOf = (variance: number): number => RECONSTRUCTION_WEIGHT / (variance + 1);
  /** Weight of the squared projection on each direction. */
  const weights = Float64Array.from(variances, weightOf);
  /** Weight of the squared shift outside all directions. */
  const outsideWeight = weightOf(remainder[0]!);

  return {
    /** Reads the sample at `x[offset…]` and its reconstruction at `y[offset…]`. */
    load(x: Float32Array, y: Float32Array, offset: number): void {
      for (let j = 0; j < size; j++) {
        shift[j] = (y[offset + j]! - center[j]!) / scale[j]!;
        residual[j] = (x[offset + j]! - y[offset + j]! - location[j]!) / scale[j]!;
      }
      for (let k = 0; k < projections.length; k++) projections[k] = dot(shift, directions, k * size);
    },

    /** The root of the squared distance, with `extra` added, divided by its degrees of freedom: about 1 for normal samples. */
    score(extra: number): number {
      const outside = Math.max(0, dot(shift, shift) - dot(projections, projections));
      let sum = dot(residual, residual) + outsideWeight * outside;
      for (let k = 0; k < projections.length; k++) sum += weights[k]! * projections[k]! * projections[k]!;
      const degreesOfFreedom = size + RECONSTRUCTION_WEIGHT * (projections.length + 1);
      return Math.sqrt(Math.max(0, sum + extra) / degreesOfFreedom);
    },

    /** Writes the part of each feature to `parts`: its squared residual, plus its squared value in the whitened shift. */
    splitByFeature(parts: Float64Array): void {
      const outside = Math.sqrt(outsideWeight);
      for (let j = 0; j < size; j++) parts[j] = outside * shift[j]!;
      for (let k = 0; k < projections.length; k++) {
        const factor = (Math.sqrt(weights[k]!) - outside) * projections[k]!;
        for (let j = 0; j < size; j++) parts[j]! += factor * directions[k * size + j]!;
      }
      for (let j = 0; j < size; j++) parts[j] = parts[j]! * parts[j]! + residual[j]! * residual[j]!;
    },
  };
}
