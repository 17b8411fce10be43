// The contractive penalty: second derivatives of activations, and distances of codes.

import {
  ELU,
  GELU,
  LEAKY_RELU,
  LINEAR,
  RELU,
  SELU,
  SELU_ALPHA,
  SELU_SCALE,
  SIGMOID,
  SOFTPLUS,
  SWISH,
  TANH,
} from '../activation';
import { exp, sigmoid } from '../math/exp';
import { bell, NORMAL_DENSITY_AT_0 } from '../math/normal';
import { horizontalSum } from '../reduce';
import { loadPart, madd, splat, storePart } from '../simd';

/** dz[n] += a · b · f''(z). `saved` is z for swish and gelu and y for all other activations, as for activateBackward. */
export function activationSecondDerivative(dz: usize, a: usize, b: usize, saved: usize, n: i32, kind: i32): void {
  if (kind === LINEAR || kind === RELU || kind === LEAKY_RELU) return;
  const zero = splat(0);
  const one = splat(1);
  const two = splat(2);
  for (let i = 0; i < n; i += 4) {
    const o = (<usize>i) << 2;
    const left = n - i;
    const y = loadPart(saved + o, left);
    let v = zero;
    switch (kind) {
      case ELU:
        v = v128.andnot(f32x4.add(y, one), f32x4.gt(y, zero));
        break;
      case SELU:
        v = v128.andnot(f32x4.add(y, splat(SELU_SCALE * SELU_ALPHA)), f32x4.gt(y, zero));
        break;
      case SIGMOID:
        v = f32x4.mul(f32x4.mul(y, f32x4.sub(one, y)), f32x4.sub(one, f32x4.add(y, y)));
        break;
      case TANH:
        v = f32x4.mul(f32x4.mul(splat(-2), y), f32x4.sub(one, f32x4.mul(y, y)));
        break;
      case SOFTPLUS: {
        const e = exp(f32x4.neg(y));
        v = f32x4.mul(e, f32x4.sub(one, e));
        break;
      }
      case SWISH: {
        const s = sigmoid(y);
        const slope = f32x4.mul(s, f32x4.sub(one, s));
        v = f32x4.mul(slope, madd(y, f32x4.sub(one, f32x4.add(s, s)), two));
        break;
      }
      case GELU:
        v = f32x4.mul(f32x4.mul(splat(NORMAL_DENSITY_AT_0), bell(y)), f32x4.sub(two, f32x4.mul(y, y)));
        break;
    }
    const product = f32x4.mul(f32x4.mul(loadPart(a + o, left), loadPart(b + o, left)), v);
    storePart(dz + o, f32x4.add(loadPart(dz + o, left), product), left);
  }
}

/**
 * Σ (a - b)² over n values, where a[n] and b[n] are the halves of y. Sets the halves of dy to the gradients times `factor`:
 * 2·factor·(a - b) and its negative.
 */
export function squaredDistance(dy: usize, y: usize, n: i32, factor: f32): f64 {
  const half = (<usize>n) << 2;
  let total: f64 = 0;
  for (let i = 0; i < n; i += 4) {
    const o = (<usize>i) << 2;
    const left = n - i;
    const d = f32x4.sub(loadPart(y + o, left), loadPart(y + half + o, left));
    const s = f32x4.mul(d, d);
    total += horizontalSum(s);
    const g = f32x4.mul(d, splat(2 * factor));
    storePart(dy + o, g, left);
    storePart(dy + half + o, f32x4.neg(g), left);
  }
  return total;
}
