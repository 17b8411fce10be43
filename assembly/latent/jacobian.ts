// The Jacobian of a chain of dense layers, a column for each sample and value of the code, and the gradients by its factors.

import { horizontalSum } from '../reduce';
import { loadPart, madd, splat, storePart } from '../simd';

/**
 * y[n][samples][codes] = x · codeFactors[samples][codes] · unitFactors[samples][n]. x is [n][samples][codes], or [n][codes] for
 * all samples if `shared`.
 */
export function scaleJacobian(
  y: usize,
  x: usize,
  shared: bool,
  codeFactors: usize,
  unitFactors: usize,
  samples: i32,
  codes: i32,
  n: i32,
): void {
  const bytes = (<usize>codes) << 2;
  for (let i = 0; i < n; i++) {
    let factors = codeFactors;
    let unit = unitFactors + ((<usize>i) << 2);
    for (let s = 0; s < samples; s++) {
      const factor = v128.load32_splat(unit);
      for (let e = 0; e < codes; e += 4) {
        const o = (<usize>e) << 2;
        const left = codes - e;
        const scaled = f32x4.mul(loadPart(x + o, left), loadPart(factors + o, left));
        storePart(y + o, f32x4.mul(scaled, factor), left);
      }
      unit += (<usize>n) << 2;
      factors += bytes;
      y += bytes;
      if (!shared) x += bytes;
    }
    if (shared) x += bytes;
  }
}

/**
 * The gradients of `scaleJacobian` by x and by its factors; dy may be dx. With `shared`, dx[n][codes] increases by the sums
 * over the samples. Returns Σ dy · y.
 */
export function scaleJacobianBackward(
  dx: usize,
  dy: usize,
  x: usize,
  shared: bool,
  codeFactors: usize,
  codeGradients: usize,
  unitFactors: usize,
  unitGradients: usize,
  samples: i32,
  codes: i32,
  n: i32,
): f64 {
  const bytes = (<usize>codes) << 2;
  memory.fill(codeGradients, 0, bytes * samples);
  let total: f64 = 0;
  for (let i = 0; i < n; i++) {
    let factors = codeFactors;
    let gradients = codeGradients;
    let unit = (<usize>i) << 2;
    for (let s = 0; s < samples; s++) {
      const factor = v128.load32_splat(unitFactors + unit);
      let sum = splat(0);
      for (let e = 0; e < codes; e += 4) {
        const o = (<usize>e) << 2;
        const left = codes - e;
        const g = loadPart(dy + o, left);
        const byFactors = f32x4.mul(g, loadPart(x + o, left));
        const scale = loadPart(factors + o, left);
        sum = madd(byFactors, scale, sum);
        storePart(gradients + o, madd(byFactors, factor, loadPart(gradients + o, left)), left);
        const before = shared ? loadPart(dx + o, left) : splat(0);
        storePart(dx + o, madd(f32x4.mul(g, scale), factor, before), left);
      }
      const byUnit = horizontalSum(sum);
      store<f32>(unitGradients + unit, <f32>byUnit);
      total += byUnit * load<f32>(unitFactors + unit);
      unit += (<usize>n) << 2;
      factors += bytes;
      gradients += bytes;
      dy += bytes;
      if (!shared) {
        x += bytes;
        dx += bytes;
      }
    }
    if (shared) {
      x += bytes;
      dx += bytes;
    }
  }
  return total;
}

/**
 * y[n][n], symmetric, from the panels of its upper triangle: panel p has the rows from p · height on and the columns from the
 * same number on.
 */
export function joinPanels(y: usize, panels: usize, n: i32, height: i32): void {
  for (let first = 0; first < n; first += height) {
    const end = min(n, first + height);
    for (let i = first; i < end; i++) {
      for (let j = first; j < n; j++) {
        const value = load<f32>(panels);
        store<f32>(y + ((<usize>(i * n + j)) << 2), value);
        store<f32>(y + ((<usize>(j * n + i)) << 2), value);
        panels += 4;
      }
    }
  }
}
