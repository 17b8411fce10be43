// The matrix product of quantized layers. i32x4.dot_i16x8_s multiplies 8 pairs of i16 and adds the products in twos, so weights
// and activations lie in pairs of neighbours in k: a tile reads one pair of a row and multiplies it by the pairs of 8 columns.
// Integers have no rounding: the order of the sums does not matter, and each runtime gives the same bits.

import { copyColumns, storeFloats, storeIntegers, storeRow } from './output';
import { widen } from './pack';
import { highestOf, lowestOf, rounding } from './values';

/** The output of a row: at its address in a table, or at a multiple of a stride. @inline */
function rowAddress(outs: usize, y: usize, stride: usize, row: i32): usize {
  return outs ? <usize>load<u32>(outs + ((<usize>row) << 2)) + y : y + <usize>row * stride;
}

/**
 * y[m][n] = a[m][k] · b[k][n] + biases, times factors, with relu; floats, or integers of `range` where it is not 0.
 *
 * `outs`     table of m addresses to which rows of y are written, relative to y; 0: rows of y follow one another
 * `a`        panels of four rows, as packWindows writes them
 * `b`        int8 weights in panels of 8 columns, for each pair in k: 8 pairs. An odd k and n are continued by zeros
 * `table`    as outputTable writes it
 * `scratch`  32 · pairs + 128 bytes
 */
export function multiplyIntegers(
  y: usize,
  outs: usize,
  a: usize,
  b: usize,
  table: usize,
  m: i32,
  n: i32,
  pairs: i32,
  relu: bool,
  range: usize,
  scratch: usize,
): void {
  if (m < 4 && !outs) {
    multiplyRows(y, a, b, table, m, n, pairs, relu, range, scratch);
    return;
  }
  const bytes: usize = range ? 2 : 4;
  const stride = <usize>n * bytes;
  const panel = (<usize>pairs) << 4;
  for (let j = 0; j < n; j += 8) {
    widen(scratch, b, <i32>panel);
    panelRows(y + <usize>j * bytes, outs, stride, a, m, panel, min(8, n - j), table, relu, range, scratch);
    b += panel;
    table += 64;
  }
}

/** All rows of one panel of widened weights; `panel`: bytes of a panel of `a`. */
function panelRows(
  y: usize,
  outs: usize,
  stride: usize,
  a: usize,
  m: i32,
  panel: usize,
  columns: i32,
  table: usize,
  relu: bool,
  range: usize,
  b: usize,
): void {
  const edge = b + (panel << 1);
  for (let r = 0; r < m; r += 4) {
    const rows = min(4, m - r);
    const full = columns === 8 && rows === 4;
    const o0 = full ? rowAddress(outs, y, stride, r) : edge;
    const o1 = full ? rowAddress(outs, y, stride, r + 1) : edge + 32;
    const o2 = full ? rowAddress(outs, y, stride, r + 2) : edge + 64;
    const o3 = full ? rowAddress(outs, y, stride, r + 3) : edge + 96;
    let s00 = v128.load(table);
    let s01 = v128.load(table, 16);
    let s10 = s00;
    let s11 = s01;
    let s20 = s00;
    let s21 = s01;
    let s30 = s00;
    let s31 = s01;
    const end = a + panel;
    // One turn of the loop is one pair. Unrolled twice, V8 moves a sum to the stack, and the loop is 5 % slower.
    for (let w = b; a < end; w += 32) {
      const b0 = v128.load(w);
      const b1 = v128.load(w, 16);
      let x = v128.load32_splat(a);
      s00 = i32x4.add(s00, i32x4.dot_i16x8_s(x, b0));
      s01 = i32x4.add(s01, i32x4.dot_i16x8_s(x, b1));
      x = v128.load32_splat(a, 4);
      s10 = i32x4.add(s10, i32x4.dot_i16x8_s(x, b0));
      s11 = i32x4.add(s11, i32x4.dot_i16x8_s(x, b1));
      x = v128.load32_splat(a, 8);
      s20 = i32x4.add(s20, i32x4.dot_i16x8_s(x, b0));
      s21 = i32x4.add(s21, i32x4.dot_i16x8_s(x, b1));
      x = v128.load32_splat(a, 12);
      s30 = i32x4.add(s30, i32x4.dot_i16x8_s(x, b0));
      s31 = i32x4.add(s31, i32x4.dot_i16x8_s(x, b1));
      a += 16;
    }
    const f0 = v128.load(table, 32);
    const f1 = v128.load(table, 48);
    if (range) {
      const lowest = lowestOf(range, relu);
      const highest = highestOf(range);
      const round = rounding();
      storeIntegers(o0, s00, s01, f0, f1, lowest, highest, round);
      storeIntegers(o1, s10, s11, f0, f1, lowest, highest, round);
      storeIntegers(o2, s20, s21, f0, f1, lowest, highest, round);
      storeIntegers(o3, s30, s31, f0, f1, lowest, highest, round);
    } else {
      storeFloats(o0, s00, s01, f0, f1, relu);
      storeFloats(o1, s10, s11, f0, f1, relu);
      storeFloats(o2, s20, s21, f0, f1, relu);
      storeFloats(o3, s30, s31, f0, f1, relu);
    }
    if (!full) {
      for (let i = 0; i < rows; i++)
        copyColumns(rowAddress(outs, y, stride, r + i), edge + ((<usize>i) << 5), columns, range !== 0);
    }
  }
}

/** As multiplyIntegers without `outs`, for up to three rows: weights are widened as they are read. Scratch: 32 bytes. */
function multiplyRows(
  y: usize,
  a: usize,
  b: usize,
  table: usize,
  m: i32,
  n: i32,
  pairs: i32,
  relu: bool,
  range: usize,
  scratch: usize,
): void {
  const bytes: usize = range ? 2 : 4;
  const panel = (<usize>pairs) << 4;
  for (let j = 0; j < n; j += 8) {
    const columns = n - j;
    for (let r = 0; r < m; r++) {
      const out = y + <usize>(r * n + j) * bytes;
      rowTile(columns >= 8 ? out : scratch, a + ((<usize>r) << 2), b, panel, table, relu, range);
      if (columns < 8) copyColumns(out, scratch, columns, range !== 0);
    }
    b += panel;
    table += 64;
  }
}

/** One row by 8 columns. Even and odd pairs have separate sums, so that additions do not wait for each other. @inline */
function rowTile(out: usize, a: usize, b: usize, panel: usize, table: usize, relu: bool, range: usize): void {
  let s0 = v128.load(table);
  let s1 = v128.load(table, 16);
  let t0 = i32x4.splat(0);
  let t1 = t0;
  const end = b + panel;
  const even = b + (panel & ~31);
  while (b < even) {
    let x = v128.load32_splat(a);
    s0 = i32x4.add(s0, i32x4.dot_i16x8_s(x, v128.load_ext<i8>(b)));
    s1 = i32x4.add(s1, i32x4.dot_i16x8_s(x, v128.load_ext<i8>(b, 8)));
    x = v128.load32_splat(a, 16);
    t0 = i32x4.add(t0, i32x4.dot_i16x8_s(x, v128.load_ext<i8>(b, 16)));
    t1 = i32x4.add(t1, i32x4.dot_i16x8_s(x, v128.load_ext<i8>(b, 24)));
    a += 32;
    b += 32;
  }
  if (b < end) {
    const x = v128.load32_splat(a);
    t0 = i32x4.add(t0, i32x4.dot_i16x8_s(x, v128.load_ext<i8>(b)));
    t1 = i32x4.add(t1, i32x4.dot_i16x8_s(x, v128.load_ext<i8>(b, 8)));
  }
  storeRow(out, i32x4.add(s0, t0), i32x4.add(s1, t1), table, relu, range);
}
