// The bottleneck: what a code is drawn from, what is kept of it, and what it costs.

import { exp, log } from './math/exp';
import { fromUniform } from './math/normal';
import { philox } from './math/philox';
import { loadPart, madd, splat, storePart } from './simd';

/** Logarithms of variances are held within ± this: e^20 is a standard deviation of 22,000. */
const MOST: f32 = 20;

/** @inline */
function held(v: v128): v128 {
  return f32x4.pmin(f32x4.pmax(v, splat(-MOST)), splat(MOST));
}

/** @inline */
function lanes(v: v128): f64 {
  return <f64>f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3);
}

/** y[n] = mean + e^(logVariance / 2) · normal. */
export function reparameterize(
  y: usize,
  mean: usize,
  logVariance: usize,
  n: i32,
  scratch: usize,
  step: u32,
  stream: u32,
  seedLow: u32,
  seedHigh: u32,
): void {
  for (let i = 0; i < n; i += 4) {
    if ((i & 15) === 0) philox(scratch, i >> 4, step, stream, seedLow, seedHigh);
    const left = n - i;
    const o = (<usize>i) << 2;
    // An odd multiple of 2^-23 in (-1, 1), as in addNormal.
    const k = i32x4.add(i32x4.shl(i32x4.shr_u(v128.load(scratch + (o & 63)), 9), 1), i32x4.splat(1 - (1 << 23)));
    const z = fromUniform(f32x4.mul(f32x4.convert_i32x4_s(k), splat(1.1920928955078125e-7)));
    const s = exp(f32x4.mul(held(loadPart(logVariance + o, left)), splat(0.5)));
    storePart(y + o, madd(z, s, loadPart(mean + o, left)), left);
  }
}

/**
 * Σ over units of max(least, mean over rows of KL(N(mean, e^logVariance) ‖ N(0, 1))), in nats; and counts[n] = 1 for
 * units above `least`, whose gradient counts, else 0.
 */
export function gaussianKl(counts: usize, mean: usize, logVariance: usize, rows: i32, n: i32, least: f64): f64 {
  let total: f64 = 0;
  const stride = (<usize>n) << 2;
  for (let j = 0; j < n; j += 4) {
    const o = (<usize>j) << 2;
    const left = n - j;
    let low = f64x2.splat(0);
    let high = low;
    for (let r = 0; r < rows; r++) {
      const at = o + <usize>r * stride;
      const m = loadPart(mean + at, left);
      const l = held(loadPart(logVariance + at, left));
      const kl = f32x4.mul(splat(0.5), f32x4.sub(madd(m, m, exp(l)), f32x4.add(l, splat(1))));
      low = f64x2.add(low, f64x2.promote_low_f32x4(kl));
      high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<f32>(kl, kl, 2, 3, 2, 3)));
    }
    for (let lane = 0; lane < min(left, 4); lane++) {
      const pair = lane < 2 ? low : high;
      const kl = (lane & 1 ? f64x2.extract_lane(pair, 1) : f64x2.extract_lane(pair, 0)) / rows;
      total += max(kl, least);
      store<f32>(counts + o + ((<usize>lane) << 2), kl > least ? 1 : 0);
    }
  }
  return total;
}

/**
 * From dy, the gradient of what `reparameterize` drew: dMean (which may be dy) and dLogVariance (which may be
 * logVariance), `weight` times the gradient of the KL added for the units that count.
 */
export function reparameterizeBackward(
  dMean: usize,
  dLogVariance: usize,
  dy: usize,
  y: usize,
  mean: usize,
  logVariance: usize,
  counts: usize,
  rows: i32,
  n: i32,
  weight: f32,
): void {
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < n; j += 4) {
      const left = n - j;
      const o = (<usize>(r * n + j)) << 2;
      const w = f32x4.mul(loadPart(counts + ((<usize>j) << 2), left), splat(weight));
      const g = loadPart(dy + o, left);
      const m = loadPart(mean + o, left);
      const l = loadPart(logVariance + o, left);
      const inside = f32x4.eq(l, held(l));
      // The noise times its deviation is what is left of y without the mean.
      const drawn = f32x4.mul(g, f32x4.sub(loadPart(y + o, left), m));
      const kl = f32x4.mul(w, f32x4.sub(exp(l), splat(1)));
      const d = v128.and(f32x4.mul(splat(0.5), f32x4.add(drawn, kl)), inside);
      storePart(dMean + o, madd(w, m, g), left);
      storePart(dLogVariance + o, d, left);
    }
  }
}

/** y[n] = x where x is not below the limit at `control`, else 0. */
export function threshold(y: usize, x: usize, n: i32, control: usize): void {
  const limit = splat(load<f32>(control));
  for (let i = 0; i < n; i += 4) {
    const o = (<usize>i) << 2;
    const left = n - i;
    const v = loadPart(x + o, left);
    storePart(y + o, v128.and(v, f32x4.ge(v, limit)), left);
  }
}

/** The bits of a float as an integer of the same order. @inline */
function order(v: v128): v128 {
  return v128.xor(v, i32x4.shr_u(i32x4.shr_s(v, 31), 1));
}

/**
 * y[rows][n] = the k largest values of each row of x, else 0; of equal ones the first. The k-th largest is found bit
 * by bit: 32 counts over the row, whatever it holds, and no room needed. Returns that of the last row.
 */
export function topK(y: usize, x: usize, rows: i32, n: i32, k: i32): f32 {
  let smallest: i32 = 0;
  for (let r = 0; r < rows; r++) {
    const from = x + ((<usize>(r * n)) << 2);
    const to = y + ((<usize>(r * n)) << 2);
    let limit: i32 = i32.MIN_VALUE;
    // The largest integer that at least k values reach.
    for (let bit: i32 = 31; bit >= 0; bit--) {
      const next = bit === 31 ? 0 : limit | (1 << bit);
      if (reaching(from, n, next) >= k) limit = next;
    }
    let equal = k - (limit === i32.MAX_VALUE ? 0 : reaching(from, n, limit + 1));
    for (let j = 0; j < n; j++) {
      const o = (<usize>j) << 2;
      const bits = load<i32>(from + o);
      const key = bits ^ ((bits >> 31) >>> 1);
      const keep = key > limit || (key === limit && equal-- > 0);
      store<f32>(to + o, keep ? load<f32>(from + o) : 0);
    }
    smallest = limit ^ ((limit >> 31) >>> 1);
  }
  return reinterpret<f32>(smallest);
}

function reaching(x: usize, n: i32, limit: i32): i32 {
  let count = i32x4.splat(0);
  let j = 0;
  for (; j + 4 <= n; j += 4)
    count = i32x4.sub(count, i32x4.ge_s(order(v128.load(x + ((<usize>j) << 2))), i32x4.splat(limit)));
  let total =
    i32x4.extract_lane(count, 0) +
    i32x4.extract_lane(count, 1) +
    i32x4.extract_lane(count, 2) +
    i32x4.extract_lane(count, 3);
  for (; j < n; j++) {
    const bits = load<i32>(x + ((<usize>j) << 2));
    if ((bits ^ ((bits >> 31) >>> 1)) >= limit) total++;
  }
  return total;
}

/** dx of the units that no row keeps: those that are 0 in all rows of y. dx = factor · dy. */
export function deadUnitsBackward(dx: usize, dy: usize, y: usize, rows: i32, n: i32, factor: f32): void {
  for (let j = 0; j < n; j++) {
    const stride = (<usize>n) << 2;
    let o = (<usize>j) << 2;
    let used = false;
    for (let r = 0; r < rows && !used; r++, o += stride) used = load<f32>(y + o) !== 0;
    if (used) continue;
    o = (<usize>j) << 2;
    for (let r = 0; r < rows; r++, o += stride) store<f32>(dx + o, load<f32>(dy + o) * factor);
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

/** y[n] = x to the nearest multiple of step, halves to the even one. */
export function roundTo(y: usize, x: usize, n: i32, step: f32): void {
  for (let i = 0; i < n; i += 4) {
    const o = (<usize>i) << 2;
    const left = n - i;
    storePart(y + o, f32x4.mul(f32x4.nearest(f32x4.div(loadPart(x + o, left), splat(step))), splat(step)), left);
  }
}

/** y[n] = x + step · uniform in [-1/2, 1/2). */
export function addUniform(
  y: usize,
  x: usize,
  n: i32,
  step: f32,
  scratch: usize,
  stepNumber: u32,
  stream: u32,
  seedLow: u32,
  seedHigh: u32,
): void {
  for (let i = 0; i < n; i += 4) {
    if ((i & 15) === 0) philox(scratch, i >> 4, stepNumber, stream, seedLow, seedHigh);
    const left = n - i;
    const o = (<usize>i) << 2;
    const u = f32x4.mul(
      f32x4.convert_i32x4_s(i32x4.shr_s(v128.load(scratch + (o & 63)), 8)),
      splat(5.9604644775390625e-8),
    );
    storePart(y + o, madd(u, splat(step), loadPart(x + o, left)), left);
  }
}

/** Means of activations are held this far from 0 and 1. */
const EDGE: f32 = 1e-6;

/**
 * Σ over units of KL(target ‖ means) between Bernoulli distributions; means[n], which are in 0..1, become the
 * gradient of it by each mean. The mean of the means goes to `activity`.
 */
export function bernoulliKl(means: usize, n: i32, target: f32, activity: usize): f64 {
  let total: f64 = 0;
  let sum: f64 = 0;
  for (let j = 0; j < n; j += 4) {
    const o = (<usize>j) << 2;
    const left = n - j;
    const v = loadPart(means + o, left);
    sum += lanes(v);
    const p = f32x4.pmin(f32x4.pmax(v, splat(EDGE)), splat(1 - EDGE));
    const q = f32x4.sub(splat(1), p);
    const t = splat(target);
    const rest = splat(1 - target);
    let kl = madd(t, log(f32x4.div(t, p)), f32x4.mul(rest, log(f32x4.div(rest, q))));
    if (left < 4) kl = v128.and(kl, i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(left)));
    total += lanes(kl);
    storePart(means + o, f32x4.sub(f32x4.div(rest, q), f32x4.div(t, p)), left);
  }
  store<f32>(activity, <f32>(sum / n));
  return total;
}

/** dx[rows][n] = dy + weight · slope[n] + l1 · sign(x): what a mean of activations and their size cost. */
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
      const sign = v128.and(v128.or(v128.and(v, i32x4.splat(0x80000000)), splat(l1)), f32x4.ne(v, splat(0)));
      storePart(dx + o, f32x4.add(g, sign), left);
    }
  }
}

/** The float at an address. */
export function loadFloat(address: usize): f32 {
  return load<f32>(address);
}

/** Writes a float to an address. */
export function storeFloat(address: usize, value: f32): void {
  store<f32>(address, value);
}
