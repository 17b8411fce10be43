// One tile of a matrix product: MR rows by 8 columns of C, accumulated over k in registers. V8 has 16 vector registers on x86-64:
// 6 rows fill them when the multiply-add is fused (12 sums, 2 of B, 1 of A). Strict needs one more for the product, so its
// tiles have 4 rows.

import { fused, madd } from '../simd';

/** The initial sums of a tile: zero, a row of biases, or the values of C. */
export const FROM_ZERO: i32 = 0;
export const FROM_BIAS: i32 = 1;
export const FROM_C: i32 = 2;

/** @inline */
function begin(c: usize, bias: usize, from: i32, offset: usize): v128 {
  if (from === FROM_BIAS) return v128.load(bias + offset);
  if (from === FROM_C) return v128.load(c + offset);
  return f32x4.splat(0);
}

/**
 * C[MR][8] = start + A[MR][k] · B[k][8].
 *
 * `c`      first element of the tile, rows `ldc` bytes apart
 * `a`      first element of A's rows; `aRow` bytes from row to row, `aCol` from column to column
 * `b`      8 columns of B, rows `ldb` bytes apart: 32 if AT and strict
 *
 * MR and AT are compile-time constants. AT: A is transposed, so that its rows are adjacent (aRow = 4) and one pointer reaches
 * all of them.
 * @inline
 */
export function tile(
  MR: i32,
  AT: bool,
  c: usize,
  ldc: usize,
  a: usize,
  aRow: usize,
  aCol: usize,
  b: usize,
  ldb: usize,
  k: i32,
  bias: usize,
  from: i32,
): void {
  const c1 = c + ldc;
  const c2 = c1 + ldc;
  const c3 = c2 + ldc;
  const c4 = c3 + ldc;
  const c5 = c4 + ldc;
  let s00 = begin(c, bias, from, 0);
  let s01 = begin(c, bias, from, 16);
  let s10 = s00;
  let s11 = s01;
  let s20 = s00;
  let s21 = s01;
  let s30 = s00;
  let s31 = s01;
  let s40 = s00;
  let s41 = s01;
  let s50 = s00;
  let s51 = s01;
  if (from === FROM_C) {
    if (MR > 1) {
      s10 = v128.load(c1);
      s11 = v128.load(c1, 16);
    }
    if (MR > 2) {
      s20 = v128.load(c2);
      s21 = v128.load(c2, 16);
      s30 = v128.load(c3);
      s31 = v128.load(c3, 16);
    }
    if (MR > 4) {
      s40 = v128.load(c4);
      s41 = v128.load(c4, 16);
      s50 = v128.load(c5);
      s51 = v128.load(c5, 16);
    }
  }
  let a1 = a + aRow;
  let a2 = a1 + aRow;
  let a3 = a2 + aRow;
  let a4 = a3 + aRow;
  let a5 = a4 + aRow;
  let i = 0;
  // Unrolled four times: 48 GFLOP/s on a Zen 4; twice 45, once 37. A turn has 22 instructions, of which six start in a cycle. The
  // steps of four pointers, V8's test for interrupts and the test of the end add 10 to each loop. The tests of `c`, which is never 0,
  // separate the turns: without these tests the compiler moves the sums of a turn into the next turn, a turn needs more than 16
  // vectors, and V8 moves a sum through the stack (31 GFLOP/s). V8 removes all tests but the first.
  if (MR === 4 && !fused()) {
    for (; i < k - 3; i += 4) {
      let b0 = v128.load(b);
      let b1 = v128.load(b, 16);
      if (!AT) b += ldb;
      let x = v128.load32_splat(a);
      s00 = madd(x, b0, s00);
      s01 = madd(x, b1, s01);
      x = AT ? v128.load32_splat(a, 4) : v128.load32_splat(a1);
      s10 = madd(x, b0, s10);
      s11 = madd(x, b1, s11);
      x = AT ? v128.load32_splat(a, 8) : v128.load32_splat(a2);
      s20 = madd(x, b0, s20);
      s21 = madd(x, b1, s21);
      x = AT ? v128.load32_splat(a, 12) : v128.load32_splat(a3);
      s30 = madd(x, b0, s30);
      s31 = madd(x, b1, s31);
      if (AT) a += aCol;
      if (!c) break;
      b0 = AT ? v128.load(b, 32) : v128.load(b);
      b1 = AT ? v128.load(b, 48) : v128.load(b, 16);
      if (!AT) b += ldb;
      x = AT ? v128.load32_splat(a) : v128.load32_splat(a, 4);
      s00 = madd(x, b0, s00);
      s01 = madd(x, b1, s01);
      x = AT ? v128.load32_splat(a, 4) : v128.load32_splat(a1, 4);
      s10 = madd(x, b0, s10);
      s11 = madd(x, b1, s11);
      x = AT ? v128.load32_splat(a, 8) : v128.load32_splat(a2, 4);
      s20 = madd(x, b0, s20);
      s21 = madd(x, b1, s21);
      x = AT ? v128.load32_splat(a, 12) : v128.load32_splat(a3, 4);
      s30 = madd(x, b0, s30);
      s31 = madd(x, b1, s31);
      if (AT) a += aCol;
      if (!c) break;
      b0 = AT ? v128.load(b, 64) : v128.load(b);
      b1 = AT ? v128.load(b, 80) : v128.load(b, 16);
      if (!AT) b += ldb;
      x = AT ? v128.load32_splat(a) : v128.load32_splat(a, 8);
      s00 = madd(x, b0, s00);
      s01 = madd(x, b1, s01);
      x = AT ? v128.load32_splat(a, 4) : v128.load32_splat(a1, 8);
      s10 = madd(x, b0, s10);
      s11 = madd(x, b1, s11);
      x = AT ? v128.load32_splat(a, 8) : v128.load32_splat(a2, 8);
      s20 = madd(x, b0, s20);
      s21 = madd(x, b1, s21);
      x = AT ? v128.load32_splat(a, 12) : v128.load32_splat(a3, 8);
      s30 = madd(x, b0, s30);
      s31 = madd(x, b1, s31);
      if (AT) a += aCol;
      if (!c) break;
      b0 = AT ? v128.load(b, 96) : v128.load(b);
      b1 = AT ? v128.load(b, 112) : v128.load(b, 16);
      if (!AT) b += ldb;
      x = AT ? v128.load32_splat(a) : v128.load32_splat(a, 12);
      s00 = madd(x, b0, s00);
      s01 = madd(x, b1, s01);
      x = AT ? v128.load32_splat(a, 4) : v128.load32_splat(a1, 12);
      s10 = madd(x, b0, s10);
      s11 = madd(x, b1, s11);
      x = AT ? v128.load32_splat(a, 8) : v128.load32_splat(a2, 12);
      s20 = madd(x, b0, s20);
      s21 = madd(x, b1, s21);
      x = AT ? v128.load32_splat(a, 12) : v128.load32_splat(a3, 12);
      s30 = madd(x, b0, s30);
      s31 = madd(x, b1, s31);
      if (AT) a += aCol;
      if (AT) {
        b += 128;
      } else {
        a += 16;
        a1 += 16;
        a2 += 16;
        a3 += 16;
      }
    }
  }
  // Unrolled twice: 1 to 3 % faster than once. Unrolled four times it is no faster.
  if (MR === 6) {
    for (; i < k - 1; i += 2) {
      let b0 = v128.load(b);
      let b1 = v128.load(b, 16);
      b += ldb;
      let x = v128.load32_splat(a);
      s00 = madd(x, b0, s00);
      s01 = madd(x, b1, s01);
      x = AT ? v128.load32_splat(a, 4) : v128.load32_splat(a1);
      s10 = madd(x, b0, s10);
      s11 = madd(x, b1, s11);
      x = AT ? v128.load32_splat(a, 8) : v128.load32_splat(a2);
      s20 = madd(x, b0, s20);
      s21 = madd(x, b1, s21);
      x = AT ? v128.load32_splat(a, 12) : v128.load32_splat(a3);
      s30 = madd(x, b0, s30);
      s31 = madd(x, b1, s31);
      x = AT ? v128.load32_splat(a, 16) : v128.load32_splat(a4);
      s40 = madd(x, b0, s40);
      s41 = madd(x, b1, s41);
      x = AT ? v128.load32_splat(a, 20) : v128.load32_splat(a5);
      s50 = madd(x, b0, s50);
      s51 = madd(x, b1, s51);
      if (AT) a += aCol;
      if (!c) break;
      b0 = v128.load(b);
      b1 = v128.load(b, 16);
      b += ldb;
      x = AT ? v128.load32_splat(a) : v128.load32_splat(a, 4);
      s00 = madd(x, b0, s00);
      s01 = madd(x, b1, s01);
      x = AT ? v128.load32_splat(a, 4) : v128.load32_splat(a1, 4);
      s10 = madd(x, b0, s10);
      s11 = madd(x, b1, s11);
      x = AT ? v128.load32_splat(a, 8) : v128.load32_splat(a2, 4);
      s20 = madd(x, b0, s20);
      s21 = madd(x, b1, s21);
      x = AT ? v128.load32_splat(a, 12) : v128.load32_splat(a3, 4);
      s30 = madd(x, b0, s30);
      s31 = madd(x, b1, s31);
      x = AT ? v128.load32_splat(a, 16) : v128.load32_splat(a4, 4);
      s40 = madd(x, b0, s40);
      s41 = madd(x, b1, s41);
      x = AT ? v128.load32_splat(a, 20) : v128.load32_splat(a5, 4);
      s50 = madd(x, b0, s50);
      s51 = madd(x, b1, s51);
      if (AT) a += aCol;
      if (!AT) {
        a += 8;
        a1 += 8;
        a2 += 8;
        a3 += 8;
        a4 += 8;
        a5 += 8;
      }
    }
  }
  for (; i < k; i++) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    b += ldb;
    let x = v128.load32_splat(a);
    s00 = madd(x, b0, s00);
    s01 = madd(x, b1, s01);
    if (MR > 1) {
      x = AT ? v128.load32_splat(a, 4) : v128.load32_splat(a1);
      s10 = madd(x, b0, s10);
      s11 = madd(x, b1, s11);
    }
    if (MR > 2) {
      x = AT ? v128.load32_splat(a, 8) : v128.load32_splat(a2);
      s20 = madd(x, b0, s20);
      s21 = madd(x, b1, s21);
      x = AT ? v128.load32_splat(a, 12) : v128.load32_splat(a3);
      s30 = madd(x, b0, s30);
      s31 = madd(x, b1, s31);
    }
    if (MR > 4) {
      x = AT ? v128.load32_splat(a, 16) : v128.load32_splat(a4);
      s40 = madd(x, b0, s40);
      s41 = madd(x, b1, s41);
      x = AT ? v128.load32_splat(a, 20) : v128.load32_splat(a5);
      s50 = madd(x, b0, s50);
      s51 = madd(x, b1, s51);
    }
    a += aCol;
    if (!AT) {
      a1 += aCol;
      a2 += aCol;
      a3 += aCol;
      a4 += aCol;
      a5 += aCol;
    }
  }
  v128.store(c, s00);
  v128.store(c, s01, 16);
  if (MR > 1) {
    v128.store(c1, s10);
    v128.store(c1, s11, 16);
  }
  if (MR > 2) {
    v128.store(c2, s20);
    v128.store(c2, s21, 16);
    v128.store(c3, s30);
    v128.store(c3, s31, 16);
  }
  if (MR > 4) {
    v128.store(c4, s40);
    v128.store(c4, s41, 16);
    v128.store(c5, s50);
    v128.store(c5, s51, 16);
  }
}
