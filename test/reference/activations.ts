// Activations and their gradients in float64, as the textbooks write them.

import type { Activation } from '../../src/activations.ts';

/** erf by its Maclaurin series near zero and by Lentz's continued fraction of erfc in the tails; error below 1e-14. */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (a < 2.5) {
    let term = a;
    let sum = a;
    for (let n = 1; n < 100; n++) {
      term *= (-a * a) / n;
      sum += term / (2 * n + 1);
    }
    return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);
  }
  let fraction = 0;
  for (let k = 120; k > 0; k--) fraction = k / 2 / (a + fraction);
  return Math.sign(x) * (1 - Math.exp(-a * a) / (Math.sqrt(Math.PI) * (a + fraction)));
}

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
const cumulative = (z: number): number => 0.5 * (1 + erf(z / Math.SQRT2));
const density = (z: number): number => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
const scale = 1.0507009873554805;
const alpha = 1.6732632423543772;

/** f and f' of one value; softmax is apart. */
export const scalar: Record<Exclude<Activation, 'softmax'>, [f: (z: number) => number, df: (z: number) => number]> = {
  linear: [(z) => z, () => 1],
  relu: [(z) => Math.max(z, 0), (z) => (z > 0 ? 1 : 0)],
  leakyRelu: [(z) => (z > 0 ? z : 0.2 * z), (z) => (z > 0 ? 1 : 0.2)],
  elu: [(z) => (z > 0 ? z : Math.expm1(z)), (z) => (z > 0 ? 1 : Math.exp(z))],
  selu: [(z) => scale * (z > 0 ? z : alpha * Math.expm1(z)), (z) => scale * (z > 0 ? 1 : alpha * Math.exp(z))],
  sigmoid: [sigmoid, (z) => sigmoid(z) * (1 - sigmoid(z))],
  tanh: [Math.tanh, (z) => 1 - Math.tanh(z) ** 2],
  softplus: [(z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))), sigmoid],
  swish: [(z) => z * sigmoid(z), (z) => sigmoid(z) + z * sigmoid(z) * (1 - sigmoid(z))],
  gelu: [(z) => z * cumulative(z), (z) => cumulative(z) + z * density(z)],
};

/** y[rows][n] = f(z[rows][n]). */
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

/** dz[rows][n] = dy · f'(z). */
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
