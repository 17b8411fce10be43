// The variational bottleneck (Kingma and Welling, Auto-encoding variational Bayes, 2013): samples of a normal
// distribution, and its Kullback-Leibler divergence from the standard one.

import { exp } from '../math/exp';
import { fromUniform } from '../math/normal';
import { philox } from '../math/philox';
import { symmetric } from '../rng';
import { clampTo, loadPart, madd, splat, storePart } from '../simd';

/** Logarithms of variances are clamped to ± this value: e^20 is a standard deviation of 22,000. */
const MAX_LOG_VARIANCE: f32 = 20;

/** @inline */
function clampLogVariance(v: v128): v128 {
  return clampTo(v, -MAX_LOG_VARIANCE, MAX_LOG_VARIANCE);
}

/**
 * y[n] = mean + e^(logVariance / 2) · z, z of the standard normal distribution. `first` is the group of 16 random words of the
 * first value.
 */
export function reparameterize(
  y: usize,
  mean: usize,
  logVariance: usize,
  n: i32,
  first: i32,
  scratch: usize,
  step: u32,
  stream: u32,
  seedLow: u32,
  seedHigh: u32,
): void {
  for (let i = 0; i < n; i += 4) {
    if ((i & 15) === 0) philox(scratch, first + (i >> 4), step, stream, seedLow, seedHigh);
    const left = n - i;
    const o = (<usize>i) << 2;
    const z = fromUniform(symmetric(scratch + (o & 63)));
    const s = exp(f32x4.mul(clampLogVariance(loadPart(logVariance + o, left)), splat(0.5)));
    storePart(y + o, madd(z, s, loadPart(mean + o, left)), left);
  }
}

/**
 * Σ over units of max(freeNats, mean over rows of KL(N(mean, e^logVariance) ‖ N(0, 1))), in nats. Sets counts[n] to 1 for
 * units above `freeNats`, which have a gradient, else to 0.
 */
export function gaussianKl(counts: usize, mean: usize, logVariance: usize, rows: i32, n: i32, freeNats: f64): f64 {
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
      const l = clampLogVariance(loadPart(logVariance + at, left));
      const kl = f32x4.mul(splat(0.5), f32x4.sub(madd(m, m, exp(l)), f32x4.add(l, splat(1))));
      low = f64x2.add(low, f64x2.promote_low_f32x4(kl));
      high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<f32>(kl, kl, 2, 3, 2, 3)));
    }
    for (let lane = 0; lane < min(left, 4); lane++) {
      const pair = lane < 2 ? low : high;
      const kl = (lane & 1 ? f64x2.extract_lane(pair, 1) : f64x2.extract_lane(pair, 0)) / rows;
      total += max(kl, freeNats);
      store<f32>(counts + o + ((<usize>lane) << 2), kl > freeNats ? 1 : 0);
    }
  }
  return total;
}

/**
 * dMean and dLogVariance from dy, the gradient by the y of `reparameterize`, plus `weight` times the gradient of the KL for
 * units whose `counts` is 1. dMean may be dy, dLogVariance may be logVariance.
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
      const inside = f32x4.eq(l, clampLogVariance(l));
      // y - mean is the noise times its standard deviation.
      const drawn = f32x4.mul(g, f32x4.sub(loadPart(y + o, left), m));
      const kl = f32x4.mul(w, f32x4.sub(exp(l), splat(1)));
      const d = v128.and(f32x4.mul(splat(0.5), f32x4.add(drawn, kl)), inside);
      storePart(dMean + o, madd(w, m, g), left);
      storePart(dLogVariance + o, d, left);
    }
  }
}
