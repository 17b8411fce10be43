// exp, log and what is made of them, four lanes at a time. Polynomials are those of
// S. Moshier's Cephes library (expf, logf, tanhf). Error bounds are tested.

import { madd, splat } from "../simd";

/**
 * e^x: relative error below 2.5e-7 for x in [-87.3, 88]; beyond, the value at the end of that
 * range, so that nothing here becomes infinite, zero or subnormal. NaN stays NaN.
 */
// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  // pmin and pmax are one instruction on x86-64, where min and max are seven; with x first they keep NaN.
  x = f32x4.pmin(f32x4.pmax(x, splat(-87.3)), splat(88));
  // Adding 1.5·2^23 rounds to an integer and leaves it in the low bits, ready to become an exponent.
  const t = madd(x, splat(1.44269504088896341), splat(12582912));
  const n = f32x4.sub(t, splat(12582912));
  let r = madd(n, splat(-0.693359375), x);
  r = madd(n, splat(2.12194440e-4), r);
  let p = splat(1.9875691500e-4);
  p = madd(p, r, splat(1.3981999507e-3));
  p = madd(p, r, splat(8.3334519073e-3));
  p = madd(p, r, splat(4.1665795894e-2));
  p = madd(p, r, splat(1.6666665459e-1));
  p = madd(p, r, splat(5.0000001201e-1));
  p = f32x4.add(madd(p, f32x4.mul(r, r), r), splat(1));
  const power = i32x4.shl(i32x4.add(t, i32x4.splat(127)), 23);
  return f32x4.mul(p, power);
}

/** log x: absolute error below 4e-7 for 1.2e-38 <= x; smaller x count as 1.2e-38. NaN stays NaN. */
// @ts-ignore: decorator
@inline
export function log(x: v128): v128 {
  x = f32x4.pmax(x, splat(1.17549435e-38));
  let e = i32x4.sub(i32x4.shr_u(x, 23), i32x4.splat(126));
  let m = v128.or(v128.and(x, i32x4.splat(0x007fffff)), splat(0.5));
  // The mantissa into [sqrt(1/2), sqrt(2)), where the polynomial holds.
  const small = f32x4.lt(m, splat(0.707106781186547524));
  e = i32x4.add(e, small);
  m = f32x4.sub(f32x4.add(m, v128.and(m, small)), splat(1));
  const z = f32x4.mul(m, m);
  let p = splat(7.0376836292e-2);
  p = madd(p, m, splat(-1.1514610310e-1));
  p = madd(p, m, splat(1.1676998740e-1));
  p = madd(p, m, splat(-1.2420140846e-1));
  p = madd(p, m, splat(1.4249322787e-1));
  p = madd(p, m, splat(-1.6668057665e-1));
  p = madd(p, m, splat(2.0000714765e-1));
  p = madd(p, m, splat(-2.4999993993e-1));
  p = madd(p, m, splat(3.3333331174e-1));
  p = f32x4.mul(p, f32x4.mul(m, z));
  const ef = f32x4.convert_i32x4_s(e);
  p = madd(ef, splat(-2.12194440e-4), p);
  p = madd(z, splat(-0.5), p);
  const y = madd(ef, splat(0.693359375), f32x4.add(m, p));
  return v128.bitselect(y, x, f32x4.eq(x, x));
}

/** log(1 + x) for 0 <= x <= 1, relative error below 4e-7, by Kahan's quotient x·log(u)/(u - 1), u = 1 + x. */
// @ts-ignore: decorator
@inline
export function log1p(x: v128): v128 {
  const u = f32x4.add(x, splat(1)), d = f32x4.sub(u, splat(1));
  const y = f32x4.div(f32x4.mul(log(u), x), d);
  return v128.bitselect(x, y, f32x4.eq(d, splat(0)));
}

/** 1 / (1 + e^-x), relative error below 4e-7 for x >= -87. */
// @ts-ignore: decorator
@inline
export function sigmoid(x: v128): v128 {
  return f32x4.div(splat(1), f32x4.add(splat(1), exp(f32x4.neg(x))));
}

/** tanh x, relative error below 3e-7. */
// @ts-ignore: decorator
@inline
export function tanh(x: v128): v128 {
  const s = f32x4.mul(x, x);
  let p = splat(-5.70498872745e-3);
  p = madd(p, s, splat(2.06390887954e-2));
  p = madd(p, s, splat(-5.37397155531e-2));
  p = madd(p, s, splat(1.33314422036e-1));
  p = madd(p, s, splat(-3.33332819422e-1));
  p = madd(f32x4.mul(p, s), x, x);
  const a = f32x4.abs(x);
  let q = f32x4.div(splat(2), f32x4.add(exp(f32x4.add(a, a)), splat(1)));
  q = v128.or(f32x4.sub(splat(1), q), v128.and(x, i32x4.splat(0x80000000)));
  return v128.bitselect(p, q, f32x4.lt(a, splat(0.625)));
}

/** log(1 + e^x), relative error below 6e-7 for x >= -87. */
// @ts-ignore: decorator
@inline
export function softplus(x: v128): v128 {
  return f32x4.add(f32x4.pmax(x, splat(0)), log1p(exp(f32x4.neg(f32x4.abs(x)))));
}
