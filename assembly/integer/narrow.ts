// Convolution of integers to up to three output channels, where panels of 8 columns would be mostly empty. The sum runs over 8 values
// of the window at a time, for eight windows at a time.

import { constant } from '../simd';
import { highestOf, lowestOf, rounded, rounding } from './values';

const ZERO = constant(0);

/** The sums of the lanes of four vectors. @inline */
function laneSums(s0: v128, s1: v128, s2: v128, s3: v128): v128 {
  const low = i32x4.add(v128.shuffle<i32>(s0, s1, 0, 4, 1, 5), v128.shuffle<i32>(s0, s1, 2, 6, 3, 7));
  const high = i32x4.add(v128.shuffle<i32>(s2, s3, 0, 4, 1, 5), v128.shuffle<i32>(s2, s3, 2, 6, 3, 7));
  return i32x4.add(v128.shuffle<i64>(low, high, 0, 2), v128.shuffle<i64>(low, high, 1, 3));
}

/** @inline */
function address(table: usize, index: i32): usize {
  return <usize>load<u32>(table + ((<usize>index) << 2));
}

/**
 * For each of m windows p: y[outs[p]][n] = Σ over runs t of rows[p][taps[t]][inner] · b + biases, times factors, with relu; floats,
 * or integers of `range` where it is not 0. Where m is not a multiple of eight, the last eight windows include windows that
 * are already computed.
 *
 * `outs`, `rows`  tables of m addresses: of the first channel of an output, relative to y, and of the first value of a
 *                 window, relative to x
 * `b`             int8 weights [n][count][inner], `inner` a multiple of 8, with zeros beyond the length of a run
 * `taps`          table of `count` offsets in bytes, one for each run
 * `table`         as outputTable writes it
 * `scratch`       64 bytes
 */
export function convolveIntegersNarrow(
  y: usize,
  outs: usize,
  x: usize,
  rows: usize,
  m: i32,
  b: usize,
  n: i32,
  taps: usize,
  count: i32,
  inner: i32,
  table: usize,
  relu: bool,
  range: usize,
  scratch: usize,
): void {
  if (m < 8) {
    // A table of eight windows: the first window stands for those that are missing.
    for (let i = 0; i < 8; i++) {
      const from = i < m ? i : 0;
      store<u32>(scratch + ((<usize>i) << 2), <u32>address(outs, from));
      store<u32>(scratch + ((<usize>i) << 2), <u32>address(rows, from), 32);
    }
    outs = scratch;
    rows = scratch + 32;
  }
  const bytes: usize = range ? 2 : 4;
  for (let j = 0; j < n; j++) {
    for (let p = 0; p < m; p += 8) {
      const first = (<usize>max(0, min(p, m - 8))) << 2;
      eightWindows(outs + first, y + <usize>j * bytes, x, rows + first, b, taps, count, inner, table, relu, range);
    }
    b += <usize>(count * inner);
    table += 4;
  }
}

function eightWindows(
  outs: usize,
  offset: usize,
  x: usize,
  rows: usize,
  b: usize,
  taps: usize,
  count: i32,
  inner: i32,
  table: usize,
  relu: bool,
  range: usize,
): void {
  let s0 = i32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let s4 = s0;
  let s5 = s0;
  let s6 = s0;
  let s7 = s0;
  for (let t = 0; t < count; t++) {
    const tap = x + address(taps, t);
    let a0 = address(rows, 0) + tap;
    let a1 = address(rows, 1) + tap;
    let a2 = address(rows, 2) + tap;
    let a3 = address(rows, 3) + tap;
    let a4 = address(rows, 4) + tap;
    let a5 = address(rows, 5) + tap;
    let a6 = address(rows, 6) + tap;
    let a7 = address(rows, 7) + tap;
    const end = b + <usize>inner;
    // Two vectors of eight in one turn: eight pointers advance.
    for (const last = b + (<usize>inner & ~15); b < last; b += 16) {
      let w = v128.load_ext<i8>(b);
      s0 = i32x4.add(s0, i32x4.dot_i16x8_s(v128.load(a0), w));
      s1 = i32x4.add(s1, i32x4.dot_i16x8_s(v128.load(a1), w));
      s2 = i32x4.add(s2, i32x4.dot_i16x8_s(v128.load(a2), w));
      s3 = i32x4.add(s3, i32x4.dot_i16x8_s(v128.load(a3), w));
      s4 = i32x4.add(s4, i32x4.dot_i16x8_s(v128.load(a4), w));
      s5 = i32x4.add(s5, i32x4.dot_i16x8_s(v128.load(a5), w));
      s6 = i32x4.add(s6, i32x4.dot_i16x8_s(v128.load(a6), w));
      s7 = i32x4.add(s7, i32x4.dot_i16x8_s(v128.load(a7), w));
      w = v128.load_ext<i8>(b, 8);
      s0 = i32x4.add(s0, i32x4.dot_i16x8_s(v128.load(a0, 16), w));
      s1 = i32x4.add(s1, i32x4.dot_i16x8_s(v128.load(a1, 16), w));
      s2 = i32x4.add(s2, i32x4.dot_i16x8_s(v128.load(a2, 16), w));
      s3 = i32x4.add(s3, i32x4.dot_i16x8_s(v128.load(a3, 16), w));
      s4 = i32x4.add(s4, i32x4.dot_i16x8_s(v128.load(a4, 16), w));
      s5 = i32x4.add(s5, i32x4.dot_i16x8_s(v128.load(a5, 16), w));
      s6 = i32x4.add(s6, i32x4.dot_i16x8_s(v128.load(a6, 16), w));
      s7 = i32x4.add(s7, i32x4.dot_i16x8_s(v128.load(a7, 16), w));
      a0 += 32;
      a1 += 32;
      a2 += 32;
      a3 += 32;
      a4 += 32;
      a5 += 32;
      a6 += 32;
      a7 += 32;
    }
    if (b < end) {
      const w = v128.load_ext<i8>(b);
      s0 = i32x4.add(s0, i32x4.dot_i16x8_s(v128.load(a0), w));
      s1 = i32x4.add(s1, i32x4.dot_i16x8_s(v128.load(a1), w));
      s2 = i32x4.add(s2, i32x4.dot_i16x8_s(v128.load(a2), w));
      s3 = i32x4.add(s3, i32x4.dot_i16x8_s(v128.load(a3), w));
      s4 = i32x4.add(s4, i32x4.dot_i16x8_s(v128.load(a4), w));
      s5 = i32x4.add(s5, i32x4.dot_i16x8_s(v128.load(a5), w));
      s6 = i32x4.add(s6, i32x4.dot_i16x8_s(v128.load(a6), w));
      s7 = i32x4.add(s7, i32x4.dot_i16x8_s(v128.load(a7), w));
      b += 8;
    }
  }
  storeFour(outs, offset, laneSums(s0, s1, s2, s3), table, relu, range);
  storeFour(outs + 16, offset, laneSums(s4, s5, s6, s7), table, relu, range);
}

/** Stores one channel of four windows. @inline */
function storeFour(outs: usize, offset: usize, sums: v128, table: usize, relu: bool, range: usize): void {
  const total = i32x4.add(sums, v128.load32_splat(table));
  let y = f32x4.mul(f32x4.convert_i32x4_s(total), v128.load32_splat(table, 32));
  const o0 = address(outs, 0) + offset;
  const o1 = address(outs, 1) + offset;
  const o2 = address(outs, 2) + offset;
  const o3 = address(outs, 3) + offset;
  if (range) {
    const q = rounded(y, lowestOf(range, relu), highestOf(range), rounding());
    v128.store_lane<i16>(o0, q, 0);
    v128.store_lane<i16>(o1, q, 2);
    v128.store_lane<i16>(o2, q, 4);
    v128.store_lane<i16>(o3, q, 6);
  } else {
    if (relu) y = f32x4.pmax(ZERO, y);
    v128.store_lane<f32>(o0, y, 0);
    v128.store_lane<f32>(o1, y, 1);
    v128.store_lane<f32>(o2, y, 2);
    v128.store_lane<f32>(o3, y, 3);
  }
}
