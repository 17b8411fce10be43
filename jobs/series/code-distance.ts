// The distance of a window's code from the codes of normal windows (Mahalanobis, 1936). The detector's own score weighs the code
// by its effect on all values of a window, so that a slow change of level, which a few code values represent, counts little.

import type { Model } from 'isthmus';
import type { CodeStatistics } from './types.ts';

/** Relative to the variance: keeps the covariance positive definite. */
const RIDGE = 1e-6;

/** Mean and covariance of the codes `[n, size]`, the latter as its Cholesky factor. */
export function codeStatistics(codes: Float32Array, size: number): CodeStatistics {
  const count = codes.length / size;
  const mean = Array.from({ length: size }, () => 0);
  for (let i = 0; i < codes.length; i++) mean[i % size]! += codes[i]! / count;
  const factor = mean.map(() => mean.map(() => 0));
  for (let row = 0; row < count; row++) {
    for (let a = 0; a < size; a++) {
      const deviation = codes[row * size + a]! - mean[a]!;
      for (let b = 0; b <= a; b++) factor[a]![b]! += (deviation * (codes[row * size + b]! - mean[b]!)) / count;
    }
  }
  const largest = Math.max(...factor.map((row, a) => row[a]!)) || 1;
  factor.forEach((row, a) => {
    row[a]! += RIDGE * largest;
  });
  for (let column = 0; column < size; column++) {
    const pivot = factor[column]!;
    for (let k = 0; k < column; k++) pivot[column]! -= pivot[k]! * pivot[k]!;
    pivot[column] = Math.sqrt(Math.max(pivot[column]!, RIDGE * RIDGE * largest));
    for (let a = column + 1; a < size; a++) {
      const row = factor[a]!;
      for (let k = 0; k < column; k++) row[column]! -= row[k]! * pivot[k]!;
      row[column]! /= pivot[column]!;
    }
  }
  return { mean, factor };
}

/** The root mean square of the whitened code of each window: about 1 for normal windows. */
export function codeDistances(model: Model, { mean, factor }: CodeStatistics, windows: Float32Array): Float32Array {
  const size = mean.length;
  const codes = model.encode(windows);
  const whitened = new Float64Array(size);
  return Float32Array.from({ length: codes.length / size }, (_, i) => {
    let sum = 0;
    for (let a = 0; a < size; a++) {
      let value = codes[i * size + a]! - mean[a]!;
      for (let b = 0; b < a; b++) value -= factor[a]![b]! * whitened[b]!;
      whitened[a] = value / factor[a]![a]!;
      sum += whitened[a]! * whitened[a]!;
    }
    return Math.sqrt(sum / size);
  });
}
