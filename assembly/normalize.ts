// Batch normalization (Ioffe and Szegedy, 2015), over the rows for each channel; layer normalization (Ba et al., 2016), over
// the channels for each row. Sums run over 64 rows in one register, then over those sums: a long sum would lose digits.

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
 * y[rows][c] = (x - mean[c]) / deviation[c], where a deviation of 0 counts as 1; with `back` x · deviation[c] + mean[c].
 * `mean` 0 for none. The difference comes first, so that a mean far from 0 costs no digits.
 */
export function standardize(y: usize, x: usize, mean: usize, deviation: usize, rows: i32, c: i32, back: bool): void {
  // The rows of a single channel count as one row: 0.75 ns a value, against 3.9 one at a time.
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

/** scale[c] = gamma / √(variance + epsilon) and shift[c] = beta - mean · scale. `gamma` 0 for ones, `beta` 0 for zeros. */
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

/** Σ over rows of (a - center)·(b - otherCenter) in four columns; with an address of 0 for b, Σ (a - center). */
function sumOfProducts(a: usize, b: usize, center: v128, otherCenter: v128, rows: i32, stride: usize, left: i32): v128 {
  let total = splat(0);
  for (let r = 0; r < rows; ) {
    const end = min(r + 64, rows);
    let s = splat(0);
    for (; r < end; r++) {
      const d = f32x4.sub(loadPart(a, left), center);
      s = b ? madd(d, f32x4.sub(loadPart(b, left), otherCenter), s) : f32x4.add(s, d);
      a += stride;
      if (b) b += stride;
    }
    total = f32x4.add(total, s);
  }
  return total;
}

/** The largest f32. Larger variances count as this one: an infinite variance would make the running value NaN. */
const MAX_F32: f32 = 3.4028234663852886e38;

/**
 * mean[c] and variance[c] over the rows. The running values move towards them: running += (value - running) · oneMinusMomentum,
 * with the unbiased variance, rows / (rows - 1) times that of the batch.
 */
export function batchMoments(
  mean: usize,
  variance: usize,
  x: usize,
  rows: i32,
  c: i32,
  runningMean: usize,
  runningVariance: usize,
  oneMinusMomentum: f32,
): void {
  const share = splat(<f32>(1.0 / <f64>rows));
  const zero = splat(0);
  const bessel = splat(<f32>(<f64>rows / <f64>max(rows - 1, 1)));
  const maximum = splat(MAX_F32);
  for (let i = 0; i < c; i += 4) {
    const o = (<usize>i) << 2;
    const left = c - i;
    const stride = (<usize>c) << 2;
    const m = f32x4.mul(sumOfProducts(x + o, 0, zero, zero, rows, stride, left), share);
    const v = f32x4.pmin(f32x4.mul(sumOfProducts(x + o, x + o, m, m, rows, stride, left), share), maximum);
    storePart(mean + o, m, left);
    storePart(variance + o, v, left);
    const rm = loadPart(runningMean + o, left);
    const rv = loadPart(runningVariance + o, left);
    storePart(runningMean + o, madd(f32x4.sub(m, rm), splat(oneMinusMomentum), rm), left);
    storePart(
      runningVariance + o,
      madd(f32x4.sub(f32x4.pmin(f32x4.mul(v, bessel), maximum), rv), splat(oneMinusMomentum), rv),
      left,
    );
  }
}

/**
 * Gradients of batch normalization: dx, dgamma and dbeta, each 0 for none. `perRow` is 1 / rows, or 0 where mean and variance
 * do not depend on x.
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
  perRow: f32,
): void {
  const share = splat(perRow);
  const zero = splat(0);
  const stride = (<usize>c) << 2;
  for (let i = 0; i < c; i += 4) {
    const o = (<usize>i) << 2;
    const left = c - i;
    const m = loadPart(mean + o, left);
    const inverse = f32x4.div(splat(1), f32x4.sqrt(f32x4.add(loadPart(variance + o, left), splat(epsilon))));
    const sum = sumOfProducts(dy + o, 0, zero, zero, rows, stride, left);
    const product = f32x4.mul(sumOfProducts(dy + o, x + o, zero, m, rows, stride, left), inverse);
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

/** The mean of n floats, in f64. @inline */
function meanOf(x: usize, n: i32): f64 {
  let sum: f64 = 0;
  for (let i = 0; i < n; i++) sum += load<f32>(x + ((<usize>i) << 2));
  return sum / n;
}

/** 1 / √(variance + epsilon) of n floats, in f64. @inline */
function inverseDeviation(x: usize, n: i32, mean: f64, epsilon: f32): f64 {
  let sum: f64 = 0;
  for (let i = 0; i < n; i++) {
    const d = <f64>load<f32>(x + ((<usize>i) << 2)) - mean;
    sum += d * d;
  }
  return 1 / sqrt<f64>(sum / n + epsilon);
}

/** y[rows][n] = (x - mean) / √(variance + epsilon) · gamma + beta, with mean and variance of the row. `gamma`, `beta` 0 for none. */
export function layerNormalize(y: usize, x: usize, gamma: usize, beta: usize, rows: i32, n: i32, epsilon: f32): void {
  for (let r = 0; r < rows; r++) {
    const mean = meanOf(x, n);
    const inverse = inverseDeviation(x, n, mean, epsilon);
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

/** Gradients of layerNormalize: dx, and dgamma and dbeta, to which they are added. Each may be 0 for none. */
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
    const inverse = inverseDeviation(x, n, mean, epsilon);
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
