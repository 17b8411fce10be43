// Depthwise convolution: each channel is convolved by itself. Weights are [taps][c][multiplier] as in Keras; channel
// i·multiplier + q of the output comes from channel i of the input. With a multiplier of 1 four channels are computed at a time,
// with others one. `rows` is a table of m window addresses, `taps` one of `count` offsets in bytes.

import { loadPart, madd, storePart } from '../simd';

/** y[m][c·multiplier] = bias + Σ over taps: rows[p][taps[t]][c] · w[t]. */
export function depthwise(
  y: usize,
  rows: usize,
  m: i32,
  w: usize,
  bias: usize,
  c: i32,
  multiplier: i32,
  taps: usize,
  count: i32,
): void {
  const n = c * multiplier;
  const bytes = (<usize>n) << 2;
  for (let p = 0; p < m; p++) {
    const row = <usize>load<u32>(rows + ((<usize>p) << 2));
    if (multiplier === 1) {
      for (let i = 0; i < c; i += 4) {
        const o = (<usize>i) << 2;
        const left = c - i;
        let s = bias ? loadPart(bias + o, left) : f32x4.splat(0);
        for (let t = 0; t < count; t++) {
          const x = loadPart(row + load<u32>(taps + ((<usize>t) << 2)) + o, left);
          s = madd(x, loadPart(w + <usize>t * bytes + o, left), s);
        }
        storePart(y + o, s, left);
      }
    } else {
      for (let i = 0; i < n; i++) {
        const o = (<usize>i) << 2;
        const from = (<usize>(i / multiplier)) << 2;
        let s: f32 = bias ? load<f32>(bias + o) : 0;
        for (let t = 0; t < count; t++) {
          s += load<f32>(row + load<u32>(taps + ((<usize>t) << 2)) + from) * load<f32>(w + <usize>t * bytes + o);
        }
        store<f32>(y + o, s);
      }
    }
    y += bytes;
  }
}

/** dx[c] at rows[p] + taps[t] += dy[p] · w[t]. The padded dx must start at zero. */
export function depthwiseInput(
  rows: usize,
  m: i32,
  dy: usize,
  w: usize,
  c: i32,
  multiplier: i32,
  taps: usize,
  count: i32,
): void {
  const n = c * multiplier;
  const bytes = (<usize>n) << 2;
  for (let p = 0; p < m; p++) {
    const row = <usize>load<u32>(rows + ((<usize>p) << 2));
    for (let t = 0; t < count; t++) {
      const d = row + load<u32>(taps + ((<usize>t) << 2));
      const v = w + <usize>t * bytes;
      if (multiplier === 1) {
        for (let i = 0; i < c; i += 4) {
          const o = (<usize>i) << 2;
          const left = c - i;
          storePart(d + o, madd(loadPart(dy + o, left), loadPart(v + o, left), loadPart(d + o, left)), left);
        }
      } else {
        for (let i = 0; i < n; i++) {
          const o = (<usize>i) << 2;
          const at = d + ((<usize>(i / multiplier)) << 2);
          store<f32>(at, load<f32>(at) + load<f32>(dy + o) * load<f32>(v + o));
        }
      }
    }
    dy += bytes;
  }
}

/** dw[t] = Σ over windows p of rows[p][taps[t]][c] · dy[p] (+ dw[t] if `accumulate`). */
export function depthwiseWeights(
  dw: usize,
  rows: usize,
  m: i32,
  dy: usize,
  c: i32,
  multiplier: i32,
  taps: usize,
  count: i32,
  accumulate: bool,
): void {
  const n = c * multiplier;
  const bytes = (<usize>n) << 2;
  for (let t = 0; t < count; t++) {
    const tap = <usize>load<u32>(taps + ((<usize>t) << 2));
    if (multiplier === 1) {
      for (let i = 0; i < c; i += 4) {
        const o = (<usize>i) << 2;
        const left = c - i;
        let s = accumulate ? loadPart(dw + o, left) : f32x4.splat(0);
        for (let p = 0; p < m; p++) {
          const x = loadPart(<usize>load<u32>(rows + ((<usize>p) << 2)) + tap + o, left);
          s = madd(x, loadPart(dy + <usize>p * bytes + o, left), s);
        }
        storePart(dw + o, s, left);
      }
    } else {
      for (let i = 0; i < n; i++) {
        const o = (<usize>i) << 2;
        const from = tap + ((<usize>(i / multiplier)) << 2);
        let s: f32 = accumulate ? load<f32>(dw + o) : 0;
        for (let p = 0; p < m; p++) {
          s += load<f32>(<usize>load<u32>(rows + ((<usize>p) << 2)) + from) * load<f32>(dy + <usize>p * bytes + o);
        }
        store<f32>(dw + o, s);
      }
    }
    dw += bytes;
  }
}
