// Recursive least squares with forgetting: the weights of 16 features, solved by Cholesky. All f64, by +, -, ·, / and square
// root in the order written here, so that every engine gives the same bits.

import { SCRATCH } from './state';

export const FEATURES: usize = 16;
/** Offsets in the block of a channel: products with the target, weights, count. */
const TARGETS: usize = 8 * 16 * 16;
const WEIGHTS: usize = TARGETS + 8 * 16;
const COUNT: usize = WEIGHTS + 8 * 16;
/** Offsets in the state: the intermediate solution and the Cholesky factor. */
const INTERMEDIATE: usize = SCRATCH + 8 * 16;
const FACTOR: usize = INTERMEDIATE + 8 * 16;
const FORGET: f64 = 0.9995;
/** Added to the diagonal, so that weights stay bounded: a quarter of the squared rounding error of a value. */
const RIDGE: f64 = 64;
/**
 * Values from one solution to the next; every other value is added. To add all values and to solve twice as often is 20 %
 * slower and saves 0.5 % at most.
 */
const VALUES_PER_SOLUTION = 64;

/** Σ weight · feature: the sum of even features plus the sum of odd ones. */
export function predictLinear(s: usize, q: usize): f64 {
  let sum = f64x2.splat(0);
  for (let k: usize = 0; k < 128; k += 16)
    sum = f64x2.add(sum, f64x2.mul(v128.load(q + k, WEIGHTS), v128.load(s + k, SCRATCH)));
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** Adds the features at SCRATCH and their target to the sums. */
export function updateLeastSquares(s: usize, q: usize, target: f64, weight: f64): void {
  const count = load<u32>(q, COUNT) + 1;
  store<u32>(q, count, COUNT);
  if (count & 1) return;
  const forget = f64x2.splat(FORGET);
  const f = s + SCRATCH;
  for (let i: usize = 0; i < FEATURES; i++) {
    const g = f64x2.splat(weight * load<f64>(f + (i << 3)));
    const row = q + (i << 7);
    for (let j: usize = 0; j <= i << 3; j += 16)
      v128.store(row + j, f64x2.add(f64x2.mul(v128.load(row + j), forget), f64x2.mul(g, v128.load(f + j))));
    store<f64>(q + (i << 3), load<f64>(q + (i << 3), TARGETS) * FORGET + f64x2.extract_lane(g, 0) * target, TARGETS);
  }
  if (count % VALUES_PER_SOLUTION === 0) solve(s, q);
}

/** Solves for the weights. They keep their values where the sums are not positive definite. */
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
    let sum = load<f64>(q + (i << 3), TARGETS);
    for (let k: usize = 0; k < i << 3; k += 8) sum -= load<f64>(row + k) * load<f64>(s + k, INTERMEDIATE);
    store<f64>(s + (i << 3), sum / load<f64>(row + (i << 3)), INTERMEDIATE);
  }
  for (let i: i32 = 15; i >= 0; i--) {
    let sum = load<f64>(s + ((<usize>i) << 3), INTERMEDIATE);
    for (let k: usize = i + 1; k < FEATURES; k++)
      sum -= load<f64>(s + FACTOR + (k << 7) + ((<usize>i) << 3)) * load<f64>(q + (k << 3), WEIGHTS);
    store<f64>(q + ((<usize>i) << 3), sum / load<f64>(s + FACTOR + ((<usize>i) << 7) + ((<usize>i) << 3)), WEIGHTS);
  }
}
