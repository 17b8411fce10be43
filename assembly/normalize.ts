// Normalisation over the batch for each channel (Ioffe and Szegedy, 2015), and over the channels for each place
// (Ba et al., 2016). Sums run over 64 rows in one register, then over those sums: rounding grows with the root of n.

import { loadPart, madd, splat, storePart } from './simd';

/** y[rows][c] = x · scale[c] + shift[c]; `shift` 0 for none. */
export function affine(y: usize, x: usize, scale: usize, shift: usize, rows: i32, c: i32): void {
  for (let r = 0; r < rows; r++) {
    for (let i = 0; i < c; i += 4) {
      const o = (<usize>i) << 2;
      const left = c - i;
      const s = shift ? loadPart(shift + o, left) : splat(0);
      storePart(y + o, madd(loadPart(x + o, left), loadPart(scale + o, left), s), left);
    }
    y += (<usize>c) << 2;
    x += (<usize>c) << 2;
  }
}

/**
 * y[rows][c] = (x - mean[c]) / deviation[c], by 1 where that is 0; or with `back` x · deviation[c] + mean[c]. `mean` 0 for
 * none. The difference comes first: of a mean far from 0 nothing is lost.
 */
export function standardize(y: usize, x: usize, mean: usize, deviation: usize, rows: i32, c: i32, back: bool): void {
  // A single channel is one row: 0.75 ns a value, one at a time 3.9.
  const single = c === 1;
  if (single) {
    c = rows;
    rows = 1;
  }
  for (let r = 0; r < rows; r++) {
    for (let i = 0; i < c; i += 4) {
      const o = (<usize>i) << 2;
      const left = c - i;
      const d = single ? v128.load32_splat(deviation) : loadPart(deviation + o, left);
      const m = !mean ? splat(0) : single ? v128.load32_splat(mean) : loadPart(mean + o, left);
      const v = loadPart(x + o, left);
      const by = v128.bitselect(splat(1), d, f32x4.eq(d, splat(0)));
      storePart(y + o, back ? madd(v, d, m) : f32x4.div(f32x4.sub(v, m), by), left);
    }
    y += (<usize>c) << 2;
    x += (<usize>c) << 2;
  }
}

/** scale[c] = gamma / √(variance + epsilon) and shift[c] = beta - mean · scale; gamma, beta 0 for 1 and 0. */
export function batchNormScaleShift(
  scale: usize,
  shift: usize,
  mean: usize,
  variance: usize,
  gamma: usize,
  beta: usize,
  c: i32,
  epsilon: f32,
): void {
  for (let i = 0; i < c; i += 4) {
    const o = (<usize>i) << 2;
    const left = c - i;
    const g = gamma ? loadPart(gamma + o, left) : splat(1);
    const b = beta ? loadPart(beta + o, left) : splat(0);
    const s = f32x4.div(g, f32x4.sqrt(f32x4.add(loadPart(variance + o, left), splat(epsilon))));
    storePart(scale + o, s, left);
    storePart(shift + o, f32x4.sub(b, f32x4.mul(loadPart(mean + o, left), s)), left);
  }
}

/** Σ over rows of (a - center)·(b - other) in the four columns at `o`; `other` 0 and b 0 give Σ a - center. */
function columns(a: usize, b: usize, center: v128, other: v128, rows: i32, stride: usize, left: i32): v128 {
  let total = splat(0);
  for (let r = 0; r < rows; ) {
    const end = min(r + 64, rows);
    let s = splat(0);
    for (; r < end; r++) {
      const d = f32x4.sub(loadPart(a, left), center);
      s = b ? madd(d, f32x4.sub(loadPart(b, left), other), s) : f32x4.add(s, d);
      a += stride;
      if (b) b += stride;
    }
    total = f32x4.add(total, s);
  }
  return total;
}

/** The largest f32, which a variance beyond it counts as: an infinite one would make its running value NaN. */
const MOST: f32 = 3.4028234663852886e38;

/**
 * mean[c] and variance[c] over rows; running values move towards them by `rest`, the running variance to that of the
 * unbiased estimate, rows / (rows - 1) times that of the batch.
 */
export function batchMoments(
  mean: usize,
  variance: usize,
  x: usize,
  rows: i32,
  c: i32,
  runningMean: usize,
  runningVariance: usize,
  rest: f32,
): void {
  const share = splat(<f32>(1.0 / <f64>rows));
  const zero = splat(0);
  const bessel = splat(<f32>(<f64>rows / <f64>max(rows - 1, 1)));
  const most = splat(MOST);
  for (let i = 0; i < c; i += 4) {
    const o = (<usize>i) << 2;
    const left = c - i;
    const stride = (<usize>c) << 2;
    const m = f32x4.mul(columns(x + o, 0, zero, zero, rows, stride, left), share);
    const v = f32x4.pmin(f32x4.mul(columns(x + o, x + o, m, m, rows, stride, left), share), most);
    storePart(mean + o, m, left);
    storePart(variance + o, v, left);
    const rm = loadPart(runningMean + o, left);
    const rv = loadPart(runningVariance + o, left);
    storePart(runningMean + o, madd(f32x4.sub(m, rm), splat(rest), rm), left);
    storePart(runningVariance + o, madd(f32x4.sub(f32x4.pmin(f32x4.mul(v, bessel), most), rv), splat(rest), rv), left);
  }
}

/**
 * Gradient of batch normalisation: dgamma, dbeta (each may be 0 for none), and dx unless 0. `ofRow`: 1 / rows, or 0 where
 * mean and variance do not depend on x.
 */
export function batchNormalizeBackward(
  dx: usize,
  dgamma: usize,
  dbeta: usize,
  dy: usize,
  x: usize,
  mean: usize,
  variance: usize,
  gamma: usize,
  rows: i32,
  c: i32,
  epsilon: f32,
  ofRow: f32,
): void {
  const share = splat(ofRow);
  const zero = splat(0);
  const stride = (<usize>c) << 2;
  for (let i = 0; i < c; i += 4) {
    const o = (<usize>i) << 2;
    const left = c - i;
    const m = loadPart(mean + o, left);
    const inverse = f32x4.div(splat(1), f32x4.sqrt(f32x4.add(loadPart(variance + o, left), splat(epsilon))));
    const sum = columns(dy + o, 0, zero, zero, rows, stride, left);
    const product = f32x4.mul(columns(dy + o, x + o, zero, m, rows, stride, left), inverse);
    if (dbeta) storePart(dbeta + o, sum, left);
    if (dgamma) storePart(dgamma + o, product, left);
    if (!dx) continue;
    const g = f32x4.mul(gamma ? loadPart(gamma + o, left) : splat(1), inverse);
    const a = f32x4.mul(sum, share);
    const b = f32x4.mul(f32x4.mul(product, share), inverse);
    let p = o;
    for (let r = 0; r < rows; r++) {
      const d = f32x4.sub(loadPart(x + p, left), m);
      const v = f32x4.sub(f32x4.sub(loadPart(dy + p, left), a), f32x4.mul(d, b));
      storePart(dx + p, f32x4.mul(v, g), left);
      p += stride;
    }
  }
}

/** Mean of n floats, then 1 / √(variance + epsilon), in f64. @inline */
function meanOf(x: usize, n: i32): f64 {
  let sum: f64 = 0;
  for (let i = 0; i < n; i++) sum += load<f32>(x + ((<usize>i) << 2));
  return sum / n;
}

/** @inline */
function inverseOf(x: usize, n: i32, mean: f64, epsilon: f32): f64 {
  let sum: f64 = 0;
  for (let i = 0; i < n; i++) {
    const d = <f64>load<f32>(x + ((<usize>i) << 2)) - mean;
    sum += d * d;
  }
  return 1 / sqrt<f64>(sum / n + epsilon);
}

/** y[rows][n] = (x - mean) / √(variance + epsilon) · gamma + beta, mean and variance over each row. */
export function layerNormalize(y: usize, x: usize, gamma: usize, beta: usize, rows: i32, n: i32, epsilon: f32): void {
  for (let r = 0; r < rows; r++) {
    const mean = meanOf(x, n);
    const inverse = inverseOf(x, n, mean, epsilon);
    for (let i = 0; i < n; i += 4) {
      const o = (<usize>i) << 2;
      const left = n - i;
      let v = f32x4.mul(f32x4.sub(loadPart(x + o, left), splat(<f32>mean)), splat(<f32>inverse));
      if (gamma) v = f32x4.mul(v, loadPart(gamma + o, left));
      if (beta) v = f32x4.add(v, loadPart(beta + o, left));
      storePart(y + o, v, left);
    }
    y += (<usize>n) << 2;
    x += (<usize>n) << 2;
  }
}

/** Its gradient: dgamma and dbeta (zero before; each may be 0 for none) +=, and dx unless 0. */
export function layerNormalizeBackward(
  dx: usize,
  dgamma: usize,
  dbeta: usize,
  dy: usize,
  x: usize,
  gamma: usize,
  rows: i32,
  n: i32,
  epsilon: f32,
): void {
  for (let r = 0; r < rows; r++) {
    const mean = meanOf(x, n);
    const inverse = inverseOf(x, n, mean, epsilon);
    let sum: f64 = 0;
    let product: f64 = 0;
    for (let i = 0; i < n; i++) {
      const o = (<usize>i) << 2;
      const g = <f64>load<f32>(dy + o);
      const h = (<f64>load<f32>(x + o) - mean) * inverse;
      const s = gamma ? g * load<f32>(gamma + o) : g;
      sum += s;
      product += s * h;
      if (dgamma) store<f32>(dgamma + o, load<f32>(dgamma + o) + <f32>(g * h));
      if (dbeta) store<f32>(dbeta + o, load<f32>(dbeta + o) + <f32>g);
    }
    for (let i = 0; dx && i < n; i++) {
      const o = (<usize>i) << 2;
      const h = (<f64>load<f32>(x + o) - mean) * inverse;
      const s = gamma ? <f64>load<f32>(dy + o) * load<f32>(gamma + o) : <f64>load<f32>(dy + o);
      store<f32>(dx + o, <f32>((s - sum / n - h * (product / n)) * inverse));
    }
    dy += (<usize>n) << 2;
    x += (<usize>n) << 2;
    if (dx) dx += (<usize>n) << 2;
  }
}
