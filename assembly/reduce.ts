// Sums and counts.

import { loadPart, splat, storePart } from './simd';

/** The sum of four lanes, in f64. @inline */
export function horizontalSum(v: v128): f64 {
  return <f64>f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3);
}

/** The sum of four lanes of integers. @inline */
export function horizontalSumInt(v: v128): i32 {
  return i32x4.extract_lane(v, 0) + i32x4.extract_lane(v, 1) + i32x4.extract_lane(v, 2) + i32x4.extract_lane(v, 3);
}

/** The number of values of x[n] other than zero. */
export function countNonZero(x: usize, n: i32): i32 {
  let count = i32x4.splat(0);
  // A comparison that holds is -1 in its lane.
  for (let i = 0; i < n; i += 4) count = i32x4.sub(count, f32x4.ne(loadPart(x + ((<usize>i) << 2), n - i), splat(0)));
  return horizontalSumInt(count);
}

/** Whether all values of x[n] are finite. */
export function allFinite(x: usize, n: i32): bool {
  // v - v is zero, or NaN where v is not finite.
  let other = splat(0);
  for (; n >= 4; n -= 4, x += 16) other = v128.or(other, f32x4.sub(v128.load(x), v128.load(x)));
  if (n > 0) other = v128.or(other, f32x4.sub(loadPart(x, n), loadPart(x, n)));
  return !v128.any_true(other);
}

/** Σ g². */
export function sumOfSquares(g: usize, n: i32): f64 {
  let total: f64 = 0;
  for (let i = 0; i < n; i += 4) {
    const v = loadPart(g + ((<usize>i) << 2), n - i);
    // Squared in f64: in f32 a gradient above 1.8e19 would make the norm infinite and all gradients zero.
    const a = f64x2.promote_low_f32x4(v);
    const b = f64x2.promote_low_f32x4(v128.shuffle<f32>(v, v, 2, 3, 2, 3));
    const s = f64x2.add(f64x2.mul(a, a), f64x2.mul(b, b));
    total += f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
  }
  return total;
}

/** out[n] = Σ over rows of a[rows][n], such as the gradient of a bias. */
export function columnSums(out: usize, a: usize, rows: i32, n: i32): void {
  const stride = (<usize>n) << 2;
  let j = 0;
  for (; j + 16 <= n; j += 16) {
    const o = (<usize>j) << 2;
    let s0 = splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    let p = a + o;
    for (let r = 0; r < rows; r++) {
      s0 = f32x4.add(s0, v128.load(p));
      s1 = f32x4.add(s1, v128.load(p, 16));
      s2 = f32x4.add(s2, v128.load(p, 32));
      s3 = f32x4.add(s3, v128.load(p, 48));
      p += stride;
    }
    v128.store(out + o, s0);
    v128.store(out + o, s1, 16);
    v128.store(out + o, s2, 32);
    v128.store(out + o, s3, 48);
  }
  for (; j < n; j += 4) {
    const o = (<usize>j) << 2;
    let s = splat(0);
    let p = a + o;
    for (let r = 0; r < rows; r++) {
      s = f32x4.add(s, loadPart(p, n - j));
      p += stride;
    }
    storePart(out + o, s, n - j);
  }
}
