// What is added to the loss for the size of weights, and what holds gradients back.

import { loadPart, madd, splat, storePart } from './simd';

/** @inline */
function lanes(v: v128): f64 {
  return <f64>f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3);
}

/** l1·Σ|w| + l2·Σw². With an l2 of 0 it is finite for all finite weights: a square above 1.8e19² would be infinite. */
export function penalty(w: usize, n: i32, l1: f64, l2: f64): f64 {
  let total: f64 = 0;
  for (let i = 0; i < n; i += 4) {
    const v = loadPart(w + ((<usize>i) << 2), n - i);
    total += l1 * lanes(f32x4.abs(v)) + (l2 ? l2 * lanes(f32x4.mul(v, v)) : 0);
  }
  return total;
}

/** dw[n] += l1·sign(w) + 2·l2·w. */
export function penaltyGradient(dw: usize, w: usize, n: i32, l1: f32, l2: f32): void {
  for (let i = 0; i < n; i += 4) {
    const o = (<usize>i) << 2;
    const left = n - i;
    const v = loadPart(w + o, left);
    const sign = v128.and(v128.or(v128.and(v, i32x4.splat(0x80000000)), splat(l1)), f32x4.ne(v, splat(0)));
    storePart(dw + o, f32x4.add(madd(v, splat(2 * l2), sign), loadPart(dw + o, left)), left);
  }
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

/** g[n] = g · factor. */
export function scale(g: usize, n: i32, factor: f32): void {
  for (let i = 0; i < n; i += 4) {
    const o = (<usize>i) << 2;
    const left = n - i;
    storePart(g + o, f32x4.mul(loadPart(g + o, left), splat(factor)), left);
  }
}

/** y[n] = x held within low..high; y may be x. */
export function clamp(y: usize, x: usize, n: i32, low: f32, high: f32): void {
  for (let i = 0; i < n; i += 4) {
    const o = (<usize>i) << 2;
    const left = n - i;
    storePart(y + o, f32x4.pmin(f32x4.pmax(loadPart(x + o, left), splat(low)), splat(high)), left);
  }
}

/** dx[n] = dy where low < y < high, else 0: the gradient of `clamp`. */
export function clampBackward(dx: usize, dy: usize, y: usize, n: i32, low: f32, high: f32): void {
  for (let i = 0; i < n; i += 4) {
    const o = (<usize>i) << 2;
    const left = n - i;
    const v = loadPart(y + o, left);
    const inside = v128.and(f32x4.gt(v, splat(low)), f32x4.lt(v, splat(high)));
    storePart(dx + o, v128.and(loadPart(dy + o, left), inside), left);
  }
}

/** out[n] = Σ over rows of a[rows][n]: the gradient of a bias. */
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
