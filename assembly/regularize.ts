// The penalty on weights, l1 and l2, which is added to the loss.

import { horizontalSum } from './reduce';
import { loadPart, madd, splat, storePart, withSign } from './simd';

/** l1·Σ|w| + l2·Σw². Where l2 is 0 no square is taken: that of a weight above 1.8e19 is infinite. */
export function penalty(w: usize, n: i32, l1: f64, l2: f64): f64 {
  let total: f64 = 0;
  for (let i = 0; i < n; i += 4) {
    const v = loadPart(w + ((<usize>i) << 2), n - i);
    total += l1 * horizontalSum(f32x4.abs(v)) + (l2 ? l2 * horizontalSum(f32x4.mul(v, v)) : 0);
  }
  return total;
}

/** dw[n] += l1·sign(w) + 2·l2·w. */
export function penaltyGradient(dw: usize, w: usize, n: i32, l1: f32, l2: f32): void {
  for (let i = 0; i < n; i += 4) {
    const o = (<usize>i) << 2;
    const left = n - i;
    const v = loadPart(w + o, left);
    const sign = withSign(l1, v);
    storePart(dw + o, f32x4.add(madd(v, splat(2 * l2), sign), loadPart(dw + o, left)), left);
  }
}
