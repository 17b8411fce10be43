// Activations, forward: y = f(z). All activations share one loop; the branch on the activation costs little compared with the
// arithmetic. Sigmoids of 16 values or more have a faster loop.

import { exp, sigmoid, softplus, tanh } from './math/exp';
import { bell, cumulative } from './math/normal';
import { sigmoids } from './math/sigmoids';
import { loadPart, splat, storePart } from './simd';

// The codes are those of src/layers/activations.ts.
export const LINEAR: i32 = 0;
export const RELU: i32 = 1;
export const LEAKY_RELU: i32 = 2;
export const ELU: i32 = 3;
export const SELU: i32 = 4;
export const SIGMOID: i32 = 5;
export const TANH: i32 = 6;
export const SOFTPLUS: i32 = 7;
export const SWISH: i32 = 8;
export const GELU: i32 = 9;
export const SOFTMAX: i32 = 10;

/** Slope of leakyRelu below zero, as in Keras 3 and tf.leakyRelu. */
export const SLOPE: f32 = 0.2;
/** Klambauer et al., Self-normalizing neural networks, 2017. */
export const SELU_SCALE: f32 = 1.0507009873554805;
export const SELU_ALPHA: f32 = 1.6732632423543772;

/** y[rows][n] = f(z[rows][n]); `kind` is the code of the activation. y may be z. */
export function activate(y: usize, z: usize, rows: i32, n: i32, kind: i32): void {
  if (kind === SOFTMAX) {
    for (let r = 0; r < rows; r++) softmax(y + ((<usize>(r * n)) << 2), z + ((<usize>(r * n)) << 2), n);
    return;
  }
  const count = rows * n;
  const zero = splat(0);
  const first = kind === SIGMOID ? count & ~15 : 0;
  sigmoids(y, z, first);
  for (let i = first; i < count; i += 4) {
    const o = (<usize>i) << 2;
    const left = count - i;
    const x = loadPart(z + o, left);
    let v = x;
    switch (kind) {
      case RELU:
        v = f32x4.pmax(x, zero);
        break;
      case LEAKY_RELU:
        v = f32x4.pmax(x, f32x4.mul(x, splat(SLOPE)));
        break;
      case ELU:
        v = v128.bitselect(x, f32x4.sub(exp(x), splat(1)), f32x4.gt(x, zero));
        break;
      case SELU: {
        const below = f32x4.mul(splat(SELU_ALPHA), f32x4.sub(exp(x), splat(1)));
        v = f32x4.mul(splat(SELU_SCALE), v128.bitselect(x, below, f32x4.gt(x, zero)));
        break;
      }
      case SIGMOID:
        v = sigmoid(x);
        break;
      case TANH:
        v = tanh(x);
        break;
      case SOFTPLUS:
        v = softplus(x);
        break;
      case SWISH:
        v = f32x4.mul(x, sigmoid(x));
        break;
      case GELU:
        v = f32x4.mul(x, cumulative(x, bell(x)));
        break;
    }
    storePart(y + o, v, left);
  }
}

/** y[n] = e^(z - max z) / Σ e^(z - max z). The sum runs in f64 and in order, so that strict results are the same everywhere. */
function softmax(y: usize, z: usize, n: i32): void {
  let top = load<f32>(z);
  for (let i = 1; i < n; i++) top = max(top, load<f32>(z + ((<usize>i) << 2)));
  for (let i = 0; i < n; i += 4) {
    const o = (<usize>i) << 2;
    storePart(y + o, exp(f32x4.sub(loadPart(z + o, n - i), splat(top))), n - i);
  }
  let sum: f64 = 0;
  for (let i = 0; i < n; i++) sum += load<f32>(y + ((<usize>i) << 2));
  const scale = splat(<f32>(1 / sum));
  for (let i = 0; i < n; i += 4) {
    const o = (<usize>i) << 2;
    storePart(y + o, f32x4.mul(loadPart(y + o, n - i), scale), n - i);
  }
}
