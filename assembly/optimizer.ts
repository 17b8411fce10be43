// Optimizers: one pass over all parameters. `w` are the weights and `g` the gradients, then come the slots; each is [n].
// Formulas as in Keras 3.

import { loadPart, madd, splat, storePart } from './simd';

/**
 * Moments below this are flushed to zero, too small to change a weight. The moment of a weight whose gradient stays zero, as
 * in a dead unit, shrinks until it is denormal and then keeps its value: a tenth of 4 units in the last place rounds to zero.
 * Adam on 101,200 denormal moments takes 2.3 ms instead of 0.10.
 */
const MIN_MOMENT: f32 = 1e-30;

/** Moments below MIN_MOMENT become zero. @inline */
function flushDenormals(moment: v128): v128 {
  return v128.andnot(moment, f32x4.lt(f32x4.abs(moment), splat(MIN_MOMENT)));
}

/** w -= rate·g. */
export function sgd(w: usize, g: usize, n: i32, rate: f32): void {
  for (let i = 0; i < n; i += 4) {
    const o = (<usize>i) << 2;
    const left = n - i;
    storePart(w + o, madd(loadPart(g + o, left), splat(-rate), loadPart(w + o, left)), left);
  }
}

/** v = beta·v - rate·g; w += v, or w += beta·v - rate·g with Nesterov's momentum. */
export function momentum(w: usize, g: usize, v: usize, n: i32, rate: f32, beta: f32, nesterov: bool): void {
  for (let i = 0; i < n; i += 4) {
    const o = (<usize>i) << 2;
    const left = n - i;
    const step = f32x4.mul(loadPart(g + o, left), splat(-rate));
    const speed = flushDenormals(madd(loadPart(v + o, left), splat(beta), step));
    storePart(v + o, speed, left);
    const move = nesterov ? madd(speed, splat(beta), step) : speed;
    storePart(w + o, f32x4.add(loadPart(w + o, left), move), left);
  }
}

/** s = rho·s + (1 - rho)·g²; w -= rate·g / √(s + epsilon). Hinton, lecture 6e, 2012. */
export function rmsprop(w: usize, g: usize, s: usize, n: i32, rate: f32, rho: f32, epsilon: f32): void {
  for (let i = 0; i < n; i += 4) {
    const o = (<usize>i) << 2;
    const left = n - i;
    const x = loadPart(g + o, left);
    const mean = flushDenormals(madd(f32x4.mul(x, x), splat(1 - rho), f32x4.mul(loadPart(s + o, left), splat(rho))));
    storePart(s + o, mean, left);
    const move = f32x4.div(f32x4.mul(x, splat(rate)), f32x4.sqrt(f32x4.add(mean, splat(epsilon))));
    storePart(w + o, f32x4.sub(loadPart(w + o, left), move), left);
  }
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
  for (let i = 0; i < n; i += 4) {
    const o = (<usize>i) << 2;
    const left = n - i;
    const x = loadPart(g + o, left);
    const m0 = loadPart(m + o, left);
    const v0 = loadPart(v + o, left);
    const m1 = flushDenormals(madd(f32x4.sub(x, m0), q1, m0));
    const v1 = flushDenormals(madd(f32x4.sub(f32x4.mul(x, x), v0), q2, v0));
    storePart(m + o, m1, left);
    storePart(v + o, v1, left);
    const move = f32x4.div(f32x4.mul(m1, r), f32x4.add(f32x4.sqrt(v1), e));
    storePart(w + o, f32x4.sub(f32x4.mul(loadPart(w + o, left), k), move), left);
  }
}
