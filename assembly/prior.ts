// The rate of a rounded code: what its values cost in bits where each channel is coded by a mixture of logistic
// distributions of its own. In steps, with t = e^-(x - m)/s and h = e^(-1/2s), the two ends of a value's step are
// 1/(1 + t·h) and 1/(1 + t/h) of a component, and between them lies t·(1/h - h) times both: no digits are lost far out.

import { exp, log, tanh } from './math/exp';
import { loadPart, madd, splat, storePart } from './simd';

/** Logarithms of scales: from a twentieth of a step to a thousand steps. Of shares: a factor of 3,000 either way. */
const LEAST: f32 = -3;
const MOST: f32 = 7;
const SHARE: f32 = 8;
/** Distances from a centre that count, in scales: e^-70 lies beyond, which a float still holds. */
const FAR: f32 = 60;
const PER_LN2: f64 = Math.LOG2E;

// A component of up to four channels: what it is made of, three values of the place under way, three sums of gradients.
const CENTRE: usize = 16;
const INVERSE: usize = 32;
const LOW: usize = 48;
const HIGH: usize = 64;
const WIDTH: usize = 80;
const ENDS: usize = 96;
const MASS: usize = 112;
const MOVED: usize = 128;
const SPREAD: usize = 144;
const SUMS: usize = 160;
const PLACE: usize = 208;

/** @inline */
function held(v: v128, low: f32, high: f32): v128 {
  return f32x4.pmin(f32x4.pmax(v, splat(low)), splat(high));
}

function lay(at: usize, prior: usize, part: usize, components: i32, left: i32): void {
  const block = part * components;
  let sum = splat(0);
  for (let k = 0; k < components; k++) {
    const share = exp(held(loadPart(prior + 2 * block + part * k, left), -SHARE, SHARE));
    v128.store(at + PLACE * k, share);
    sum = f32x4.add(sum, share);
  }
  for (let k = 0; k < components; k++) {
    const c = at + PLACE * k;
    const from = prior + part * k;
    const centre: i32 = 2 * k + 1 - components;
    const share = f32x4.div(v128.load(c), sum);
    const inverse = exp(f32x4.neg(held(loadPart(from + block, left), LEAST, MOST)));
    const half = f32x4.mul(inverse, splat(0.5));
    const low = exp(f32x4.neg(half));
    const high = exp(half);
    // 1/h - h, of which wide components would lose the digits; the tangent does not.
    const width = f32x4.mul(tanh(half), f32x4.add(high, low));
    v128.store(c, share);
    v128.store(c + CENTRE, f32x4.add(loadPart(from, left), splat(<f32>centre)));
    v128.store(c + INVERSE, inverse);
    v128.store(c + LOW, low);
    v128.store(c + HIGH, high);
    v128.store(c + WIDTH, f32x4.mul(share, width));
    v128.store(c + ENDS, f32x4.div(half, width));
    for (let i = SUMS; i < PLACE; i += 16) v128.store(c + i, splat(0));
  }
}

/** @inline */
function add(at: usize, v: v128): void {
  v128.store(at, f32x4.add(v128.load(at), v));
}

/**
 * Σ -log2 P(y) over y[positions][n], multiples of `step` or with noise as wide as one. prior: `components` × n centres in
 * steps, counted from 1 - components, 3 - components and so on; as many logarithms of scales, and of shares. Where
 * `slope` is not 0, slope[positions][n] = factor · gradient by y, and gradient, laid out as the prior, = factor ·
 * gradient by it.
 */
export function logisticMixtureBits(
  slope: usize,
  gradient: usize,
  y: usize,
  prior: usize,
  positions: i32,
  n: i32,
  components: i32,
  step: f32,
  factor: f32,
  scratch: usize,
): f64 {
  const part = (<usize>n) << 2;
  const block = part * components;
  const end = scratch + PLACE * components;
  const per = splat(1 / step);
  const f = splat(factor * <f32>PER_LN2);
  let total: f64 = 0;
  for (let j = 0; j < n; j += 4) {
    const o = (<usize>j) << 2;
    const left = n - j;
    lay(scratch, prior + o, part, components, left);
    let low = f64x2.splat(0);
    let high = low;
    for (let r = 0; r < positions; r++) {
      const at = o + <usize>r * part;
      const x = f32x4.mul(loadPart(y + at, left), per);
      let p = splat(0);
      for (let c = scratch; c < end; c += PLACE) {
        const u = held(f32x4.mul(f32x4.sub(x, v128.load(c + CENTRE)), v128.load(c + INVERSE)), -FAR, FAR);
        const t = exp(f32x4.neg(u));
        const h = v128.load(c + LOW);
        const k = v128.load(c + HIGH);
        const over = madd(t, h, splat(1));
        const under = madd(t, k, splat(1));
        const above = f32x4.div(splat(1), over);
        const below = f32x4.div(splat(1), under);
        const mass = f32x4.mul(f32x4.mul(f32x4.mul(t, below), above), v128.load(c + WIDTH));
        p = f32x4.add(p, mass);
        if (!slope) continue;
        // Gradients of log mass: by x in scales, and by the logarithm of 1/s.
        const d = f32x4.sub(splat(1), f32x4.add(above, below));
        const ends = madd(k, f32x4.mul(below, over), f32x4.mul(h, f32x4.mul(above, under)));
        v128.store(c + MASS, mass);
        v128.store(c + MOVED, f32x4.mul(d, v128.load(c + INVERSE)));
        v128.store(c + SPREAD, madd(u, d, f32x4.mul(ends, v128.load(c + ENDS))));
      }
      const bits = log(p);
      low = f64x2.add(low, f64x2.promote_low_f32x4(bits));
      high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<f32>(bits, bits, 2, 3, 2, 3)));
      if (!slope) continue;
      let dx = splat(0);
      for (let c = scratch; c < end; c += PLACE) {
        const own = f32x4.div(v128.load(c + MASS), p);
        const g = f32x4.mul(own, v128.load(c + MOVED));
        dx = f32x4.sub(dx, g);
        add(c + SUMS, g);
        add(c + SUMS + 16, f32x4.mul(own, v128.load(c + SPREAD)));
        add(c + SUMS + 32, f32x4.sub(v128.load(c), own));
      }
      storePart(slope + at, f32x4.mul(f32x4.mul(dx, per), f), left);
    }
    for (let lane = 0; lane < min(left, 4); lane++) {
      const pair = lane < 2 ? low : high;
      total -= lane & 1 ? f64x2.extract_lane(pair, 1) : f64x2.extract_lane(pair, 0);
    }
    if (!slope) continue;
    for (let k = 0; k < components; k++) {
      const c = scratch + PLACE * k + SUMS;
      const to = gradient + o + part * k;
      for (let i = 0; i < 3; i++) storePart(to + block * i, f32x4.mul(v128.load(c + ((<usize>i) << 4)), f), left);
    }
  }
  return total * PER_LN2;
}
