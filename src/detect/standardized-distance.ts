// Where a sample is among normal ones, as distances without a unit.

import { dot } from '../linalg/pca.ts';
import type { NormalStatistics } from './normal-statistics.ts';

/** How much the reconstruction's distance counts beside the residual's. 2 to 8 are within 0.003 in area
 * (docs/detection.md), and the less it is, the less do few samples harm. */
const RECONSTRUCTION_WEIGHT = 2;

/** Where one sample is, in units of the scale: one after the other for many, in the same arrays. */
export class StandardizedDistance {
  /** Residual from its mean, feature by feature. */
  readonly #residual: Float64Array;
  /** Reconstruction from its mean, feature by feature. */
  readonly #shift: Float64Array;
  /** The shift along each direction. */
  readonly #projections: Float64Array;
  readonly #standard: NormalStatistics;
  /** What a square along each direction counts, and one beside all of them. */
  readonly #weights: Float64Array;
  readonly #residualWeight: number;

  constructor(standard: NormalStatistics) {
    const { scale, variances, remainder } = standard;
    this.#standard = standard;
    this.#residual = new Float64Array(scale.length);
    this.#shift = new Float64Array(scale.length);
    this.#projections = new Float64Array(variances.length);
    this.#weights = Float64Array.from(variances, (variance) => RECONSTRUCTION_WEIGHT / (variance + 1));
    this.#residualWeight = RECONSTRUCTION_WEIGHT / (remainder[0]! + 1);
  }

  /** Takes the sample and reconstruction that begin `at`. */
  load(x: Float32Array, y: Float32Array, at: number): void {
    const [residual, shift, along] = [this.#residual, this.#shift, this.#projections];
    const { location, scale, center, directions } = this.#standard;
    for (let j = 0; j < shift.length; j++) {
      shift[j] = (y[at + j]! - center[j]!) / scale[j]!;
      residual[j] = (x[at + j]! - y[at + j]! - location[j]!) / scale[j]!;
    }
    for (let k = 0; k < along.length; k++) along[k] = dot(shift, directions, k * shift.length);
  }

  /** The root of the squared distance of both, with `more` added, by what it is on average, about. */
  score(more: number): number {
    const [residual, shift, along] = [this.#residual, this.#shift, this.#projections];
    let sum = dot(residual, residual) + this.#residualWeight * Math.max(0, dot(shift, shift) - dot(along, along));
    for (let k = 0; k < along.length; k++) sum += this.#weights[k]! * along[k]! * along[k]!;
    return Math.sqrt(Math.max(0, sum + more) / (shift.length + RECONSTRUCTION_WEIGHT * (along.length + 1)));
  }

  /** The same distance, split over the features: the squares of the residual and of the shift made of unit variance. */
  splitByFeature(into: Float64Array): void {
    const [residual, shift, along] = [this.#residual, this.#shift, this.#projections];
    const { directions } = this.#standard;
    const beside = Math.sqrt(this.#residualWeight);
    for (let j = 0; j < into.length; j++) into[j] = beside * shift[j]!;
    for (let k = 0; k < along.length; k++) {
      const factor = (Math.sqrt(this.#weights[k]!) - beside) * along[k]!;
      for (let j = 0; j < into.length; j++) into[j]! += factor * directions[k * into.length + j]!;
    }
    for (let j = 0; j < into.length; j++) into[j] = into[j]! * into[j]! + residual[j]! * residual[j]!;
  }
}
