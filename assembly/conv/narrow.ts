// Convolution to a few output channels, where panels of 8 columns would be mostly empty: the sum runs over four values of the
// window at a time, for eight windows side by side, which hides the latency of the additions.

import { loadPart, madd } from '../simd';

/** The sum of four lanes, in pairs. @inline */
function pairwiseSum(v: v128): f32 {
  const pairs = f32x4.add(v, v128.shuffle<f32>(v, v, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/** The sum of a window plus `start`, with relu where wanted. @inline */
function finish(v: v128, start: f32, relu: bool): f32 {
  const s = pairwiseSum(v) + start;
  return relu && s < 0 ? 0 : s;
}

/**
 * As `convolve`, for a small n: `weights` are [n][taps][inner], as packNarrow writes them, and one output channel is computed at
 * a time. A window gives the same bits alone and among eight.
 */
export function convolveNarrow(
  outs: usize,
  rows: usize,
  m: i32,
  weights: usize,
  n: i32,
  taps: usize,
  count: i32,
  inner: i32,
  bias: usize,
  relu: bool,
): void {
  for (let j = 0; j < n; j++) {
    const w = weights + ((<usize>(j * count * inner)) << 2);
    const start: f32 = bias ? load<f32>(bias + ((<usize>j) << 2)) : 0;
    let p = 0;
    for (; p + 8 <= m; p += 8)
      convolveEight(
        outs + ((<usize>p) << 2),
        rows + ((<usize>p) << 2),
        (<usize>j) << 2,
        w,
        taps,
        count,
        inner,
        start,
        relu,
      );
    for (; p < m; p++) {
      const row = <usize>load<u32>(rows + ((<usize>p) << 2));
      let s = f32x4.splat(0);
      let v = w;
      for (let t = 0; t < count; t++) {
        const a = row + load<u32>(taps + ((<usize>t) << 2));
        for (let i = 0; i < inner; i += 4) {
          s = madd(loadPart(a + ((<usize>i) << 2), inner - i), loadPart(v + ((<usize>i) << 2), inner - i), s);
        }
        v += (<usize>inner) << 2;
      }
      store<f32>(<usize>load<u32>(outs + ((<usize>p) << 2)) + ((<usize>j) << 2), finish(s, start, relu));
    }
  }
}

function convolveEight(
  outs: usize,
  rows: usize,
  offset: usize,
  w: usize,
  taps: usize,
  count: i32,
  inner: i32,
  start: f32,
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
    const tap = <usize>load<u32>(taps + ((<usize>t) << 2));
    const a0 = <usize>load<u32>(rows) + tap;
    const a1 = <usize>load<u32>(rows, 4) + tap;
    const a2 = <usize>load<u32>(rows, 8) + tap;
    const a3 = <usize>load<u32>(rows, 12) + tap;
    const a4 = <usize>load<u32>(rows, 16) + tap;
    const a5 = <usize>load<u32>(rows, 20) + tap;
    const a6 = <usize>load<u32>(rows, 24) + tap;
    const a7 = <usize>load<u32>(rows, 28) + tap;
    let i = 0;
    for (; i + 4 <= inner; i += 4) {
      const o = (<usize>i) << 2;
      const v = v128.load(w + o);
      s0 = madd(v128.load(a0 + o), v, s0);
      s1 = madd(v128.load(a1 + o), v, s1);
      s2 = madd(v128.load(a2 + o), v, s2);
      s3 = madd(v128.load(a3 + o), v, s3);
      s4 = madd(v128.load(a4 + o), v, s4);
      s5 = madd(v128.load(a5 + o), v, s5);
      s6 = madd(v128.load(a6 + o), v, s6);
      s7 = madd(v128.load(a7 + o), v, s7);
    }
    if (i < inner) {
      const o = (<usize>i) << 2;
      const left = inner - i;
      const v = loadPart(w + o, left);
      s0 = madd(loadPart(a0 + o, left), v, s0);
      s1 = madd(loadPart(a1 + o, left), v, s1);
      s2 = madd(loadPart(a2 + o, left), v, s2);
      s3 = madd(loadPart(a3 + o, left), v, s3);
      s4 = madd(loadPart(a4 + o, left), v, s4);
      s5 = madd(loadPart(a5 + o, left), v, s5);
      s6 = madd(loadPart(a6 + o, left), v, s6);
      s7 = madd(loadPart(a7 + o, left), v, s7);
    }
    w += (<usize>inner) << 2;
  }
  store<f32>(<usize>load<u32>(outs) + offset, finish(s0, start, relu));
  store<f32>(<usize>load<u32>(outs, 4) + offset, finish(s1, start, relu));
  store<f32>(<usize>load<u32>(outs, 8) + offset, finish(s2, start, relu));
  store<f32>(<usize>load<u32>(outs, 12) + offset, finish(s3, start, relu));
  store<f32>(<usize>load<u32>(outs, 16) + offset, finish(s4, start, relu));
  store<f32>(<usize>load<u32>(outs, 20) + offset, finish(s5, start, relu));
  store<f32>(<usize>load<u32>(outs, 24) + offset, finish(s6, start, relu));
  store<f32>(<usize>load<u32>(outs, 28) + offset, finish(s7, start, relu));
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
