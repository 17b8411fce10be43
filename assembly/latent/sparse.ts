// Sparse bottlenecks: a threshold, and penalties on the activity of units.

import { log } from '../math/exp';
import { horizontalSum } from '../reduce';
import { clampTo, loadPart, madd, splat, storePart, withSign } from '../simd';

/** y[n] = x where x >= the float at `control`, else 0. */
export function threshold(y: usize, x: usize, n: i32, control: usize): void {
  const limit = splat(load<f32>(control));
  for (let i = 0; i < n; i += 4) {
    const o = (<usize>i) << 2;
    const left = n - i;
    const v = loadPart(x + o, left);
    storePart(y + o, v128.and(v, f32x4.ge(v, limit)), left);
  }
}

/** dx[n] = dy where y is not 0, else 0. */
export function nonZeroBackward(dx: usize, dy: usize, y: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const o = (<usize>i) << 2;
    const left = n - i;
    storePart(dx + o, v128.and(loadPart(dy + o, left), f32x4.ne(loadPart(y + o, left), splat(0))), left);
  }
}

/** Means of activations are clamped to this distance from 0 and 1. */
const MIN_MEAN: f32 = 1e-6;

/**
 * Σ over units of KL(target ‖ means) between Bernoulli distributions. Replaces means[n], in 0..1, by the gradient of that sum
 * by each mean, and writes the mean of the means to `activity`.
 */
export function bernoulliKl(means: usize, n: i32, target: f32, activity: usize): f64 {
  let total: f64 = 0;
  let sum: f64 = 0;
  for (let j = 0; j < n; j += 4) {
    const o = (<usize>j) << 2;
    const left = n - j;
    const v = loadPart(means + o, left);
    sum += horizontalSum(v);
    const p = clampTo(v, MIN_MEAN, 1 - MIN_MEAN);
    const q = f32x4.sub(splat(1), p);
    const t = splat(target);
    const u = splat(1 - target);
    let kl = madd(t, log(f32x4.div(t, p)), f32x4.mul(u, log(f32x4.div(u, q))));
    if (left < 4) kl = v128.and(kl, i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(left)));
    total += horizontalSum(kl);
    storePart(means + o, f32x4.sub(f32x4.div(u, q), f32x4.div(t, p)), left);
  }
  store<f32>(activity, <f32>(sum / n));
  return total;
}

/** dx[rows][n] = dy + weight · slope[n] + l1 · sign(x): the gradient of penalties on mean activity and on size. `slope` 0 for none. */
export function activityPenaltyBackward(
  dx: usize,
  dy: usize,
  x: usize,
  slope: usize,
  rows: i32,
  n: i32,
  weight: f32,
  l1: f32,
): void {
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < n; j += 4) {
      const left = n - j;
      const o = (<usize>(r * n + j)) << 2;
      const v = loadPart(x + o, left);
      let g = loadPart(dy + o, left);
      if (slope) g = madd(loadPart(slope + ((<usize>j) << 2), left), splat(weight), g);
      storePart(dx + o, f32x4.add(g, withSign(l1, v)), left);
    }
  }
}
