// Copies integers to the order in which the tiles read them.

/** Copies a multiple of 2 bytes. Rows are short: a call of memory.copy for each would take longer. @inline */
function copyShort(to: usize, from: usize, bytes: i32): void {
  let i = 0;
  for (; i + 16 <= bytes; i += 16) v128.store(to + <usize>i, v128.load(from + <usize>i));
  if (bytes & 8) {
    store<u64>(to + <usize>i, load<u64>(from + <usize>i));
    i += 8;
  }
  if (bytes & 4) {
    store<u32>(to + <usize>i, load<u32>(from + <usize>i));
    i += 4;
  }
  if (bytes & 2) store<u16>(to + <usize>i, load<u16>(from + <usize>i));
}

/** Clears a multiple of 2 bytes. @inline */
function clearShort(to: usize, bytes: i32): void {
  let i = 0;
  for (; i + 16 <= bytes; i += 16) v128.store(to + <usize>i, i32x4.splat(0));
  for (; i < bytes; i += 2) store<u16>(to + <usize>i, 0);
}

/** As `pad`, for integers: out[batch][top + h + bottom][left + w + right][c] = x[batch][h][w][c] with zeros around it. */
export function padIntegers(
  out: usize,
  x: usize,
  batch: i32,
  h: i32,
  w: i32,
  c: i32,
  top: i32,
  bottom: i32,
  left: i32,
  right: i32,
): void {
  const row = (w * c) << 1;
  const before = (left * c) << 1;
  const after = (right * c) << 1;
  const wide = before + row + after;
  for (let b = 0; b < batch; b++) {
    clearShort(out, top * wide);
    out += <usize>(top * wide);
    for (let y = 0; y < h; y++) {
      clearShort(out, before);
      copyShort(out + <usize>before, x, row);
      clearShort(out + <usize>(before + row), after);
      out += <usize>wide;
      x += <usize>row;
    }
    clearShort(out, bottom * wide);
    out += <usize>(bottom * wide);
  }
}

/** Two neighbours of a row; 0 for the second where `second` is false. @inline */
function pairAt(row: usize, second: bool): u32 {
  return second ? load<u32>(row) : <u32>load<u16>(row);
}

/**
 * m windows in panels of four: for each run of a window and pair of neighbours in it, the pairs of the four windows, 16 bytes. An odd
 * `inner` is continued by a zero. Beyond window m the panel repeats the first of its windows.
 *
 * `windows`  table of m addresses, relative to x
 * `taps`     table of `count` offsets in bytes, one for each run of `inner` values
 */
export function packWindows(out: usize, x: usize, windows: usize, m: i32, taps: usize, count: i32, inner: i32): void {
  const tapsEnd = taps + ((<usize>count) << 2);
  for (let r = 0; r < m; r += 4) {
    const left = m - r;
    const r0 = x + load<u32>(windows);
    const r1 = left > 1 ? x + load<u32>(windows, 4) : r0;
    const r2 = left > 2 ? x + load<u32>(windows, 8) : r0;
    const r3 = left > 3 ? x + load<u32>(windows, 12) : r0;
    for (let t = taps; t < tapsEnd; t += 4) {
      const tap = <usize>load<u32>(t);
      out = packRun(out, r0 + tap, r1 + tap, r2 + tap, r3 + tap, inner);
    }
    windows += 16;
  }
}

/** Rows of x[m][k] in panels of four, as packWindows writes windows of one run. */
export function packRows(out: usize, x: usize, m: i32, k: i32): void {
  const stride = (<usize>k) << 1;
  for (let r = 0; r < m; r += 4) {
    const left = m - r;
    const r1 = left > 1 ? x + stride : x;
    const r2 = left > 2 ? x + 2 * stride : x;
    const r3 = left > 3 ? x + 3 * stride : x;
    out = packRun(out, x, r1, r2, r3, k);
    x += 4 * stride;
  }
}

/** One run of four windows; returns the address after it. @inline */
function packRun(out: usize, a0: usize, a1: usize, a2: usize, a3: usize, inner: i32): usize {
  let i = 0;
  for (; i + 8 <= inner; i += 8) {
    const x0 = v128.load(a0);
    const x1 = v128.load(a1);
    const x2 = v128.load(a2);
    const x3 = v128.load(a3);
    const lo01 = v128.shuffle<i32>(x0, x1, 0, 4, 1, 5);
    const hi01 = v128.shuffle<i32>(x0, x1, 2, 6, 3, 7);
    const lo23 = v128.shuffle<i32>(x2, x3, 0, 4, 1, 5);
    const hi23 = v128.shuffle<i32>(x2, x3, 2, 6, 3, 7);
    v128.store(out, v128.shuffle<i64>(lo01, lo23, 0, 2));
    v128.store(out, v128.shuffle<i64>(lo01, lo23, 1, 3), 16);
    v128.store(out, v128.shuffle<i64>(hi01, hi23, 0, 2), 32);
    v128.store(out, v128.shuffle<i64>(hi01, hi23, 1, 3), 48);
    out += 64;
    a0 += 16;
    a1 += 16;
    a2 += 16;
    a3 += 16;
  }
  for (; i < inner; i += 2) {
    const second = i + 1 < inner;
    store<u32>(out, pairAt(a0, second));
    store<u32>(out, pairAt(a1, second), 4);
    store<u32>(out, pairAt(a2, second), 8);
    store<u32>(out, pairAt(a3, second), 12);
    out += 16;
    a0 += 4;
    a1 += 4;
    a2 += 4;
    a3 += 4;
  }
  return out;
}

/** out[count] = the int8 weights as i16, `count` a multiple of 16. */
export function widen(out: usize, weights: usize, count: i32): void {
  const end = out + ((<usize>count) << 1);
  while (out < end) {
    v128.store(out, v128.load_ext<i8>(weights));
    v128.store(out, v128.load_ext<i8>(weights, 8), 16);
    out += 32;
    weights += 16;
  }
}
