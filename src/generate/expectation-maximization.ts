// Expectation maximization for a mixture of normal distributions with diagonal covariances, in float64.

import { sumOf } from '../core/portable-math.ts';

/** The least weight and the least variance. Without it, a component of a single code would get a variance of 0. */
const MIN_VALUE = 1e-6;

/** `weights[component]`, `means[component][axis]`, `variances[component][axis]`. */
export interface MixtureState {
  readonly weights: number[];
  readonly means: number[][];
  readonly variances: number[][];
}

/** A component at each of the codes with the indices `picked`. All have equal weights and the variance of all codes. */
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

/** A function that writes to `probabilities` how likely each component is, given the code at `codes[offset…]`. */
function expectation(codes: Float32Array, size: number, { weights, means, variances }: MixtureState) {
  const inverse = variances.map((variance) => variance.map((v) => 1 / v));
  const logScale = variances.map((v, c) => Math.log(weights[c]!) - 0.5 * sumOf(v.map(Math.log)));
  return (offset: number, probabilities: Float64Array): void => {
    let top = -Infinity;
    for (let c = 0; c < means.length; c++) {
      let distance = 0;
      for (let j = 0; j < size; j++) distance += (codes[offset + j]! - means[c]![j]!) ** 2 * inverse[c]![j]!;
      probabilities[c] = logScale[c]! - 0.5 * distance;
      top = Math.max(top, probabilities[c]!);
    }
    let sum = 0;
    for (let c = 0; c < means.length; c++) {
      probabilities[c] = Math.exp(probabilities[c]! - top);
      sum += probabilities[c]!;
    }
    for (let c = 0; c < means.length; c++) probabilities[c]! /= sum;
  };
}

/** One round of expectation and maximization. Changes `state`. */
export function emStep(codes: Float32Array, size: number, state: MixtureState): void {
  const { weights, means, variances } = state;
  const sums = means.map(() => new Float64Array(size));
  const squares = means.map(() => new Float64Array(size));
  const totals = new Float64Array(means.length);
  const probabilities = new Float64Array(means.length);
  const expect = expectation(codes, size, state);
  for (let offset = 0; offset < codes.length; offset += size) {
    expect(offset, probabilities);
    for (let c = 0; c < means.length; c++) {
      const probability = probabilities[c]!;
      if (probability < MIN_VALUE) continue;
      totals[c]! += probability;
      for (let j = 0; j < size; j++) {
        const value = codes[offset + j]!;
        sums[c]![j]! += probability * value;
        squares[c]![j]! += probability * value * value;
      }
    }
  }
  const total = sumOf(totals);
  for (let c = 0; c < means.length; c++) {
    weights[c] = Math.max(totals[c]! / total, MIN_VALUE);
    if (totals[c]! < MIN_VALUE) continue;
    for (let j = 0; j < size; j++) {
      const mean = sums[c]![j]! / totals[c]!;
      means[c]![j] = mean;
      variances[c]![j] = Math.max(squares[c]![j]! / totals[c]! - mean * mean, MIN_VALUE);
    }
  }
  const weightSum = sumOf(weights);
  for (let c = 0; c < weights.length; c++) weights[c]! /= weightSum;
}
