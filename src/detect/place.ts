// Where a sample is among normal ones, as distances without a unit.

import { dot } from './directions.ts';
import type { Standard } from './standard.ts';

/** How much the reconstruction's distance counts beside the residual's. 2 to 8 are within 0.003 in area
 * (docs/detection.md), and the less it is, the less do few samples harm. */
const WEIGHT = 2;

/**
 * Distances from what is usual of samples, each given with its reconstruction and where they begin: `score`, the root of
 * the squared distance of both by what that is on average, about, where `more` joins it; and `split`, the squared
 * distance over the features: the squares of the residual and of the shift made of unit variance.
 */
export function placing({ location, scale, center, directions, variances, remainder }: Standard) {
  const size = scale.length;
  // Of one sample, in units of the scale: the residual from its mean and the reconstruction from its mean, feature by
  // feature; and the latter along each direction.
  const residual = new Float64Array(size);
  const shift = new Float64Array(size);
  const along = new Float64Array(variances.length);
  // What a square along each direction counts, and one beside all of them.
  const weights = Float64Array.from(variances, (variance) => WEIGHT / (variance + 1));
  const beside = WEIGHT / (remainder[0]! + 1);

  const take = (x: Float32Array, y: Float32Array, at: number): void => {
    for (let j = 0; j < size; j++) {
      shift[j] = (y[at + j]! - center[j]!) / scale[j]!;
      residual[j] = (x[at + j]! - y[at + j]! - location[j]!) / scale[j]!;
    }
    for (let k = 0; k < along.length; k++) along[k] = dot(shift, directions, k * size);
  };

  const score = (x: Float32Array, y: Float32Array, at: number, more: number): number => {
    take(x, y, at);
    let sum = dot(residual, residual) + beside * Math.max(0, dot(shift, shift) - dot(along, along));
    for (let k = 0; k < along.length; k++) sum += weights[k]! * along[k]! * along[k]!;
    return Math.sqrt(Math.max(0, sum + more) / (size + WEIGHT * (along.length + 1)));
  };

  const split = (x: Float32Array, y: Float32Array, at: number): Float64Array => {
    take(x, y, at);
    const root = Math.sqrt(beside);
    const parts = shift.map((value) => root * value);
    for (let k = 0; k < along.length; k++) {
      const factor = (Math.sqrt(weights[k]!) - root) * along[k]!;
      for (let j = 0; j < size; j++) parts[j]! += factor * directions[k * size + j]!;
    }
    return parts.map((value, j) => value * value + residual[j]! * residual[j]!);
  };

  return { score, split };
}
