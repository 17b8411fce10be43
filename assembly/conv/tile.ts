// Tiles of a convolution: as those of the matrix product, but each row of A and of C has its address in a table.

import { FROM_BIAS, FROM_C } from '../gemm/tile';
import { madd } from '../simd';

/** @inline */
function begin(from: i32, bias: usize, c: usize, offset: usize): v128 {
  if (from === FROM_BIAS) return v128.load(bias + offset);
  if (from === FROM_C) return v128.load(c + offset);
  return f32x4.splat(0);
}

/**
 * C[MR][8] = start + Σ over taps t, i < inner: A[row + taps[t] + 4i] · B[t·inner + i][8].
 *
 * `rows`, `outs`  tables of MR addresses: rows of A, rows of C, of which `offset` bytes are passed over
 * `taps`          table of offsets, one for each run of the window
 * `b`             a panel of 8 columns
 * `relu`          negative sums become zero on their way out
 * @inline
 */
export function convolveTile(
  MR: i32,
  outs: usize,
  offset: usize,
  rows: usize,
  taps: usize,
  count: i32,
  inner: i32,
  b: usize,
  bias: usize,
  from: i32,
  relu: bool,
): void {
  const c0 = <usize>load<u32>(outs) + offset;
  const c1 = MR > 1 ? <usize>load<u32>(outs, 4) + offset : 0;
  const c2 = MR > 2 ? <usize>load<u32>(outs, 8) + offset : 0;
  const c3 = MR > 2 ? <usize>load<u32>(outs, 12) + offset : 0;
  const c4 = MR > 4 ? <usize>load<u32>(outs, 16) + offset : 0;
  const c5 = MR > 4 ? <usize>load<u32>(outs, 20) + offset : 0;
  let s00 = begin(from, bias, c0, 0);
  let s01 = begin(from, bias, c0, 16);
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
  for (let t = 0; t < count; t++) {
    const tap = <usize>load<u32>(taps + ((<usize>t) << 2));
    let a0 = <usize>load<u32>(rows) + tap;
    let a1 = MR > 1 ? <usize>load<u32>(rows, 4) + tap : 0;
    let a2 = MR > 2 ? <usize>load<u32>(rows, 8) + tap : 0;
    let a3 = MR > 2 ? <usize>load<u32>(rows, 12) + tap : 0;
    let a4 = MR > 4 ? <usize>load<u32>(rows, 16) + tap : 0;
    let a5 = MR > 4 ? <usize>load<u32>(rows, 20) + tap : 0;
    for (let i = 0; i < inner; i++) {
      const b0 = v128.load(b);
      const b1 = v128.load(b, 16);
      b += 32;
      let x = v128.load32_splat(a0);
      a0 += 4;
      s00 = madd(x, b0, s00);
      s01 = madd(x, b1, s01);
      if (MR > 1) {
        x = v128.load32_splat(a1);
        a1 += 4;
        s10 = madd(x, b0, s10);
        s11 = madd(x, b1, s11);
      }
      if (MR > 2) {
        x = v128.load32_splat(a2);
        a2 += 4;
        s20 = madd(x, b0, s20);
        s21 = madd(x, b1, s21);
        x = v128.load32_splat(a3);
        a3 += 4;
        s30 = madd(x, b0, s30);
        s31 = madd(x, b1, s31);
      }
      if (MR > 4) {
        x = v128.load32_splat(a4);
        a4 += 4;
        s40 = madd(x, b0, s40);
        s41 = madd(x, b1, s41);
        x = v128.load32_splat(a5);
        a5 += 4;
        s50 = madd(x, b0, s50);
        s51 = madd(x, b1, s51);
      }
    }
  }
  if (relu) {
    const zero = f32x4.splat(0);
    s00 = f32x4.pmax(s00, zero);
    s01 = f32x4.pmax(s01, zero);
    if (MR > 1) {
      s10 = f32x4.pmax(s10, zero);
      s11 = f32x4.pmax(s11, zero);
    }
    if (MR > 2) {
      s20 = f32x4.pmax(s20, zero);
      s21 = f32x4.pmax(s21, zero);
      s30 = f32x4.pmax(s30, zero);
      s31 = f32x4.pmax(s31, zero);
    }
    if (MR > 4) {
      s40 = f32x4.pmax(s40, zero);
      s41 = f32x4.pmax(s41, zero);
      s50 = f32x4.pmax(s50, zero);
      s51 = f32x4.pmax(s51, zero);
    }
  }
  v128.store(c0, s00);
  v128.store(c0, s01, 16);
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
