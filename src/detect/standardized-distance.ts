// The distance of a sample from the normal ones, in units of the residuals' scale. docs/detection.md has the formula.

import { dot } from '../linalg/table.ts';
import type { NormalStatistics } from './normal-statistics.ts';

/**
 * Weight of the reconstruction's squared distance; that of the residual has weight 1. The area under the ROC curve differs by
 * at most 0.003 for 2 to 8 (docs/detection.md). The smallest is chosen as it depends least on few reference samples.
 */
const RECONSTRUCTION_WEIGHT = 2;

/** `load` a sample, then ask for its `score` or its split. The arrays are reused for every sample. */
export class StandardizedDistance {
  readonly #statistics: NormalStatistics;
  /** Standardized residual of each feature: (x - x̂ - location) / scale. */
  readonly #residual: Float64Array;
  /** Standardized shift of each feature: (x̂ - center) / scale. */
  readonly #shift: Float64Array;
  /** Projections of the shift on the directions. */
  readonly #projections: Float64Array;
  /** Weight of the squared projection on each direction. */
  readonly #weights: Float64Array;
  /** Weight of the squared shift outside all directions. */
  readonly #residualWeight: number;

  constructor(statistics: NormalStatistics) {
    const { scale, variances, remainder } = statistics;
    this.#statistics = statistics;
    this.#residual = new Float64Array(scale.length);
    this.#shift = new Float64Array(scale.length);
    this.#projections = new Float64Array(variances.length);
    this.#weights = Float64Array.from(variances, (variance) => RECONSTRUCTION_WEIGHT / (variance + 1));
    this.#residualWeight = RECONSTRUCTION_WEIGHT / (remainder[0]! + 1);
  }

  /** Reads the sample at `x[offset…]` and its reconstruction at `y[offset…]`. */
  load(x: Float32Array, y: Float32Array, offset: number): void {
    const [residual, shift, projections] = [this.#residual, this.#shift, this.#projections];
    const { location, scale, center, directions } = this.#statistics;
    for (let j = 0; j < shift.length; j++) {
      shift[j] = (y[offset + j]! - center[j]!) / scale[j]!;
      residual[j] = (x[offset + j]! - y[offset + j]! - location[j]!) / scale[j]!;
    }
    for (let k = 0; k < projections.length; k++) projections[k] = dot(shift, directions, k * shift.length);
  }

  /** The root of the squared distance, with `extra` added, divided by its degrees of freedom: about 1 for normal samples. */
  score(extra: number): number {
    const [residual, shift, projections] = [this.#residual, this.#shift, this.#projections];
    const outside = Math.max(0, dot(shift, shift) - dot(projections, projections));
    let sum = dot(residual, residual) + this.#residualWeight * outside;
    for (let k = 0; k < projections.length; k++) sum += this.#weights[k]! * projections[k]! * projections[k]!;
    const degreesOfFreedom = shift.length + RECONSTRUCTION_WEIGHT * (projections.length + 1);
    return Math.sqrt(Math.max(0, sum + extra) / degreesOfFreedom);
  }

  /** Writes the part of each feature to `parts`: its squared residual, plus its squared value in the whitened shift. */
  splitByFeature(parts: Float64Array): void {
    const [residual, shift, projections] = [this.#residual, this.#shift, this.#projections];
    const { directions } = this.#statistics;
    const outside = Math.sqrt(this.#residualWeight);
    for (let j = 0; j < parts.length; j++) parts[j] = outside * shift[j]!;
    for (let k = 0; k < projections.length; k++) {
      const factor = (Math.sqrt(this.#weights[k]!) - outside) * projections[k]!;
      for (let j = 0; j < parts.length; j++) parts[j]! += factor * directions[k * parts.length + j]!;
    }
    for (let j = 0; j < parts.length; j++) parts[j] = parts[j]! * parts[j]! + residual[j]! * residual[j]!;
  }
}
