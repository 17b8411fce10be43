// The gradient of the weights of a convolution.

import { fused, madd } from '../simd';

/**
 * dw[t][i][n] = Σ over windows p of rows[p][taps[t] + 4i] · dy[p][n] (+ dw if `accumulate`), for `count` taps and i < inner.
 * Computes the rows `first` to before `end` of the count·inner rows of dw; every sum is the same in each division of the rows.
 * `rows` is a table of m window addresses, `taps` one of offsets in bytes. Reads up to 28 bytes after dy and up to 60 bytes
 * after the run of a window, and does not use them.
 */
export function convolveWeights(
  dw: usize,
  rows: usize,
  m: i32,
  dy: usize,
  n: i32,
  taps: usize,
  count: i32,
  inner: i32,
  accumulate: bool,
  scratch: usize,
  first: i32,
  end: i32,
): void {
  for (let t = first / inner; t < count && t * inner < end; t++) {
    const from = max(first - t * inner, 0);
    const length = min(end - t * inner, inner) - from;
    const tap = <usize>load<u32>(taps + ((<usize>t) << 2)) + ((<usize>from) << 2);
    const out = dw + ((<usize>((t * inner + from) * n)) << 2);
    if (n < 6) narrowGradient(out, rows, m, dy, n, tap, length, accumulate, scratch);
    else tiledGradient(out, rows, m, dy, n, tap, length, accumulate, scratch);
  }
}

/** A tile has values of the window as rows and channels of dy as columns. */
function tiledGradient(
  dw: usize,
  rows: usize,
  m: i32,
  dy: usize,
  n: i32,
  tap: usize,
  inner: i32,
  accumulate: bool,
  scratch: usize,
): void {
  const ldy = (<usize>n) << 2;
  for (let i = 0; i < inner; ) {
    const left = inner - i;
    let r = 1;
    if (fused() && left >= 6 && left !== 8) r = 6;
    else if (left >= 4) r = 4;
    else if (left === 3) r = 3;
    const a = tap + ((<usize>i) << 2);
    for (let j = 0; j < n; j += 8) {
      const b = dy + ((<usize>j) << 2);
      if (fused() && r === 6) tile(6, scratch, rows, m, a, b, ldy);
      else if (r === 4) tile(4, scratch, rows, m, a, b, ldy);
      else if (r === 3) tile(3, scratch, rows, m, a, b, ldy);
      else tile(1, scratch, rows, m, a, b, ldy);
      const cols = min(8, n - j);
      for (let y = 0; y < r; y++)
        storeColumn(dw + ((<usize>((i + y) * n + j)) << 2), 4, scratch + ((<usize>y) << 5), cols, accumulate);
    }
    i += r;
  }
}

/** Stores `cols` values of scratch to `out`, `step` bytes apart. @inline */
function storeColumn(out: usize, step: usize, from: usize, cols: i32, accumulate: bool): void {
  for (let x = 0; x < cols; x++) {
    const v = load<f32>(from + ((<usize>x) << 2));
    store<f32>(out, accumulate ? load<f32>(out) + v : v);
    out += step;
  }
}

/** @inline */
function tile(MR: i32, c: usize, rows: usize, m: i32, offset: usize, b: usize, ldb: usize): void {
  let s00 = f32x4.splat(0);
  let s01 = s00;
  let s10 = s00;
  let s11 = s00;
  let s20 = s00;
  let s21 = s00;
  let s30 = s00;
  let s31 = s00;
  let s40 = s00;
  let s41 = s00;
  let s50 = s00;
  let s51 = s00;
  const end = rows + ((<usize>m) << 2);
  while (rows < end) {
    const a = <usize>load<u32>(rows) + offset;
    rows += 4;
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    b += ldb;
    let x = v128.load32_splat(a);
    s00 = madd(x, b0, s00);
    s01 = madd(x, b1, s01);
    if (MR > 1) {
      x = v128.load32_splat(a, 4);
      s10 = madd(x, b0, s10);
      s11 = madd(x, b1, s11);
      x = v128.load32_splat(a, 8);
      s20 = madd(x, b0, s20);
      s21 = madd(x, b1, s21);
    }
    if (MR > 3) {
      x = v128.load32_splat(a, 12);
      s30 = madd(x, b0, s30);
      s31 = madd(x, b1, s31);
    }
    if (MR > 4) {
      x = v128.load32_splat(a, 16);
      s40 = madd(x, b0, s40);
      s41 = madd(x, b1, s41);
      x = v128.load32_splat(a, 20);
      s50 = madd(x, b0, s50);
      s51 = madd(x, b1, s51);
    }
  }
  v128.store(c, s00);
  v128.store(c, s01, 16);
  if (MR > 1) {
    v128.store(c, s10, 32);
    v128.store(c, s11, 48);
    v128.store(c, s20, 64);
    v128.store(c, s21, 80);
  }
  if (MR > 3) {
    v128.store(c, s30, 96);
    v128.store(c, s31, 112);
  }
  if (MR > 4) {
    v128.store(c, s40, 128);
    v128.store(c, s41, 144);
    v128.store(c, s50, 160);
    v128.store(c, s51, 176);
  }
}

/** One channel of dy at a time, for up to 48 values of the window. Used for up to five channels, where most columns of a tile would be empty. */
function narrowGradient(
  dw: usize,
  rows: usize,
  m: i32,
  dy: usize,
  n: i32,
  tap: usize,
  inner: i32,
  accumulate: bool,
  scratch: usize,
): void {
  const step = (<usize>n) << 2;
  for (let j = 0; j < n; j++) {
    const g = dy + ((<usize>j) << 2);
    for (let i = 0; i < inner; i += 48) {
      const left = inner - i;
      const a = tap + ((<usize>i) << 2);
      if (left > 32) column(12, scratch, rows, m, a, g, step);
      else if (left > 16) column(8, scratch, rows, m, a, g, step);
      else column(4, scratch, rows, m, a, g, step);
      storeColumn(dw + ((<usize>(i * n + j)) << 2), step, scratch, min(48, left), accumulate);
    }
  }
}

/** c[4·V] = Σ over windows of a run of 4·V values times a value of dy. @inline */
function column(V: i32, c: usize, rows: usize, m: i32, offset: usize, g: usize, step: usize): void {
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let s4 = s0;
  let s5 = s0;
  let s6 = s0;
  let s7 = s0;
  let s8 = s0;
  let s9 = s0;
  let s10 = s0;
  let s11 = s0;
  const end = rows + ((<usize>m) << 2);
  while (rows < end) {
    const a = <usize>load<u32>(rows) + offset;
    const x = v128.load32_splat(g);
    rows += 4;
    g += step;
    s0 = madd(v128.load(a), x, s0);
    s1 = madd(v128.load(a, 16), x, s1);
    s2 = madd(v128.load(a, 32), x, s2);
    s3 = madd(v128.load(a, 48), x, s3);
    if (V > 4) {
      s4 = madd(v128.load(a, 64), x, s4);
      s5 = madd(v128.load(a, 80), x, s5);
      s6 = madd(v128.load(a, 96), x, s6);
      s7 = madd(v128.load(a, 112), x, s7);
    }
    if (V > 8) {
      s8 = madd(v128.load(a, 128), x, s8);
      s9 = madd(v128.load(a, 144), x, s9);
      s10 = madd(v128.load(a, 160), x, s10);
      s11 = madd(v128.load(a, 176), x, s11);
    }
  }
  v128.store(c, s0);
  v128.store(c, s1, 16);
  v128.store(c, s2, 32);
  v128.store(c, s3, 48);
  if (V > 4) {
    v128.store(c, s4, 64);
    v128.store(c, s5, 80);
    v128.store(c, s6, 96);
    v128.store(c, s7, 112);
  }
  if (V > 8) {
    v128.store(c, s8, 128);
    v128.store(c, s9, 144);
    v128.store(c, s10, 160);
    v128.store(c, s11, 176);
  }
}
