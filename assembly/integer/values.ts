// Floats become integers at the input of a layer, and sums of integers become floats or integers at its output.
//
// A range is two floats in memory: the step, and the lowest integer, -255..0. The value x becomes the integer nearest to
// x / step, ties to even, clamped to lowest..lowest + 255, and lies in memory as i16, which the multiplication takes.

import { constant, loadPart } from '../simd';

/** Adding 1.5·2^23 rounds to an integer and leaves it in the low bits. */
const ROUND = constant(12582912);
/** 1.5·2^23 as a number. */
const ROUNDING: f32 = 12582912;
/** The integers of a range are the lowest one and the next 255. */
const STEPS: f32 = 255;

/** 1 / step in four lanes. @inline */
export function stepsPerUnit(range: usize): v128 {
  return f32x4.splat(1 / load<f32>(range));
}

/** The lowest integer of a range, or 0 after relu, as `rounded` takes it. @inline */
export function lowestOf(range: usize, relu: bool): v128 {
  const lowest = load<f32>(range, 4);
  return f32x4.splat((relu ? max<f32>(lowest, 0) : lowest) + ROUNDING);
}

/** The highest integer of a range, as `rounded` takes it. @inline */
export function highestOf(range: usize): v128 {
  return f32x4.splat(load<f32>(range, 4) + STEPS + ROUNDING);
}

/** 1.5·2^23 in four lanes. A tile loads it once: a global is one load at each use. @inline */
export function rounding(): v128 {
  return ROUND;
}

/**
 * Four values in steps as integers of a range; `round`: as `rounding` returns it. The order of the operands makes NaN the lowest
 * integer. @inline
 */
export function rounded(steps: v128, lowest: v128, highest: v128, round: v128): v128 {
  const t = f32x4.add(steps, round);
  return i32x4.sub(f32x4.pmin(highest, f32x4.pmax(lowest, t)), round);
}

/** out[n] = the integers of x[n] in a range. `out` may be x. */
export function toIntegers(out: usize, x: usize, n: i32, range: usize): void {
  const perUnit = stepsPerUnit(range);
  const lowest = lowestOf(range, false);
  const highest = highestOf(range);
  const round = rounding();
  let i = 0;
  for (; i + 8 <= n; i += 8) {
    const low = rounded(f32x4.mul(v128.load(x), perUnit), lowest, highest, round);
    const high = rounded(f32x4.mul(v128.load(x, 16), perUnit), lowest, highest, round);
    v128.store(out, i16x8.narrow_i32x4_s(low, high));
    x += 32;
    out += 16;
  }
  for (; i < n; i++) {
    const one = rounded(f32x4.mul(v128.load32_zero(x), perUnit), lowest, highest, round);
    store<i16>(out, <i16>i32x4.extract_lane(one, 0));
    x += 4;
    out += 2;
  }
}

/**
 * The biases and factors of the outputs of a layer. For each 8 columns: 8 biases as integers, bias / (step of the input · step of the
 * column) to nearest, with which sums start; then 8 factors of the sums, the product of both steps or, where `next` is not 0, that
 * product in steps of the range `next`. Zeros beyond column n.
 */
export function outputTable(table: usize, scale: usize, bias: usize, n: i32, range: usize, next: usize): void {
  const step = f32x4.splat(load<f32>(range));
  const perUnit = next ? stepsPerUnit(next) : f32x4.splat(1);
  for (let j = 0; j < n; j += 4) {
    const o = (<usize>j) << 2;
    const at = table + ((<usize>(j & ~7)) << 3) + (o & 16);
    const factor = f32x4.mul(step, loadPart(scale + o, n - j));
    // Beyond column n 0 / 0 is NaN, which becomes the integer 0.
    v128.store(at, i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.div(loadPart(bias + o, n - j), factor))));
    v128.store(at, f32x4.mul(factor, perUnit), 32);
  }
  if (((n - 1) & 7) < 4) {
    const at = table + ((<usize>((n - 1) & ~7)) << 3);
    v128.store(at, i32x4.splat(0), 16);
    v128.store(at, i32x4.splat(0), 48);
  }
}
