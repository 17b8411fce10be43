// The matrix product with up to 8 rows, where reading B takes longer than the arithmetic. B is read in the order of memory, in
// strips of its rows, so that the prefetcher of the processor predicts the addresses: one row of 1024×1024 takes a fifth of the time of
// panels that read 8 columns of all rows of B. Each sum has the order of `gemm`, so the strict bits are the same.

import { fused, madd } from '../simd';

/**
 * Whether strips are faster than panels. 6 rows are one tile of the relaxed product: panels take 0 to 14 % less. 4 and 8 rows are tiles
 * of the strict product: while B fits into half of an L2 cache of 512 KB, panels
 * take up to 14 % less.
 * @inline
 */
export function usesStrips(m: i32, n: i32, k: i32): bool {
  return m <= 8 && (fused() ? m !== 6 : (m & 3) !== 0 || n * k > 65536);
}

/** Floats of a strip of a narrow B: 16 KB, half of an L1 cache. */
const STRIP: i32 = 4096;

/**
 * Rows of B in a strip. A longer strip loads and stores C less often; a shorter one keeps its cache lines until the next pair of
 * rows of A. Where rows of B are a multiple of 2 KB apart, they share sets of the L1 cache, which have 8 ways: 6 rows of B and 2
 * of C. One row of A is 5 % faster with 6 rows than with 16, 4 rows with 16 than with 6.
 * @inline
 */
function stripRows(m: i32, n: i32): i32 {
  return max(STRIP / n, m > 1 && (n & 511) !== 0 ? 16 : 6);
}

/**
 * The first columns of c[m][n] = a[m][k] · b[k][n] (+ bias[n] where `bias` is not 0; + c instead if `accumulate`). Returns their
 * number, a multiple of 32.
 */
export function fewRows(c: usize, a: usize, b: usize, bias: usize, m: i32, n: i32, k: i32, accumulate: bool): i32 {
  const row = (<usize>n) << 2;
  const aRow = (<usize>k) << 2;
  const bytes = row & ~127;
  const strip = stripRows(m, n);
  let start = bias;
  let startRow: usize = 0;
  if (!bias || accumulate) {
    start = c;
    startRow = row;
    if (!accumulate) memory.fill(c, 0, <usize>m * row);
  }
  while (k > 0) {
    const steps = min(strip, k);
    for (let i = 0; i < m; i += 2) {
      const ci = c + <usize>i * row;
      const ai = a + <usize>i * aRow;
      const from = start + <usize>i * startRow;
      if (m - i > 1)
        for (let o: usize = 0; o < bytes; o += 64)
          twoRows(ci + o, row, ai, aRow, b + o, row, steps, from + o, startRow);
      else for (let o: usize = 0; o < bytes; o += 128) oneRow(ci + o, ai, b + o, row, steps, from + o);
    }
    a += (<usize>steps) << 2;
    b += <usize>steps * row;
    k -= steps;
    start = c;
    startRow = row;
  }
  return n & ~31;
}

/** c[32] = start + a[k] · b[k][32], rows of b `ldb` bytes apart. @inline */
function oneRow(c: usize, a: usize, b: usize, ldb: usize, k: i32, start: usize): void {
  let s0 = v128.load(start);
  let s1 = v128.load(start, 16);
  let s2 = v128.load(start, 32);
  let s3 = v128.load(start, 48);
  let s4 = v128.load(start, 64);
  let s5 = v128.load(start, 80);
  let s6 = v128.load(start, 96);
  let s7 = v128.load(start, 112);
  for (; k > 0; k--) {
    const x = v128.load32_splat(a);
    s0 = madd(x, v128.load(b), s0);
    s1 = madd(x, v128.load(b, 16), s1);
    s2 = madd(x, v128.load(b, 32), s2);
    s3 = madd(x, v128.load(b, 48), s3);
    s4 = madd(x, v128.load(b, 64), s4);
    s5 = madd(x, v128.load(b, 80), s5);
    s6 = madd(x, v128.load(b, 96), s6);
    s7 = madd(x, v128.load(b, 112), s7);
    a += 4;
    b += ldb;
  }
  v128.store(c, s0);
  v128.store(c, s1, 16);
  v128.store(c, s2, 32);
  v128.store(c, s3, 48);
  v128.store(c, s4, 64);
  v128.store(c, s5, 80);
  v128.store(c, s6, 96);
  v128.store(c, s7, 112);
}

/** c[2][16] = start + a[2][k] · b[k][16], rows `ldc`, `lda`, `ldb` and `startRow` bytes apart. @inline */
function twoRows(
  c: usize,
  ldc: usize,
  a: usize,
  lda: usize,
  b: usize,
  ldb: usize,
  k: i32,
  start: usize,
  startRow: usize,
): void {
  const second = start + startRow;
  let s00 = v128.load(start);
  let s01 = v128.load(start, 16);
  let s02 = v128.load(start, 32);
  let s03 = v128.load(start, 48);
  let s10 = v128.load(second);
  let s11 = v128.load(second, 16);
  let s12 = v128.load(second, 32);
  let s13 = v128.load(second, 48);
  let a1 = a + lda;
  for (; k > 0; k--) {
    const x0 = v128.load32_splat(a);
    const x1 = v128.load32_splat(a1);
    let y = v128.load(b);
    s00 = madd(y, x0, s00);
    s10 = madd(y, x1, s10);
    y = v128.load(b, 16);
    s01 = madd(y, x0, s01);
    s11 = madd(y, x1, s11);
    y = v128.load(b, 32);
    s02 = madd(y, x0, s02);
    s12 = madd(y, x1, s12);
    y = v128.load(b, 48);
    s03 = madd(y, x0, s03);
    s13 = madd(y, x1, s13);
    a += 4;
    a1 += 4;
    b += ldb;
  }
  v128.store(c, s00);
  v128.store(c, s01, 16);
  v128.store(c, s02, 32);
  v128.store(c, s03, 48);
  c += ldc;
  v128.store(c, s10);
  v128.store(c, s11, 16);
  v128.store(c, s12, 32);
  v128.store(c, s13, 48);
}
