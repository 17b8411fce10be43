// The normal distribution: its distribution function, and the inverse of it.

import { constant, madd, splat } from '../simd';
import { exp, log } from './exp';

const ROOT_HALF = constant(<f32>Math.SQRT1_2);
const ONE = constant(1);
const HALF = constant(0.5);
const LESS_HALF = constant(-0.5);
const BEND = constant(0.3275911);
const A5 = constant(1.061405429);
const A4 = constant(-1.453152027);
const A3 = constant(1.421413741);
const A2 = constant(-0.284496736);
const A1 = constant(0.254829592);

/** 1/√(2π), the density of the standard normal distribution at 0. */
export const NORMAL_DENSITY_AT_0: f32 = 0.3989422804014327;

/** e^(-x²/2), a factor of the density and of the distribution function. @inline */
export function bell(x: v128): v128 {
  return exp(f32x4.mul(f32x4.mul(x, x), LESS_HALF));
}

/**
 * Φ(x) given bell(x): absolute error below 2e-7.
 * Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26.
 * @inline
 */
export function cumulative(x: v128, e: v128): v128 {
  const a = f32x4.mul(f32x4.abs(x), ROOT_HALF);
  const t = f32x4.div(ONE, madd(a, BEND, ONE));
  let p = A5;
  p = madd(p, t, A4);
  p = madd(p, t, A3);
  p = madd(p, t, A2);
  p = madd(p, t, A1);
  const tail = f32x4.mul(f32x4.mul(f32x4.mul(p, t), e), HALF);
  return v128.bitselect(tail, f32x4.sub(ONE, tail), f32x4.lt(x, splat(0)));
}

/**
 * √2·erfinv(x) for -1 < x < 1: a normal number from a uniform one. Relative error below 2e-6.
 * M. Giles, Approximating the erfinv function, GPU Computing Gems Jade Edition, 2012.
 * @inline
 */
export function fromUniform(x: v128): v128 {
  const w = f32x4.neg(log(f32x4.mul(f32x4.sub(splat(1), x), f32x4.add(splat(1), x))));
  let v = f32x4.sub(w, splat(2.5));
  let p = splat(2.81022636e-8);
  p = madd(p, v, splat(3.43273939e-7));
  p = madd(p, v, splat(-3.5233877e-6));
  p = madd(p, v, splat(-4.39150654e-6));
  p = madd(p, v, splat(0.00021858087));
  p = madd(p, v, splat(-0.00125372503));
  p = madd(p, v, splat(-0.00417768164));
  p = madd(p, v, splat(0.246640727));
  p = madd(p, v, splat(1.50140941));
  v = f32x4.sub(f32x4.sqrt(w), splat(3));
  let q = splat(-0.000200214257);
  q = madd(q, v, splat(0.000100950558));
  q = madd(q, v, splat(0.00134934322));
  q = madd(q, v, splat(-0.00367342844));
  q = madd(q, v, splat(0.00573950773));
  q = madd(q, v, splat(-0.0076224613));
  q = madd(q, v, splat(0.00943887047));
  q = madd(q, v, splat(1.00167406));
  q = madd(q, v, splat(2.83297682));
  const f = v128.bitselect(p, q, f32x4.lt(w, splat(5)));
  return f32x4.mul(f32x4.mul(f, x), splat(<f32>Math.SQRT2));
}
