// Where a sample is among normal ones, as distances without a unit.

import { dot } from './directions.ts';
import type { Standard } from './standard.ts';

/** How much the reconstruction's distance counts beside the residual's. 2 to 8 are within 0.003 in area
 * (docs/detection.md), and the less it is, the less do few samples harm. */
const WEIGHT = 2;

/** Where one sample is, in units of the scale: one after the other for many, in the same arrays. */
export class Place {
  /** Residual from its mean, feature by feature. */
  readonly residual: Float64Array;
  /** Reconstruction from its mean, feature by feature. */
  readonly shift: Float64Array;
  /** The shift along each direction. */
  readonly along: Float64Array;
  readonly #standard: Standard;
  /** What a square along each direction counts, and one beside all of them. */
  readonly weights: Float64Array;
  readonly beside: number;

  constructor(standard: Standard) {
    this.#standard = standard;
    this.residual = new Float64Array(standard.scale.length);
    this.shift = new Float64Array(standard.scale.length);
    this.along = new Float64Array(standard.variances.length);
    this.weights = Float64Array.from(standard.variances, (variance) => WEIGHT / (variance + 1));
    this.beside = WEIGHT / (standard.remainder[0]! + 1);
  }

  /** Takes the sample and reconstruction that begin `at`. */
  take(x: Float32Array, y: Float32Array, at: number): void {
    const { residual, shift, along } = this;
    const { location, scale, center, directions } = this.#standard;
    for (let j = 0; j < shift.length; j++) {
      shift[j] = (y[at + j]! - center[j]!) / scale[j]!;
      residual[j] = (x[at + j]! - y[at + j]! - location[j]!) / scale[j]!;
    }
    for (let k = 0; k < along.length; k++) along[k] = dot(shift, directions, k * shift.length);
  }

  /** What the squared distance is on average, about. */
  get dimensions(): number {
    return this.residual.length + WEIGHT * (this.along.length + 1);
  }

  /** The squared distance of both. */
  get square(): number {
    const { residual, shift, along, weights, beside } = this;
    let sum = dot(residual, residual) + beside * Math.max(0, dot(shift, shift) - dot(along, along));
    for (let k = 0; k < along.length; k++) sum += weights[k]! * along[k]! * along[k]!;
    return sum;
  }

  /** The same, split over the features: the squares of the residual and of the shift made of unit variance. */
  split(into: Float64Array): void {
    const { residual, shift, along, weights } = this;
    const beside = Math.sqrt(this.beside);
    for (let j = 0; j < into.length; j++) into[j] = beside * shift[j]!;
    for (let k = 0; k < along.length; k++) {
      const factor = (Math.sqrt(weights[k]!) - beside) * along[k]!;
      for (let j = 0; j < into.length; j++) into[j]! += factor * this.#standard.directions[k * into.length + j]!;
    }
    for (let j = 0; j < into.length; j++) into[j] = into[j]! * into[j]! + residual[j]! * residual[j]!;
  }
}
