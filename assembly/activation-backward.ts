// Activations, backward: dz = dy · f'(z). Most derivatives follow from y = f(z), so that z need not be saved; those of swish
// and gelu need z.

import {
  ELU,
  GELU,
  LEAKY_RELU,
  RELU,
  SELU,
  SELU_ALPHA,
  SELU_SCALE,
  SIGMOID,
  SLOPE,
  SOFTMAX,
  SOFTPLUS,
  SWISH,
  TANH,
} from './activation';
import { exp, sigmoid } from './math/exp';
import { bell, cumulative, NORMAL_DENSITY_AT_0 } from './math/normal';
import { loadPart, madd, splat, storePart } from './simd';

/** dz[rows][n] = dy · f'(z). `saved` is z for swish and gelu and y for all other activations. dz may be dy. */
export function activateBackward(dz: usize, dy: usize, saved: usize, rows: i32, n: i32, kind: i32): void {
  if (kind === SOFTMAX) {
    for (let r = 0; r < rows; r++) {
      const o = (<usize>(r * n)) << 2;
      softmaxBackward(dz + o, dy + o, saved + o, n);
    }
    return;
  }
  const count = rows * n;
  const zero = splat(0);
  const one = splat(1);
  for (let i = 0; i < count; i += 4) {
    const o = (<usize>i) << 2;
    const left = count - i;
    const g = loadPart(dy + o, left);
    const y = loadPart(saved + o, left);
    const positive = f32x4.gt(y, zero);
    let v = g;
    switch (kind) {
      case RELU:
        v = v128.and(g, positive);
        break;
      case LEAKY_RELU:
        v = v128.bitselect(g, f32x4.mul(g, splat(SLOPE)), positive);
        break;
      case ELU:
        v = v128.bitselect(g, f32x4.mul(g, f32x4.add(y, one)), positive);
        break;
      case SELU: {
        const below = f32x4.add(y, splat(SELU_SCALE * SELU_ALPHA));
        v = f32x4.mul(g, v128.bitselect(splat(SELU_SCALE), below, positive));
        break;
      }
      case SIGMOID:
        v = f32x4.mul(g, f32x4.mul(y, f32x4.sub(one, y)));
        break;
      case TANH:
        v = f32x4.mul(g, f32x4.sub(one, f32x4.mul(y, y)));
        break;
      case SOFTPLUS:
        v = f32x4.mul(g, f32x4.sub(one, exp(f32x4.neg(y))));
        break;
      case SWISH: {
        const s = sigmoid(y);
        v = f32x4.mul(g, madd(f32x4.mul(y, s), f32x4.sub(one, s), s));
        break;
      }
      case GELU: {
        const e = bell(y);
        v = f32x4.mul(g, madd(f32x4.mul(y, splat(NORMAL_DENSITY_AT_0)), e, cumulative(y, e)));
        break;
      }
    }
    storePart(dz + o, v, left);
  }
}

/** dz[n] = y · (dy - Σ dy·y). */
function softmaxBackward(dz: usize, dy: usize, y: usize, n: i32): void {
  let sum: f64 = 0;
  for (let i = 0; i < n; i++) sum += <f64>load<f32>(dy + ((<usize>i) << 2)) * load<f32>(y + ((<usize>i) << 2));
  for (let i = 0; i < n; i += 4) {
    const o = (<usize>i) << 2;
    const left = n - i;
    const v = f32x4.mul(loadPart(y + o, left), f32x4.sub(loadPart(dy + o, left), splat(<f32>sum)));
    storePart(dz + o, v, left);
  }
}
