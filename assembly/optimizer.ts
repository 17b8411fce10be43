// Optimizers: one pass over all parameters. `w` are the weights and `g` the gradients, then come the slots; each is [n].
// Formulas as in Keras 3.

import { constant, loadPart, madd, splat, storePart } from './simd';

/**
 * Moments below this are flushed to zero, too small to change a weight. The moment of a weight whose gradient stays zero, as
 * in a dead unit, shrinks until it is denormal and then keeps its value: a tenth of 4 units in the last place rounds to zero.
 * Adam on 101,200 denormal moments takes 2.3 ms instead of 0.10.
 */
const MIN_MOMENT = constant(1e-30);

/** Moments below MIN_MOMENT become zero. @inline */
function flushDenormals(moment: v128): v128 {
  return v128.andnot(moment, f32x4.lt(f32x4.abs(moment), MIN_MOMENT));
}

// Each optimizer has a loop over full vectors and computes the last values, fewer than a vector, after the loop. Without a test in each
// iteration, Adam takes 8 instead of 13 cycles for four weights.

/** w -= rate·g. */
export function sgd(w: usize, g: usize, n: i32, rate: f32): void {
  const r = splat(-rate);
  for (; n >= 4; n -= 4, w += 16, g += 16) sgdStep(w, g, 4, r);
  if (n > 0) sgdStep(w, g, n, r);
}

/** @inline */
function sgdStep(w: usize, g: usize, count: i32, r: v128): void {
  storePart(w, madd(loadPart(g, count), r, loadPart(w, count)), count);
}

/** v = beta·v - rate·g; w += v, or w += beta·v - rate·g with Nesterov's momentum. */
export function momentum(w: usize, g: usize, v: usize, n: i32, rate: f32, beta: f32, nesterov: bool): void {
  const r = splat(-rate);
  const b = splat(beta);
  for (; n >= 4; n -= 4, w += 16, g += 16, v += 16) momentumStep(w, g, v, 4, r, b, nesterov);
  if (n > 0) momentumStep(w, g, v, n, r, b, nesterov);
}

/** @inline */
function momentumStep(w: usize, g: usize, v: usize, count: i32, r: v128, b: v128, nesterov: bool): void {
  const step = f32x4.mul(loadPart(g, count), r);
  const speed = flushDenormals(madd(loadPart(v, count), b, step));
  storePart(v, speed, count);
  const move = nesterov ? madd(speed, b, step) : speed;
  storePart(w, f32x4.add(loadPart(w, count), move), count);
}

/** s = rho·s + (1 - rho)·g²; w -= rate·g / √(s + epsilon). Hinton, lecture 6e, 2012. */
export function rmsprop(w: usize, g: usize, s: usize, n: i32, rate: f32, rho: f32, epsilon: f32): void {
  const r = splat(rate);
  const p = splat(rho);
  const q = splat(1 - rho);
  const e = splat(epsilon);
  for (; n >= 4; n -= 4, w += 16, g += 16, s += 16) rmspropStep(w, g, s, 4, r, p, q, e);
  if (n > 0) rmspropStep(w, g, s, n, r, p, q, e);
}

/** @inline */
function rmspropStep(w: usize, g: usize, s: usize, count: i32, r: v128, p: v128, q: v128, e: v128): void {
  const x = loadPart(g, count);
  const mean = flushDenormals(madd(f32x4.mul(x, x), q, f32x4.mul(loadPart(s, count), p)));
  storePart(s, mean, count);
  const move = f32x4.div(f32x4.mul(x, r), f32x4.sqrt(f32x4.add(mean, e)));
  storePart(w, f32x4.sub(loadPart(w, count), move), count);
}

/**
 * m += (1 - beta1)(g - m); v += (1 - beta2)(g² - v); w = w·decay - rate·m / (√v + epsilon).
 * `rate` contains the bias correction of the step. `decay` is 1 for Adam (Kingma and Ba, 2014) and
 * 1 - learning rate · weight decay for AdamW (Loshchilov and Hutter, 2017).
 */
export function adam(
  w: usize,
  g: usize,
  m: usize,
  v: usize,
  n: i32,
  rate: f32,
  oneMinusBeta1: f32,
  oneMinusBeta2: f32,
  epsilon: f32,
  decay: f32,
): void {
  const r = splat(rate);
  const q1 = splat(oneMinusBeta1);
  const q2 = splat(oneMinusBeta2);
  const e = splat(epsilon);
  const k = splat(decay);
  for (; n >= 4; n -= 4, w += 16, g += 16, m += 16, v += 16) adamStep(w, g, m, v, 4, r, q1, q2, e, k);
  if (n > 0) adamStep(w, g, m, v, n, r, q1, q2, e, k);
}

/** @inline */
function adamStep(
  w: usize,
  g: usize,
  m: usize,
  v: usize,
  count: i32,
  r: v128,
  q1: v128,
  q2: v128,
  e: v128,
  k: v128,
): void {
  const x = loadPart(g, count);
  const m0 = loadPart(m, count);
  const v0 = loadPart(v, count);
  const m1 = flushDenormals(madd(f32x4.sub(x, m0), q1, m0));
  const v1 = flushDenormals(madd(f32x4.sub(f32x4.mul(x, x), v0), q2, v0));
  storePart(m, m1, count);
  storePart(v, v1, count);
  const move = f32x4.div(f32x4.mul(m1, r), f32x4.add(f32x4.sqrt(v1), e));
  storePart(w, f32x4.sub(f32x4.mul(loadPart(w, count), k), move), count);
}
