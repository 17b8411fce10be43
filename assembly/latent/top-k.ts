// The k largest values of a code (Makhzani and Frey, k-sparse autoencoders, 2013).

import { horizontalSumInt } from '../reduce';

/** Floats as integers that compare in the same order. @inline */
function orderedInts(v: v128): v128 {
  return v128.xor(v, i32x4.shr_u(i32x4.shr_s(v, 31), 1));
}

/** The bits of a float as an integer that compares in the same order, and back. @inline */
function orderedInt(bits: i32): i32 {
  return bits ^ ((bits >> 31) >>> 1);
}

/**
 * y[rows][n] = the k largest values of each row of x, else 0; of equal values the first. The k-th largest is found bit by
 * bit, with 32 counts over the row and no memory. Returns the k-th largest value of the last row.
 */
export function topK(y: usize, x: usize, rows: i32, n: i32, k: i32): f32 {
  let smallest: i32 = 0;
  for (let r = 0; r < rows; r++) {
    const from = x + ((<usize>(r * n)) << 2);
    const to = y + ((<usize>(r * n)) << 2);
    let limit: i32 = i32.MIN_VALUE;
    // The largest integer that k values are not below.
    for (let bit: i32 = 31; bit >= 0; bit--) {
      const next = bit === 31 ? 0 : limit | (1 << bit);
      if (countAtLeast(from, n, next) >= k) limit = next;
    }
    let equal = k - (limit === i32.MAX_VALUE ? 0 : countAtLeast(from, n, limit + 1));
    for (let j = 0; j < n; j++) {
      const o = (<usize>j) << 2;
      const bits = load<i32>(from + o);
      const key = orderedInt(bits);
      const keep = key > limit || (key === limit && equal-- > 0);
      store<f32>(to + o, keep ? load<f32>(from + o) : 0);
    }
    smallest = orderedInt(limit);
  }
  return reinterpret<f32>(smallest);
}

/** The number of values whose integer is at least `limit`. */
function countAtLeast(x: usize, n: i32, limit: i32): i32 {
  let count = i32x4.splat(0);
  let j = 0;
  for (; j + 4 <= n; j += 4)
    count = i32x4.sub(count, i32x4.ge_s(orderedInts(v128.load(x + ((<usize>j) << 2))), i32x4.splat(limit)));
  let total = horizontalSumInt(count);
  for (; j < n; j++) {
    const bits = load<i32>(x + ((<usize>j) << 2));
    if (orderedInt(bits) >= limit) total++;
  }
  return total;
}

/** dx[rows][n] = factor · dy in the columns in which y is 0 in all rows; other columns do not change. */
export function deadUnitsBackward(dx: usize, dy: usize, y: usize, rows: i32, n: i32, factor: f32): void {
  for (let j = 0; j < n; j++) {
    const stride = (<usize>n) << 2;
    let o = (<usize>j) << 2;
    let used = false;
    for (let r = 0; r < rows && !used; r++, o += stride) used = load<f32>(y + o) !== 0;
    if (used) continue;
    o = (<usize>j) << 2;
    for (let r = 0; r < rows; r++, o += stride) store<f32>(dx + o, load<f32>(dy + o) * factor);
  }
}
