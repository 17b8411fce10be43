// Noise on samples: Gaussian, salt and pepper, Poisson. `first` is the group of random words that a block starts with, so that
// blocks of one stream never share words.

import { exp } from './math/exp';
import { fromUniform } from './math/normal';
import { philox } from './math/philox';
import { symmetric, unitInterval } from './rng';
import { clampTo, loadPart, madd, splat, storePart } from './simd';

/** Four normal numbers from four uniform ones. Not inlined, because two kernels share it. */
function normals(s: v128): v128 {
  return fromUniform(s);
}

/** y[n] = x + stddev · z clamped to low..high, z of the standard normal distribution. */
export function addNormal(
  y: usize,
  x: usize,
  n: i32,
  stddev: f32,
  low: f32,
  high: f32,
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
    const z = normals(symmetric(scratch + (o & 63)));
    const v = madd(z, splat(stddev), loadPart(x + o, left));
    storePart(y + o, clampTo(v, low, high), left);
  }
}

/** y[n] = x with probability 1 - rate, else low or high with equal probability. */
export function saltAndPepper(
  y: usize,
  x: usize,
  n: i32,
  rate: f32,
  low: f32,
  high: f32,
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
    const u = unitInterval(scratch + (o & 63));
    const replacement = v128.bitselect(splat(low), splat(high), f32x4.lt(u, splat(rate * 0.5)));
    storePart(y + o, v128.bitselect(replacement, loadPart(x + o, left), f32x4.lt(u, splat(rate))), left);
  }
}

/** Means below this are summed, others expanded. */
const SMALL_MEAN: f32 = 16;
/** Probabilities below this end the sum. */
const MIN_PROBABILITY: f32 = 1e-8;

/**
 * y[n] = k / peak, k of the Poisson distribution with mean m = x·peak; x below 0 counts as 0. k is the quantile of one uniform
 * number. For m < 16 the probabilities are summed: fewer than 2 of 100,000 results are wrong. Above, k is the expansion of
 * Cornish and Fisher about the normal quantile z (M. Giles, Algorithm 955, ACM TOMS 42, 2016): fewer than 4 of 10,000 results
 * are wrong, by one. Tested to m = 690; from 10^5 on float32 cannot represent the exact quantile.
 */
export function poisson(
  y: usize,
  x: usize,
  n: i32,
  peak: f32,
  first: i32,
  scratch: usize,
  step: u32,
  stream: u32,
  seedLow: u32,
  seedHigh: u32,
): void {
  const one = splat(1);
  for (let i = 0; i < n; i += 4) {
    if ((i & 15) === 0) philox(scratch, first + (i >> 4), step, stream, seedLow, seedHigh);
    const left = n - i;
    const o = (<usize>i) << 2;
    const m = f32x4.mul(f32x4.pmax(loadPart(x + o, left), splat(0)), splat(peak));
    const s = symmetric(scratch + (o & 63));
    const small = f32x4.lt(m, splat(SMALL_MEAN));
    // The uniform number less the probabilities of 0..k.
    let p = exp(f32x4.neg(m));
    let rest = f32x4.sub(madd(s, splat(0.5), splat(0.5)), p);
    let k = splat(0);
    let c: f32 = 0;
    // Rounding may leave a positive rest: the loop ends where probabilities are below its size.
    let on = v128.and(f32x4.gt(rest, k), small);
    while (v128.any_true(on)) {
      c += 1;
      k = f32x4.add(k, v128.and(on, one));
      p = f32x4.mul(p, f32x4.mul(m, splat(1 / c)));
      rest = f32x4.sub(rest, p);
      on = v128.and(on, v128.and(f32x4.gt(rest, splat(0)), f32x4.gt(p, splat(MIN_PROBABILITY))));
    }
    if (!i32x4.all_true(small)) {
      const z = normals(s);
      const r = f32x4.sqrt(m);
      const zz = f32x4.mul(z, z);
      // m + √m·z + (2 + z²)/6 - (2z + z³)/(72·√m) + (3z⁴ + 7z² - 16)/(810·m)
      let q = madd(madd(zz, splat(3), splat(7)), zz, splat(-16));
      q = f32x4.div(f32x4.mul(q, splat(1 / 810.0)), m);
      const t = madd(zz, one, splat(2));
      q = madd(f32x4.div(f32x4.mul(z, t), r), splat(-1 / 72.0), q);
      q = madd(t, splat(1 / 6.0), q);
      q = f32x4.floor(f32x4.add(madd(r, z, q), m));
      k = v128.bitselect(k, q, small);
    }
    storePart(y + o, f32x4.div(k, splat(peak)), left);
  }
}
