// Least squares over the past, older values counting less: weights of 16 neighbours, by Cholesky.
// All in f64 by +, -, ·, / and root, in the order written here: the same bits on every engine.

import { SCRATCH } from './state';

export const FEATURES: usize = 16;
/** Of a channel's block: products with the goal, weights, count. */
const GOAL: usize = 2048;
const WEIGHTS: usize = 2176;
const COUNT: usize = 2304;
const FACTOR: usize = SCRATCH + 256;
const HALF: usize = SCRATCH + 128;
const FORGET: f64 = 0.9995;
/** Added to the diagonal: a quarter of what one value's rounding amounts to, so that no weight runs away. */
const RIDGE: f64 = 64;
/** Values between two solutions, of which every other one is taken in: all of them, solved twice as often, are 20 %
 * slower and 0.5 % smaller at most. */
const EVERY = 64;

/** Σ weight · feature: even ones and odd ones apart, then together. */
export function predict(s: usize, q: usize): f64 {
  let sum = f64x2.splat(0);
  for (let k: usize = 0; k < 128; k += 16)
    sum = f64x2.add(sum, f64x2.mul(v128.load(q + k, WEIGHTS), v128.load(s + k, SCRATCH)));
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** Takes in the features at SCRATCH with what they should have given. */
export function update(s: usize, q: usize, goal: f64, weight: f64): void {
  const turn = load<u32>(q, COUNT) + 1;
  store<u32>(q, turn, COUNT);
  if (turn & 1) return;
  const forget = f64x2.splat(FORGET);
  const f = s + SCRATCH;
  for (let i: usize = 0; i < FEATURES; i++) {
    const g = f64x2.splat(weight * load<f64>(f + (i << 3)));
    const row = q + (i << 7);
    for (let j: usize = 0; j <= i << 3; j += 16)
      v128.store(row + j, f64x2.add(f64x2.mul(v128.load(row + j), forget), f64x2.mul(g, v128.load(f + j))));
    store<f64>(q + (i << 3), load<f64>(q + (i << 3), GOAL) * FORGET + f64x2.extract_lane(g, 0) * goal, GOAL);
  }
  if (turn % EVERY === 0) solve(s, q);
}

/** Weights of the sums; they stay as they are where these are no longer positive definite. */
function solve(s: usize, q: usize): void {
  for (let i: usize = 0; i < FEATURES; i++) {
    const row = s + FACTOR + (i << 7);
    for (let j: usize = 0; j <= i; j++) {
      const other = s + FACTOR + (j << 7);
      let sum = load<f64>(q + (i << 7) + (j << 3));
      if (i === j) sum += RIDGE;
      for (let k: usize = 0; k < j << 3; k += 8) sum -= load<f64>(row + k) * load<f64>(other + k);
      if (i === j) {
        if (!(sum > 1e-9)) return;
        sum = sqrt(sum);
      } else sum /= load<f64>(other + (j << 3));
      store<f64>(row + (j << 3), sum);
    }
    let sum = load<f64>(q + (i << 3), GOAL);
    for (let k: usize = 0; k < i << 3; k += 8) sum -= load<f64>(row + k) * load<f64>(s + k, HALF);
    store<f64>(s + (i << 3), sum / load<f64>(row + (i << 3)), HALF);
  }
  for (let i: i32 = 15; i >= 0; i--) {
    let sum = load<f64>(s + ((<usize>i) << 3), HALF);
    for (let k: usize = i + 1; k < FEATURES; k++)
      sum -= load<f64>(s + FACTOR + (k << 7) + ((<usize>i) << 3)) * load<f64>(q + (k << 3), WEIGHTS);
    store<f64>(q + ((<usize>i) << 3), sum / load<f64>(s + FACTOR + ((<usize>i) << 7) + ((<usize>i) << 3)), WEIGHTS);
  }
}
