// Convolution to a few output channels, where panels of 8 columns would be mostly empty: the sum runs over four values of the
// window at a time, for eight windows side by side, which hides the latency of the additions.

import { loadPart, madd } from '../simd';

/** Sums of four lanes: (0 + 2) + (1 + 3) of each vector. @inline */
function laneSums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 1, 4, 5), v128.shuffle<f32>(a, b, 2, 3, 6, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 1, 4, 5), v128.shuffle<f32>(c, d, 2, 3, 6, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 2, 4, 6), v128.shuffle<f32>(ab, cd, 1, 3, 5, 7));
}

/** The address of window `index` in a table. @inline */
function entry(table: usize, index: usize): usize {
  return load<u32>(table + (index << 2));
}

/** Stores the sums of four windows plus `start`, with relu and mask where wanted. @inline */
function finish(out: usize, outs: usize, sums: v128, start: v128, mask: usize, relu: bool): void {
  const zero = f32x4.splat(0);
  let v = f32x4.add(sums, start);
  if (relu) v = f32x4.pmax(v, zero);
  const o0 = entry(outs, 0);
  const o1 = entry(outs, 1);
  const o2 = entry(outs, 2);
  const o3 = entry(outs, 3);
  if (mask) {
    let m = v128.load32_zero(mask + o0);
    m = v128.load_lane<f32>(mask + o1, m, 1);
    m = v128.load_lane<f32>(mask + o2, m, 2);
    m = v128.load_lane<f32>(mask + o3, m, 3);
    v = v128.and(v, f32x4.gt(m, zero));
  }
  v128.store_lane<f32>(out + o0, v, 0);
  v128.store_lane<f32>(out + o1, v, 1);
  v128.store_lane<f32>(out + o2, v, 2);
  v128.store_lane<f32>(out + o3, v, 3);
}

/**
 * As `convolve`, for a small n: `weights` are [n][taps][inner], as packNarrow writes them, and one output channel is computed at
 * a time. Reads up to 12 bytes after the run of a window, and does not use them. Scratch: 64 bytes.
 */
export function convolveNarrow(
  out: usize,
  outs: usize,
  rows: usize,
  m: i32,
  weights: usize,
  n: i32,
  taps: usize,
  count: i32,
  inner: i32,
  bias: usize,
  mask: usize,
  relu: bool,
  scratch: usize,
): void {
  if (m === 0) return;
  if (m < 8) {
    // The last window takes the place of missing windows.
    for (let i: i32 = 0; i < 8; i++) {
      const o = (<usize>i) << 2;
      store<u32>(scratch + o, load<u32>(rows + ((<usize>min(i, m - 1)) << 2)));
      store<u32>(scratch + o, load<u32>(outs + ((<usize>min(i, m - 1)) << 2)), 32);
    }
    rows = scratch;
    outs = scratch + 32;
    m = 8;
  }
  for (let j = 0; j < n; j++) {
    for (let p = 0; p < m; p += 8) {
      // The last eight windows may include windows that are already computed.
      const o = (<usize>min(p, m - 8)) << 2;
      convolveEight(out, outs + o, rows + o, weights, taps, count, inner, bias, mask, relu);
    }
    weights += (<usize>(count * inner)) << 2;
    out += 4;
    if (bias) bias += 4;
    if (mask) mask += 4;
  }
}

/** Sums of eight windows. */
function convolveEight(
  out: usize,
  outs: usize,
  rows: usize,
  w: usize,
  taps: usize,
  count: i32,
  inner: i32,
  bias: usize,
  mask: usize,
  relu: bool,
): void {
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let s4 = s0;
  let s5 = s0;
  let s6 = s0;
  let s7 = s0;
  for (let t = 0; t < count; t++) {
    const tap = entry(taps, t);
    let a0 = entry(rows, 0) + tap;
    let a1 = entry(rows, 1) + tap;
    let a2 = entry(rows, 2) + tap;
    let a3 = entry(rows, 3) + tap;
    let a4 = entry(rows, 4) + tap;
    let a5 = entry(rows, 5) + tap;
    let a6 = entry(rows, 6) + tap;
    let a7 = entry(rows, 7) + tap;
    const end = w + ((<usize>(inner & ~3)) << 2);
    while (w < end) {
      let v = v128.load(w);
      s0 = madd(v128.load(a0), v, s0);
      s1 = madd(v128.load(a1), v, s1);
      s2 = madd(v128.load(a2), v, s2);
      s3 = madd(v128.load(a3), v, s3);
      s4 = madd(v128.load(a4), v, s4);
      s5 = madd(v128.load(a5), v, s5);
      s6 = madd(v128.load(a6), v, s6);
      s7 = madd(v128.load(a7), v, s7);
      if (w + 16 === end) break;
      v = v128.load(w, 16);
      s0 = madd(v128.load(a0, 16), v, s0);
      s1 = madd(v128.load(a1, 16), v, s1);
      s2 = madd(v128.load(a2, 16), v, s2);
      s3 = madd(v128.load(a3, 16), v, s3);
      s4 = madd(v128.load(a4, 16), v, s4);
      s5 = madd(v128.load(a5, 16), v, s5);
      s6 = madd(v128.load(a6, 16), v, s6);
      s7 = madd(v128.load(a7, 16), v, s7);
      if (w + 32 === end) break;
      v = v128.load(w, 32);
      s0 = madd(v128.load(a0, 32), v, s0);
      s1 = madd(v128.load(a1, 32), v, s1);
      s2 = madd(v128.load(a2, 32), v, s2);
      s3 = madd(v128.load(a3, 32), v, s3);
      s4 = madd(v128.load(a4, 32), v, s4);
      s5 = madd(v128.load(a5, 32), v, s5);
      s6 = madd(v128.load(a6, 32), v, s6);
      s7 = madd(v128.load(a7, 32), v, s7);
      if (w + 48 === end) break;
      v = v128.load(w, 48);
      s0 = madd(v128.load(a0, 48), v, s0);
      s1 = madd(v128.load(a1, 48), v, s1);
      s2 = madd(v128.load(a2, 48), v, s2);
      s3 = madd(v128.load(a3, 48), v, s3);
      s4 = madd(v128.load(a4, 48), v, s4);
      s5 = madd(v128.load(a5, 48), v, s5);
      s6 = madd(v128.load(a6, 48), v, s6);
      s7 = madd(v128.load(a7, 48), v, s7);
      w += 64;
      a0 += 64;
      a1 += 64;
      a2 += 64;
      a3 += 64;
      a4 += 64;
      a5 += 64;
      a6 += 64;
      a7 += 64;
    }
    w = end;
    const left = inner & 3;
    if (left) {
      const skipped = (<usize>(inner & ~3)) << 2;
      const v = loadPart(w, left);
      // Values after the run could be infinite.
      const inside = i32x4.gt_s(i32x4.splat(left), i32x4(0, 1, 2, 3));
      const rest = tap + skipped;
      s0 = madd(v128.and(v128.load(entry(rows, 0) + rest), inside), v, s0);
      s1 = madd(v128.and(v128.load(entry(rows, 1) + rest), inside), v, s1);
      s2 = madd(v128.and(v128.load(entry(rows, 2) + rest), inside), v, s2);
      s3 = madd(v128.and(v128.load(entry(rows, 3) + rest), inside), v, s3);
      s4 = madd(v128.and(v128.load(entry(rows, 4) + rest), inside), v, s4);
      s5 = madd(v128.and(v128.load(entry(rows, 5) + rest), inside), v, s5);
      s6 = madd(v128.and(v128.load(entry(rows, 6) + rest), inside), v, s6);
      s7 = madd(v128.and(v128.load(entry(rows, 7) + rest), inside), v, s7);
      w += (<usize>left) << 2;
    }
  }
  const start = f32x4.splat(bias ? load<f32>(bias) : 0);
  finish(out, outs, laneSums(s0, s1, s2, s3), start, mask, relu);
  finish(out, outs + 16, laneSums(s4, s5, s6, s7), start, mask, relu);
}

/** out[n][taps][inner] for convolveNarrow. Tap t is at the address weights[t], as [inner][n], or as [n][inner] if `transposed`. */
export function packNarrow(out: usize, weights: usize, taps: i32, inner: i32, n: i32, transposed: bool): void {
  for (let j = 0; j < n; j++) {
    for (let t = 0; t < taps; t++) {
      const w = <usize>load<u32>(weights + ((<usize>t) << 2));
      for (let i = 0; i < inner; i++) {
        store<f32>(out, load<f32>(w + ((<usize>(transposed ? j * inner + i : i * n + j)) << 2)));
        out += 4;
      }
    }
  }
}
