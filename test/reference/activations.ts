// Activations and their gradients in float64, by their textbook formulas.

import type { Activation } from '../../src/layers/activations.ts';

/**
 * erf by e^(-x²) times a series whose terms are all positive, so that none cancel: Abramowitz and Stegun, Handbook
 * of Mathematical Functions, 7.1.6. Relative error below 1e-15.
 */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (a >= 2) return Math.sign(x) * (1 - erfc(a));
  let term = a;
  let sum = a;
  for (let n = 1; n < 60; n++) {
    term *= (2 * a * a) / (2 * n + 1);
    sum += term;
  }
  return (Math.sign(x) * 2 * Math.exp(-a * a) * sum) / Math.sqrt(Math.PI);
}

/**
 * 1 - erf(x), which keeps its digits where that difference has few left: from 1 on by the continued fraction 7.1.14
 * of the same book. Relative error below 2e-15 · max(1, x²): rounding x² costs that.
 */
export function erfc(x: number): number {
  if (x < 1) return 1 - erf(x);
  let fraction = 0;
  for (let k = 200; k > 0; k--) fraction = k / 2 / (x + fraction);
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * (x + fraction));
}

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
const cumulative = (z: number): number => 0.5 * erfc(-z / Math.SQRT2);
const density = (z: number): number => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
const scale = 1.0507009873554805;
const alpha = 1.6732632423543772;

/**
 * f and f' of one value; softmax is apart. Keras' definitions; selu: Klambauer et al., 2017; swish: Ramachandran et al.,
 * 2017; gelu, the exact form: Hendrycks and Gimpel, 2016. 1 - sigmoid(z) is written sigmoid(-z), which has all its digits.
 */
export const scalar: Record<Exclude<Activation, 'softmax'>, [f: (z: number) => number, df: (z: number) => number]> = {
  linear: [(z) => z, () => 1],
  relu: [(z) => Math.max(z, 0), (z) => (z > 0 ? 1 : 0)],
  leakyRelu: [(z) => (z > 0 ? z : 0.2 * z), (z) => (z > 0 ? 1 : 0.2)],
  elu: [(z) => (z > 0 ? z : Math.expm1(z)), (z) => (z > 0 ? 1 : Math.exp(z))],
  selu: [(z) => scale * (z > 0 ? z : alpha * Math.expm1(z)), (z) => scale * (z > 0 ? 1 : alpha * Math.exp(z))],
  sigmoid: [sigmoid, (z) => sigmoid(z) * sigmoid(-z)],
  tanh: [Math.tanh, (z) => Math.cosh(z) ** -2],
  softplus: [(z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))), sigmoid],
  swish: [(z) => z * sigmoid(z), (z) => sigmoid(z) + z * sigmoid(z) * sigmoid(-z)],
  gelu: [(z) => z * cumulative(z), (z) => cumulative(z) + z * density(z)],
};

/** y[rows][n] = f(z[rows][n]); softmax of each row, minus its largest value, so that no exponential overflows. */
export function forward(kind: Activation, z: ArrayLike<number>, rows: number, n: number): Float64Array {
  const y = new Float64Array(rows * n);
  for (let r = 0; r < rows; r++) {
    const row = Array.from({ length: n }, (_, i) => z[r * n + i]!);
    const top = Math.max(...row);
    const sum = row.reduce((total, v) => total + Math.exp(v - top), 0);
    for (let i = 0; i < n; i++)
      y[r * n + i] = kind === 'softmax' ? Math.exp(row[i]! - top) / sum : scalar[kind][0](row[i]!);
  }
  return y;
}

/** dz[rows][n] = dy · f'(z); for softmax, dy times the matrix of derivatives y_j·([i = j] - y_i). */
export function backward(
  kind: Activation,
  dy: ArrayLike<number>,
  z: ArrayLike<number>,
  rows: number,
  n: number,
): Float64Array {
  const dz = new Float64Array(rows * n);
  const y = forward(kind, z, rows, n);
  for (let r = 0; r < rows; r++) {
    for (let i = 0; i < n; i++) {
      const at = r * n + i;
      if (kind !== 'softmax') {
        dz[at] = dy[at]! * scalar[kind][1](z[at]!);
        continue;
      }
      for (let j = 0; j < n; j++) dz[at]! += dy[r * n + j]! * y[r * n + j]! * ((i === j ? 1 : 0) - y[at]!);
    }
  }
  return dz;
}
