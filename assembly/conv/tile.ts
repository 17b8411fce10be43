// Tiles of a convolution: as those of the matrix product, but each row of A and of C has its address in a table.

import { fused, madd } from '../simd';

/** v where the four values at `p` are above zero, and zero elsewhere. @inline */
function whereAbove(v: v128, p: usize, zero: v128): v128 {
  return v128.and(v, f32x4.gt(v128.load(p), zero));
}

/**
 * C[MR][8] = bias + Σ over taps t, i < inner: A[row + taps[t] + 4i] · B[t·inner + i][8].
 *
 * `rows`     table of MR addresses of rows of A
 * `out`, `outs`  address and table of MR offsets of rows of C
 * `taps`     table of offsets, one for each run of the window
 * `b`        a panel of 8 columns
 * `bias`     8 values, or 0 for none
 * `relu`     negative sums become zero before they are stored
 * `mask`     0, or the address of a block like that at `out`: where it is not above zero, sums become zero
 * @inline
 */
export function convolveTile(
  MR: i32,
  out: usize,
  outs: usize,
  rows: usize,
  taps: usize,
  count: i32,
  inner: i32,
  b: usize,
  bias: usize,
  mask: usize,
  relu: bool,
  zero: v128,
): void {
  let s00 = bias ? v128.load(bias) : f32x4.splat(0);
  let s01 = bias ? v128.load(bias, 16) : f32x4.splat(0);
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
  for (let t = 0; t < count; t++) {
    const tap = <usize>load<u32>(taps + ((<usize>t) << 2));
    let a0 = <usize>load<u32>(rows) + tap;
    let a1 = <usize>load<u32>(rows, 4) + tap;
    let a2 = <usize>load<u32>(rows, 8) + tap;
    let a3 = <usize>load<u32>(rows, 12) + tap;
    let a4 = MR > 4 ? <usize>load<u32>(rows, 16) + tap : 0;
    let a5 = MR > 4 ? <usize>load<u32>(rows, 20) + tap : 0;
    const end = b + ((<usize>inner) << 5);
    while (b < end) {
      let b0 = v128.load(b);
      let b1 = v128.load(b, 16);
      let x = v128.load32_splat(a0);
      s00 = madd(x, b0, s00);
      s01 = madd(x, b1, s01);
      x = v128.load32_splat(a1);
      s10 = madd(x, b0, s10);
      s11 = madd(x, b1, s11);
      x = v128.load32_splat(a2);
      s20 = madd(x, b0, s20);
      s21 = madd(x, b1, s21);
      x = v128.load32_splat(a3);
      s30 = madd(x, b0, s30);
      s31 = madd(x, b1, s31);
      if (MR > 4) {
        x = v128.load32_splat(a4);
        s40 = madd(x, b0, s40);
        s41 = madd(x, b1, s41);
        x = v128.load32_splat(a5);
        s50 = madd(x, b0, s50);
        s51 = madd(x, b1, s51);
      }
      // Three more turns, after which the pointers advance once: strict 6 to 10 % faster. The tests keep the turns apart, as in the
      // tile of the matrix product.
      if (MR === 4 && !fused()) {
        if (b + 32 === end) break;
        b0 = v128.load(b, 32);
        b1 = v128.load(b, 48);
        x = v128.load32_splat(a0, 4);
        s00 = madd(x, b0, s00);
        s01 = madd(x, b1, s01);
        x = v128.load32_splat(a1, 4);
        s10 = madd(x, b0, s10);
        s11 = madd(x, b1, s11);
        x = v128.load32_splat(a2, 4);
        s20 = madd(x, b0, s20);
        s21 = madd(x, b1, s21);
        x = v128.load32_splat(a3, 4);
        s30 = madd(x, b0, s30);
        s31 = madd(x, b1, s31);
        if (b + 64 === end) break;
        b0 = v128.load(b, 64);
        b1 = v128.load(b, 80);
        x = v128.load32_splat(a0, 8);
        s00 = madd(x, b0, s00);
        s01 = madd(x, b1, s01);
        x = v128.load32_splat(a1, 8);
        s10 = madd(x, b0, s10);
        s11 = madd(x, b1, s11);
        x = v128.load32_splat(a2, 8);
        s20 = madd(x, b0, s20);
        s21 = madd(x, b1, s21);
        x = v128.load32_splat(a3, 8);
        s30 = madd(x, b0, s30);
        s31 = madd(x, b1, s31);
        if (b + 96 === end) break;
        b0 = v128.load(b, 96);
        b1 = v128.load(b, 112);
        x = v128.load32_splat(a0, 12);
        s00 = madd(x, b0, s00);
        s01 = madd(x, b1, s01);
        x = v128.load32_splat(a1, 12);
        s10 = madd(x, b0, s10);
        s11 = madd(x, b1, s11);
        x = v128.load32_splat(a2, 12);
        s20 = madd(x, b0, s20);
        s21 = madd(x, b1, s21);
        x = v128.load32_splat(a3, 12);
        s30 = madd(x, b0, s30);
        s31 = madd(x, b1, s31);
        b += 96;
        a0 += 12;
        a1 += 12;
        a2 += 12;
        a3 += 12;
      }
      b += 32;
      a0 += 4;
      a1 += 4;
      a2 += 4;
      a3 += 4;
      a4 += 4;
      a5 += 4;
    }
    b = end;
  }
  let o: usize;
  if (relu) {
    s00 = f32x4.pmax(s00, zero);
    s01 = f32x4.pmax(s01, zero);
    s10 = f32x4.pmax(s10, zero);
    s11 = f32x4.pmax(s11, zero);
    s20 = f32x4.pmax(s20, zero);
    s21 = f32x4.pmax(s21, zero);
    s30 = f32x4.pmax(s30, zero);
    s31 = f32x4.pmax(s31, zero);
    if (MR > 4) {
      s40 = f32x4.pmax(s40, zero);
      s41 = f32x4.pmax(s41, zero);
      s50 = f32x4.pmax(s50, zero);
      s51 = f32x4.pmax(s51, zero);
    }
  }
  if (mask) {
    o = mask + load<u32>(outs);
    s00 = whereAbove(s00, o, zero);
    s01 = whereAbove(s01, o + 16, zero);
    o = mask + load<u32>(outs, 4);
    s10 = whereAbove(s10, o, zero);
    s11 = whereAbove(s11, o + 16, zero);
    o = mask + load<u32>(outs, 8);
    s20 = whereAbove(s20, o, zero);
    s21 = whereAbove(s21, o + 16, zero);
    o = mask + load<u32>(outs, 12);
    s30 = whereAbove(s30, o, zero);
    s31 = whereAbove(s31, o + 16, zero);
    if (MR > 4) {
      o = mask + load<u32>(outs, 16);
      s40 = whereAbove(s40, o, zero);
      s41 = whereAbove(s41, o + 16, zero);
      o = mask + load<u32>(outs, 20);
      s50 = whereAbove(s50, o, zero);
      s51 = whereAbove(s51, o + 16, zero);
    }
  }
  o = out + load<u32>(outs);
  v128.store(o, s00);
  v128.store(o, s01, 16);
  o = out + load<u32>(outs, 4);
  v128.store(o, s10);
  v128.store(o, s11, 16);
  o = out + load<u32>(outs, 8);
  v128.store(o, s20);
  v128.store(o, s21, 16);
  o = out + load<u32>(outs, 12);
  v128.store(o, s30);
  v128.store(o, s31, 16);
  if (MR > 4) {
    o = out + load<u32>(outs, 16);
    v128.store(o, s40);
    v128.store(o, s41, 16);
    o = out + load<u32>(outs, 20);
    v128.store(o, s50);
    v128.store(o, s51, 16);
  }
}
