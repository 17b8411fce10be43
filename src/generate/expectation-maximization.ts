// Expectation and maximisation of a mixture of normal distributions with diagonal covariances, in float64.

import { sumOf } from '../core/portable-math.ts';

/** Shares and variances below this count as this: a component of a single code would become a spike. */
const MIN_VALUE = 1e-6;

/** Shares of components, and their means and variances by component and axis. */
export interface MixtureState {
  readonly weights: number[];
  readonly means: number[][];
  readonly variances: number[][];
}

/** A component at each of the codes that are picked, as wide as all of them. */
export function initialMixture(codes: Float32Array, size: number, picked: readonly number[]): MixtureState {
  const count = codes.length / size;
  const mean = new Array<number>(size).fill(0);
  const variance = mean.slice();
  codes.forEach((value, i) => {
    mean[i % size]! += value / count;
  });
  codes.forEach((value, i) => {
    variance[i % size]! += (value - mean[i % size]!) ** 2 / count;
  });
  return {
    weights: picked.map(() => 1 / picked.length),
    means: picked.map((i) => Array.from(codes.subarray(i * size, (i + 1) * size))),
    variances: picked.map(() => variance.map((v) => Math.max(v, MIN_VALUE))),
  };
}

/** One round: the share of each component in each code, then what they are the shares of. */
export function emStep(codes: Float32Array, size: number, { weights, means, variances }: MixtureState): void {
  const count = codes.length / size;
  const sums = means.map(() => new Float64Array(size));
  const squares = means.map(() => new Float64Array(size));
  const totals = new Float64Array(means.length);
  const shares = new Float64Array(means.length);
  const inverse = variances.map((variance) => variance.map((v) => 1 / v));
  const base = variances.map((v, c) => Math.log(weights[c]!) - 0.5 * sumOf(v.map(Math.log)));
  for (let i = 0; i < count; i++) {
    let top = -Infinity;
    for (let c = 0; c < means.length; c++) {
      let d = 0;
      for (let j = 0; j < size; j++) d += (codes[i * size + j]! - means[c]![j]!) ** 2 * inverse[c]![j]!;
      shares[c] = base[c]! - 0.5 * d;
      top = Math.max(top, shares[c]!);
    }
    let sum = 0;
    for (let c = 0; c < means.length; c++) {
      shares[c] = Math.exp(shares[c]! - top);
      sum += shares[c]!;
    }
    for (let c = 0; c < means.length; c++) {
      const share = shares[c]! / sum;
      if (share < MIN_VALUE) continue;
      totals[c]! += share;
      for (let j = 0; j < size; j++) {
        const v = codes[i * size + j]!;
        sums[c]![j]! += share * v;
        squares[c]![j]! += share * v * v;
      }
    }
  }
  const all = sumOf(totals);
  for (let c = 0; c < means.length; c++) {
    weights[c] = Math.max(totals[c]! / all, MIN_VALUE);
    if (totals[c]! < MIN_VALUE) continue;
    for (let j = 0; j < size; j++) {
      const mean = sums[c]![j]! / totals[c]!;
      means[c]![j] = mean;
      variances[c]![j] = Math.max(squares[c]![j]! / totals[c]! - mean * mean, MIN_VALUE);
    }
  }
  const whole = sumOf(weights);
  for (let c = 0; c < weights.length; c++) weights[c]! /= whole;
}
