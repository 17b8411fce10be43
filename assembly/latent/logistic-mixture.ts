// The rate of a quantized code in bits, where each channel has its own mixture of logistic distributions. In units of a step,
// with t = e^-(x - m)/s and h = e^(-1/2s), the distribution function of a component at the two ends of the step of a value is
// 1/(1 + t·h) and 1/(1 + t/h). Their difference is t·(1/h - h) times both: the product keeps its digits far from the centre.

import { exp, log, tanh } from '../math/exp';
import { clampTo, loadPart, madd, splat, storePart } from '../simd';

/** Limits of the logarithm of a scale, from 1/20 step to 1,000 steps, and of a weight, a factor of 3,000 in both directions. */
const MIN_LOG_SCALE: f32 = -3;
const MAX_LOG_SCALE: f32 = 7;
const MAX_LOG_WEIGHT: f32 = 8;
/** Distances from a centre are clamped to this many scales. */
const MAX_DISTANCE: f32 = 60;
const PER_LN2: f64 = Math.LOG2E;

// Byte offsets of a component of up to four channels in scratch: its parameters, three values of the current position, three
// sums of gradients.
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
const COMPONENT_BYTES: usize = 208;

/** Writes the parameters of the components of four channels to scratch and clears their sums. */
function loadComponents(at: usize, prior: usize, part: usize, components: i32, left: i32): void {
  const block = part * components;
  let sum = splat(0);
  for (let k = 0; k < components; k++) {
    const weight = exp(clampTo(loadPart(prior + 2 * block + part * k, left), -MAX_LOG_WEIGHT, MAX_LOG_WEIGHT));
    v128.store(at + COMPONENT_BYTES * k, weight);
    sum = f32x4.add(sum, weight);
  }
  for (let k = 0; k < components; k++) {
    const c = at + COMPONENT_BYTES * k;
    const from = prior + part * k;
    const centre: i32 = 2 * k + 1 - components;
    const weight = f32x4.div(v128.load(c), sum);
    const inverse = exp(f32x4.neg(clampTo(loadPart(from + block, left), MIN_LOG_SCALE, MAX_LOG_SCALE)));
    const half = f32x4.mul(inverse, splat(0.5));
    const low = exp(f32x4.neg(half));
    const high = exp(half);
    // 1/h - h as tanh(1/2s) · (1/h + h): the difference would lose the digits of wide components.
    const width = f32x4.mul(tanh(half), f32x4.add(high, low));
    v128.store(c, weight);
    v128.store(c + CENTRE, f32x4.add(loadPart(from, left), splat(<f32>centre)));
    v128.store(c + INVERSE, inverse);
    v128.store(c + LOW, low);
    v128.store(c + HIGH, high);
    v128.store(c + WIDTH, f32x4.mul(weight, width));
    v128.store(c + ENDS, f32x4.div(half, width));
    for (let i = SUMS; i < COMPONENT_BYTES; i += 16) v128.store(c + i, splat(0));
  }
}

/** Adds v to the four floats at an address. @inline */
function addTo(at: usize, v: v128): void {
  v128.store(at, f32x4.add(v128.load(at), v));
}

/**
 * Σ -log2 P(y) over y[positions][n], multiples of `step` or values with uniform noise of the width of a step. `prior` is
 * [3][components][n]: centres in steps, relative to 1 - components, 3 - components and so on, logarithms of scales, logarithms of
 * weights. Where `slope` is not 0, sets slope[positions][n] to `factor` times the gradient by y and `gradient` to `factor` times
 * that by the prior. Scratch: 208 bytes a component.
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
  const end = scratch + COMPONENT_BYTES * components;
  const per = splat(1 / step);
  const f = splat(factor * <f32>PER_LN2);
  let total: f64 = 0;
  for (let j = 0; j < n; j += 4) {
    const o = (<usize>j) << 2;
    const left = n - j;
    loadComponents(scratch, prior + o, part, components, left);
    let low = f64x2.splat(0);
    let high = low;
    for (let r = 0; r < positions; r++) {
      const at = o + <usize>r * part;
      const x = f32x4.mul(loadPart(y + at, left), per);
      let p = splat(0);
      for (let c = scratch; c < end; c += COMPONENT_BYTES) {
        const u = clampTo(
          f32x4.mul(f32x4.sub(x, v128.load(c + CENTRE)), v128.load(c + INVERSE)),
          -MAX_DISTANCE,
          MAX_DISTANCE,
        );
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
        // Gradients of the logarithm of the mass by x, in scales, and by the logarithm of 1/s.
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
      for (let c = scratch; c < end; c += COMPONENT_BYTES) {
        const posterior = f32x4.div(v128.load(c + MASS), p);
        const g = f32x4.mul(posterior, v128.load(c + MOVED));
        dx = f32x4.sub(dx, g);
        addTo(c + SUMS, g);
        addTo(c + SUMS + 16, f32x4.mul(posterior, v128.load(c + SPREAD)));
        addTo(c + SUMS + 32, f32x4.sub(v128.load(c), posterior));
      }
      storePart(slope + at, f32x4.mul(f32x4.mul(dx, per), f), left);
    }
    for (let lane = 0; lane < min(left, 4); lane++) {
      const pair = lane < 2 ? low : high;
      total -= lane & 1 ? f64x2.extract_lane(pair, 1) : f64x2.extract_lane(pair, 0);
    }
    if (!slope) continue;
    for (let k = 0; k < components; k++) {
      const c = scratch + COMPONENT_BYTES * k + SUMS;
      const to = gradient + o + part * k;
      for (let i = 0; i < 3; i++) storePart(to + block * i, f32x4.mul(v128.load(c + ((<usize>i) << 4)), f), left);
    }
  }
  return total * PER_LN2;
}
