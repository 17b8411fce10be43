// exp, log and functions of them, four lanes at a time. Polynomials are those of
// S. Moshier's Cephes library (expf, logf, tanhf). Error bounds are tested.

import { constant, integers, madd, splat } from '../simd';

const HALF = constant(0.5);
const ONE = constant(1);
const TWO = constant(2);
const SIGN = integers(0x80000000);

// e^x: its range, 2^n by its exponent, ln 2 in two parts, and the polynomial of e^r.
const LOWEST = constant(-87.3);
const HIGHEST = constant(88);
const BIAS = integers(127);
const PER_LN2 = constant(<f32>Math.LOG2E);
const ROUND = constant(12582912);
const LESS_HIGH = constant(-0.693359375);
const LESS_LOW = constant(2.1219444e-4);
const E7 = constant(1.98756915e-4);
const E6 = constant(1.3981999507e-3);
const E5 = constant(8.3334519073e-3);
const E4 = constant(4.1665795894e-2);
const E3 = constant(1.6666665459e-1);
const E2 = constant(5.0000001201e-1);

// log x
const LEAST = constant(1.17549435e-38);
const MANTISSA = integers(0x007fffff);
const LOG_BIAS = integers(126);
const ROOT = constant(<f32>Math.SQRT1_2);
const LN2_HIGH = constant(0.693359375);
const LN2_LOW = constant(-2.1219444e-4);
const LESS_HALF = constant(-0.5);
const L11 = constant(7.0376836292e-2);
const L10 = constant(-1.151461031e-1);
const L9 = constant(1.167699874e-1);
const L8 = constant(-1.2420140846e-1);
const L7 = constant(1.4249322787e-1);
const L6 = constant(-1.6668057665e-1);
const L5 = constant(2.0000714765e-1);
const L4 = constant(-2.4999993993e-1);
const L3 = constant(3.3333331174e-1);

// tanh x
const TANH_SMALL = constant(0.625);
const T11 = constant(-5.70498872745e-3);
const T9 = constant(2.06390887954e-2);
const T7 = constant(-5.37397155531e-2);
const T5 = constant(1.33314422036e-1);
const T3 = constant(-3.33333319422e-1);

// exp in steps, which `sigmoids` takes for several vectors in turn.

/** x within the range of exp. @inline */
export function withinRange(x: v128): v128 {
  // pmin and pmax are one instruction on x86-64, where min and max are seven; with x first they keep NaN.
  return f32x4.pmin(f32x4.pmax(x, LOWEST), HIGHEST);
}

/** x / ln 2 + 1.5·2^23: the sum rounds to an integer and has it in its low bits, ready to become an exponent. @inline */
export function roundedQuotient(x: v128): v128 {
  return madd(x, PER_LN2, ROUND);
}

/** The rest r of x by its rounded quotient. @inline */
export function rest(x: v128, quotient: v128): v128 {
  const n = f32x4.sub(quotient, ROUND);
  return madd(n, LESS_LOW, madd(n, LESS_HIGH, x));
}

/** The upper terms of the polynomial of e^r. @inline */
export function upperTerms(r: v128): v128 {
  return madd(madd(madd(E7, r, E6), r, E5), r, E4);
}

/** e^r · 2^quotient. @inline */
export function scaledPower(upper: v128, r: v128, quotient: v128): v128 {
  let p = madd(madd(upper, r, E3), r, E2);
  p = f32x4.add(madd(p, f32x4.mul(r, r), r), ONE);
  const power = i32x4.shl(i32x4.add(quotient, BIAS), 23);
  return f32x4.mul(p, power);
}

/**
 * e^x: relative error below 2.5e-7 for x in [-87.3, 88]; beyond, the value at the end of that
 * range, so that nothing here becomes infinite, zero or subnormal. NaN stays NaN.
 * @inline
 */
export function exp(x: v128): v128 {
  const within = withinRange(x);
  const quotient = roundedQuotient(within);
  const r = rest(within, quotient);
  return scaledPower(upperTerms(r), r, quotient);
}

/** log x: absolute error below 4e-7 for 1.2e-38 <= x; smaller x count as 1.2e-38. NaN stays NaN. @inline */
export function log(x: v128): v128 {
  x = f32x4.pmax(x, LEAST);
  let e = i32x4.sub(i32x4.shr_u(x, 23), LOG_BIAS);
  let m = v128.or(v128.and(x, MANTISSA), HALF);
  // The mantissa into [sqrt(1/2), sqrt(2)), where the polynomial holds.
  const small = f32x4.lt(m, ROOT);
  e = i32x4.add(e, small);
  m = f32x4.sub(f32x4.add(m, v128.and(m, small)), ONE);
  const z = f32x4.mul(m, m);
  let p = madd(madd(madd(L11, m, L10), m, L9), m, L8);
  p = madd(madd(madd(p, m, L7), m, L6), m, L5);
  p = madd(madd(p, m, L4), m, L3);
  p = f32x4.mul(p, f32x4.mul(m, z));
  const ef = f32x4.convert_i32x4_s(e);
  p = madd(z, LESS_HALF, madd(ef, LN2_LOW, p));
  const y = madd(ef, LN2_HIGH, f32x4.add(m, p));
  return v128.bitselect(y, x, f32x4.eq(x, x));
}

/** log(1 + x) for 0 <= x <= 1, relative error below 4e-7, by Kahan's quotient x·log(u)/(u - 1), u = 1 + x. @inline */
export function log1p(x: v128): v128 {
  const u = f32x4.add(x, ONE);
  const d = f32x4.sub(u, ONE);
  const y = f32x4.div(f32x4.mul(log(u), x), d);
  return v128.bitselect(x, y, f32x4.eq(d, splat(0)));
}

/** 1 / (1 + power), where power is e^-x. @inline */
export function sigmoidOfPower(power: v128): v128 {
  return f32x4.div(ONE, f32x4.add(ONE, power));
}

/** 1 / (1 + e^-x), relative error below 4e-7 for x >= -87. @inline */
export function sigmoid(x: v128): v128 {
  return sigmoidOfPower(exp(f32x4.neg(x)));
}

/** tanh x, relative error below 3e-7. @inline */
export function tanh(x: v128): v128 {
  const s = f32x4.mul(x, x);
  let p = madd(madd(madd(madd(T11, s, T9), s, T7), s, T5), s, T3);
  p = madd(f32x4.mul(p, s), x, x);
  const a = f32x4.abs(x);
  let q = f32x4.div(TWO, f32x4.add(exp(f32x4.add(a, a)), ONE));
  q = v128.or(f32x4.sub(ONE, q), v128.and(x, SIGN));
  return v128.bitselect(p, q, f32x4.lt(a, TANH_SMALL));
}

/** log(1 + e^x), relative error below 6e-7 for x >= -87. @inline */
export function softplus(x: v128): v128 {
  return f32x4.add(f32x4.pmax(x, splat(0)), log1p(exp(f32x4.neg(f32x4.abs(x)))));
}
