// What training does to its samples: values replaced, counted as photons, blocked out; samples moved and stretched.
// `first` is the group of words of the stream that a block begins with, so that blocks of one stream never share any.

import { exp } from './math/exp';
import { fromUniform } from './math/normal';
import { philox } from './math/philox';
import { loadPart, madd, splat, storePart } from './simd';

/** Four words as odd multiples of 2^-23 in (-1, 1): exact, and never at an end. @inline */
function symmetric(words: usize): v128 {
  const k = i32x4.add(i32x4.shl(i32x4.shr_u(v128.load(words), 9), 1), i32x4.splat(1 - (1 << 23)));
  return f32x4.mul(f32x4.convert_i32x4_s(k), splat(1.1920928955078125e-7));
}

/** Four normal numbers from those. Not inlined: two kernels share it. */
function normals(s: v128): v128 {
  return fromUniform(s);
}

/** y[n] = x + stddev · normal, held within low..high; the words begin with group `first`. */
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
    storePart(y + o, f32x4.pmin(f32x4.pmax(v, splat(low)), splat(high)), left);
  }
}

/** Number i of a stream as an even step of 2^-24 in [0, 1): what is drawn once for a sample. */
export function uniformAt(i: i32, scratch: usize, step: u32, stream: u32, seedLow: u32, seedHigh: u32): f64 {
  philox(scratch, i >> 4, step, stream, seedLow, seedHigh);
  return <f64>(load<u32>(scratch + ((<usize>(i & 15)) << 2)) >> 8) * 5.9604644775390625e-8;
}

/** y[n] = x, but with probability `rate` a value is replaced: in one half of these cases by low, in the other by high. */
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
    const u = f32x4.mul(
      f32x4.convert_i32x4_s(i32x4.shr_u(v128.load(scratch + (o & 63)), 8)),
      splat(5.9604644775390625e-8),
    );
    const other = v128.bitselect(splat(low), splat(high), f32x4.lt(u, splat(rate * 0.5)));
    storePart(y + o, v128.bitselect(other, loadPart(x + o, left), f32x4.lt(u, splat(rate))), left);
  }
}

/**
 * y[n] = k / peak, k drawn from the Poisson distribution of mean m = x·peak; x below 0 counts as 0. k is the quantile of
 * one uniform number. For m < 16 probabilities are summed up: fewer than 2 of 100,000 draws are off. Above, it is Cornish
 * and Fisher's expansion about the normal quantile z (M. Giles, Algorithm 955, ACM TOMS 42, 2016): fewer than 4 of 10,000
 * are, by one. Tested to m = 690; from 10^5 on float32 has no room for the exact quantile.
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
    const few = f32x4.lt(m, splat(16));
    // What is left of the uniform number when the probabilities of 0..k are taken away.
    let p = exp(f32x4.neg(m));
    let rest = f32x4.sub(madd(s, splat(0.5), splat(0.5)), p);
    let k = splat(0);
    let c: f32 = 0;
    // A rest that rounding leaves behind ends where probabilities are below its size.
    let on = v128.and(f32x4.gt(rest, k), few);
    while (v128.any_true(on)) {
      c += 1;
      k = f32x4.add(k, v128.and(on, one));
      p = f32x4.mul(p, f32x4.mul(m, splat(1 / c)));
      rest = f32x4.sub(rest, p);
      on = v128.and(on, v128.and(f32x4.gt(rest, splat(0)), f32x4.gt(p, splat(1e-8))));
    }
    if (!i32x4.all_true(few)) {
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
      k = v128.bitselect(k, q, few);
    }
    storePart(y + o, f32x4.div(k, splat(peak)), left);
  }
}

/** y = value in `lines` runs of n, the beginnings of which are `stride` values apart. */
export function fillRuns(y: usize, lines: i32, stride: i32, n: i32, value: f32): void {
  for (let l = 0; l < lines; l++) {
    for (let i = 0; i < n; i++) store<f32>(y + ((<usize>i) << 2), value);
    y += (<usize>stride) << 2;
  }
}

/**
 * y[h][w][c] is mirrored (`flips`: 1 from left to right, 2 upside down, 3 both) and moved down and right, by way of the
 * room `aside`, which is as large. What comes in is `value`, or the nearest at the edge where that is NaN.
 */
export function shiftFlip(
  y: usize,
  aside: usize,
  h: i32,
  w: i32,
  c: i32,
  flips: i32,
  down: i32,
  right: i32,
  value: f32,
): void {
  memory.copy(aside, y, (<usize>(h * w * c)) << 2);
  for (let i = 0; i < h; i++) {
    const a = i - down;
    const b = min(max(a, 0), h - 1);
    const row = flips & 2 ? h - 1 - b : b;
    for (let j = 0; j < w; j++) {
      const d = j - right;
      const e = min(max(d, 0), w - 1);
      const column = flips & 1 ? w - 1 - e : e;
      const from = aside + ((<usize>((row * w + column) * c)) << 2);
      const keep = (a === b && d === e) || isNaN(value);
      for (let k: usize = 0; k < (<usize>c) << 2; k += 4) store<f32>(y + k, keep ? load<f32>(from + k) : value);
      y += (<usize>c) << 2;
    }
  }
}

/** y[n] = mean + factor · (y - mean) + delta, held within low..high; the mean is that of all n. */
export function brightnessContrast(y: usize, n: i32, factor: f64, delta: f64, low: f32, high: f32): void {
  let total: f64 = 0;
  for (let i = 0; i < n; i++) total += load<f32>(y + ((<usize>i) << 2));
  const shift = splat(<f32>(delta + (total / n) * (1 - factor)));
  for (let i = 0; i < n; i += 4) {
    const o = (<usize>i) << 2;
    const left = n - i;
    const v = madd(loadPart(y + o, left), splat(<f32>factor), shift);
    storePart(y + o, f32x4.pmin(f32x4.pmax(v, splat(low)), splat(high)), left);
  }
}
