// Depthwise convolution of integers: 8 channels at a time, two taps of the window in one multiplication.

import { copyColumns, storeRow } from './output';

/** The address of a tap at a window. @inline */
function tapAt(row: usize, taps: usize, t: i32): usize {
  return row + <usize>load<u32>(taps + ((<usize>t) << 2));
}

/**
 * out[m][c · multiplier] = Σ over taps t of rows[p][taps[t]][c] · b[t] + biases, times factors, with relu; floats, or integers
 * of `range` where it is not 0. Channel i · multiplier + q of the output comes from channel i of the input.
 *
 * `rows`     table of m addresses of the first value of a window, relative to x
 * `b`        int8 weights in panels of 8 output channels, for each pair of taps: 8 pairs. An odd count and n are continued by zeros
 * `table`    as outputTable writes it
 * `scratch`  32 bytes
 */
export function depthwiseIntegers(
  out: usize,
  x: usize,
  rows: usize,
  m: i32,
  b: usize,
  c: i32,
  multiplier: i32,
  taps: usize,
  count: i32,
  table: usize,
  relu: bool,
  range: usize,
  scratch: usize,
): void {
  const n = c * multiplier;
  const bytes: usize = range ? 2 : 4;
  const panel = (<usize>((count + 1) >> 1)) << 4;
  for (let p = 0; p < m; p++) {
    const row = x + load<u32>(rows + ((<usize>p) << 2));
    let weights = b;
    let factors = table;
    for (let j = 0; j < n; j += 8) {
      const columns = n - j;
      const to = columns >= 8 ? out + <usize>j * bytes : scratch;
      if (multiplier === 1) channels(to, row + ((<usize>j) << 1), weights, taps, count, factors, relu, range);
      else spread(to, row, j, min(n, j + 8), multiplier, weights, taps, count, factors, relu, range);
      if (columns < 8) copyColumns(out + <usize>j * bytes, scratch, columns, range !== 0);
      weights += panel;
      factors += 64;
    }
    out += <usize>n * bytes;
  }
}

/** Eight channels of one window. @inline */
function channels(
  out: usize,
  row: usize,
  b: usize,
  taps: usize,
  count: i32,
  table: usize,
  relu: bool,
  range: usize,
): void {
  let s0 = v128.load(table);
  let s1 = v128.load(table, 16);
  for (let t = 0; t < count; t += 2) {
    const x = v128.load(tapAt(row, taps, t));
    const y = t + 1 < count ? v128.load(tapAt(row, taps, t + 1)) : x;
    const low = v128.shuffle<i16>(x, y, 0, 8, 1, 9, 2, 10, 3, 11);
    const high = v128.shuffle<i16>(x, y, 4, 12, 5, 13, 6, 14, 7, 15);
    s0 = i32x4.add(s0, i32x4.dot_i16x8_s(low, v128.load_ext<i8>(b)));
    s1 = i32x4.add(s1, i32x4.dot_i16x8_s(high, v128.load_ext<i8>(b, 8)));
    b += 16;
  }
  storeRow(out, s0, s1, table, relu, range);
}

/** The output channels `first` to before `end`, up to eight, one at a time, where an input channel has several output channels. */
function spread(
  out: usize,
  row: usize,
  first: i32,
  end: i32,
  multiplier: i32,
  b: usize,
  taps: usize,
  count: i32,
  table: usize,
  relu: bool,
  range: usize,
): void {
  let s0 = v128.load(table);
  let s1 = v128.load(table, 16);
  for (let j = first; j < end; j++) {
    const from = (<usize>(j / multiplier)) << 1;
    const lane = <usize>(j - first);
    let sum = load<i32>(table + (lane << 2));
    for (let t = 0; t < count; t++) {
      const at = b + ((<usize>(t >> 1)) << 4) + (lane << 1) + <usize>(t & 1);
      sum += <i32>load<i16>(tapAt(row, taps, t) + from) * <i32>load<i8>(at);
    }
    const bits = i32x4.splat(sum);
    const mask = i32x4.eq(i32x4.splat(<i32>lane & 3), i32x4(0, 1, 2, 3));
    if (lane < 4) s0 = v128.bitselect(bits, s0, mask);
    else s1 = v128.bitselect(bits, s1, mask);
  }
  storeRow(out, s0, s1, table, relu, range);
}
