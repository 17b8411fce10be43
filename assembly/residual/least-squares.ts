// Recursive least squares with forgetting: the weights of 16 features, solved by Cholesky. All f64, by +, -, ·, / and square
// root in the order that docs/format-bounded.md states, so that every engine gives the same bits.

import { SCRATCH } from './state';

export const FEATURES: usize = 16;
/** f64[16][16]: row k has the products of feature k with features k to 15; the rest of the row is not used. */
const ROW: usize = 8 * 16;
/** Offsets in the block of a channel: products with the target, weights. */
const TARGETS: usize = 16 * ROW;
const WEIGHTS: usize = TARGETS + 8 * 16;
/** Number of values, u32 in 8 bytes. */
const COUNT: usize = WEIGHTS + 8 * 16;
/** After the mean errors: f64[8][36], of each pending value 16 features, 16 weighted ones, and the target in 32 bytes. */
const PENDING: usize = COUNT + 8 + 8 * 4;
const PENDING_BYTES: usize = 8 * 36;
/** Offsets in a pending value. */
const WEIGHTED: usize = 8 * 16;
const TARGET: usize = 8 * 32;
/** Pending values that are added at once, so that sums stay in registers meanwhile. */
const BATCH: u32 = 8;
/** Offset in the state: f64[16][18], for each column of the Cholesky factor its rows, then the intermediate solution. */
const FACTOR: usize = SCRATCH + 8 * 16;
const COLUMN: usize = 8 * 18;
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

/** Counts a value. Returns whether it is one of those that are added to the sums. @inline */
export function isAdded(q: usize): bool {
  const count = load<u32>(q, COUNT) + 1;
  store<u32>(q, count, COUNT);
  return !(count & 1);
}

/** Adds the features at SCRATCH and their target to the sums, at the latest before the next solution. */
export function updateLeastSquares(s: usize, q: usize, target: f64, weight: f64): void {
  const count = load<u32>(q, COUNT);
  const p = q + PENDING + <usize>(((count >> 1) - 1) & (BATCH - 1)) * PENDING_BYTES;
  const factor = f64x2.splat(weight);
  for (let k: usize = 0; k < 128; k += 16) {
    const f = v128.load(s + k, SCRATCH);
    v128.store(p + k, f);
    v128.store(p + k, f64x2.mul(f, factor), WEIGHTED);
  }
  store<f64>(p, target, TARGET);
  if ((count >> 1) & (BATCH - 1)) return;
  addPending(q);
  if (count % VALUES_PER_SOLUTION === 0) solve(s, q);
}

/** sum · forget + x · y. @inline */
function accumulate(sum: v128, forget: v128, x: v128, y: v128): v128 {
  return f64x2.add(f64x2.mul(sum, forget), f64x2.mul(x, y));
}

/** Adds the products of the pending values, two rows and four columns at a time, then those with the targets. */
function addPending(q: usize): void {
  const forget = f64x2.splat(FORGET);
  const first = q + PENDING;
  const end = first + <usize>BATCH * PENDING_BYTES;
  for (let k: usize = 0; k < 128; k += 16) {
    for (let i = k; i < 128; i += 32) {
      const sums = q + k * 16 + i;
      // The last pair of rows has two columns; the next two are read and not stored.
      let a = v128.load(sums);
      let b = v128.load(sums, 16);
      let c = v128.load(sums, ROW);
      let d = v128.load(sums, ROW + 16);
      for (let p = first; p < end; p += PENDING_BYTES) {
        const x = v128.load64_splat(p + k);
        const y = v128.load64_splat(p + k, 8);
        const u = v128.load(p + i, WEIGHTED);
        const v = v128.load(p + i, WEIGHTED + 16);
        a = accumulate(a, forget, u, x);
        b = accumulate(b, forget, v, x);
        c = accumulate(c, forget, u, y);
        d = accumulate(d, forget, v, y);
      }
      v128.store(sums, a);
      v128.store(sums, c, ROW);
      if (i === 112) continue;
      v128.store(sums, b, 16);
      v128.store(sums, d, ROW + 16);
    }
  }
  for (let k: usize = 0; k < 128; k += 32) {
    let a = v128.load(q + k, TARGETS);
    let b = v128.load(q + k, TARGETS + 16);
    for (let p = first; p < end; p += PENDING_BYTES) {
      const target = v128.load64_splat(p, TARGET);
      a = accumulate(a, forget, v128.load(p + k, WEIGHTED), target);
      b = accumulate(b, forget, v128.load(p + k, WEIGHTED + 16), target);
    }
    v128.store(q + k, a, TARGETS);
    v128.store(q + k, b, TARGETS + 16);
  }
}

/** Solves for the weights. They keep their values where the sums are not positive definite. */
function solve(s: usize, q: usize): void {
  const factor = s + FACTOR;
  for (let k: usize = 0; k < FEATURES; k++) {
    const column = factor + k * COLUMN;
    memory.copy(column, q + k * ROW, ROW);
    store<f64>(column + (k << 3), load<f64>(column + (k << 3)) + RIDGE);
    store<f64>(column, load<f64>(q + (k << 3), TARGETS), ROW);
  }
  // Each column is divided by its root, then its products are subtracted from the columns after it.
  for (let k: usize = 0; k < FEATURES; k++) {
    const column = factor + k * COLUMN;
    const square = load<f64>(column + (k << 3));
    if (!(square > 1e-9)) return;
    const root = sqrt(square);
    const divisor = f64x2.splat(root);
    for (let i = (k >> 1) << 4; i < COLUMN; i += 16) v128.store(column + i, f64x2.div(v128.load(column + i), divisor));
    store<f64>(column + (k << 3), root);
    for (let j = k + 1; j < FEATURES; j++) {
      const to = factor + j * COLUMN;
      const other = v128.load64_splat(column + (j << 3));
      for (let i = (j >> 1) << 4; i < COLUMN; i += 16)
        v128.store(to + i, f64x2.sub(v128.load(to + i), f64x2.mul(v128.load(column + i), other)));
    }
  }
  for (let i: i32 = 15; i >= 0; i--) {
    const column = factor + <usize>i * COLUMN;
    let sum = load<f64>(column, ROW);
    for (let k: usize = i + 1; k < FEATURES; k++)
      sum -= load<f64>(column + (k << 3)) * load<f64>(q + (k << 3), WEIGHTS);
    store<f64>(q + ((<usize>i) << 3), sum / load<f64>(column + ((<usize>i) << 3)), WEIGHTS);
  }
}
