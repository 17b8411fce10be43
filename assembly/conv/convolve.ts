// Convolution as a matrix product that reads its rows through tables of addresses: conv1d and conv2d forward and, with the
// weights transposed, the gradient of their input, which is conv2dTranspose.

import { packColumns, packRows } from '../gemm/pack';
import { FROM_BIAS, FROM_C, FROM_ZERO } from '../gemm/tile';
import { fused } from '../simd';
import { convolveTile } from './tile';

/**
 * Panels of B[taps][inner][n] for `convolve`. Tap t is at the address weights[t], as [inner][n], or as [n][inner] if
 * `transposed`. A panel of 8 columns has taps · inner · 32 bytes.
 */
export function packTaps(out: usize, weights: usize, taps: i32, inner: i32, n: i32, transposed: bool): void {
  for (let j = 0; j < n; j += 8) {
    for (let t = 0; t < taps; t++) {
      const w = <usize>load<u32>(weights + ((<usize>t) << 2));
      if (transposed) packRows(out, w + <usize>j * ((<usize>inner) << 2), (<usize>inner) << 2, inner, n - j);
      else packColumns(out, w + ((<usize>j) << 2), (<usize>n) << 2, inner, n - j);
      out += (<usize>inner) << 5;
    }
  }
}

/**
 * For each of m windows p: outs[p][n] = Σ over taps t and i < inner of rows[p][taps[t] + 4i] · B[t·inner + i][n], plus bias[n]
 * where `bias` is not 0, or plus outs[p][n] if `accumulate`; then relu if `relu`. `rows` and `outs` are tables of m addresses,
 * `taps` one of `count` offsets in bytes; `panels` are as packTaps writes them. Scratch: 192 bytes.
 */
export function convolve(
  outs: usize,
  rows: usize,
  m: i32,
  panels: usize,
  n: i32,
  taps: usize,
  count: i32,
  inner: i32,
  bias: usize,
  accumulate: bool,
  relu: bool,
  scratch: usize,
): void {
  const panel = (<usize>(count * inner)) << 5;
  const from = accumulate ? FROM_C : bias ? FROM_BIAS : FROM_ZERO;
  for (let j = 0; j < n; j += 8) {
    const cols = n - j;
    if (cols >= 8) {
      convolvePanel(
        outs,
        rows,
        m,
        (<usize>j) << 2,
        panels,
        taps,
        count,
        inner,
        bias ? bias + ((<usize>j) << 2) : 0,
        from,
        relu,
      );
    } else {
      convolveEdge(outs, rows, m, (<usize>j) << 2, cols, panels, taps, count, inner, bias, from, relu, scratch);
    }
    panels += panel;
  }
}

/** All windows with one panel, whose columns begin `offset` bytes after the addresses in `outs`. */
function convolvePanel(
  outs: usize,
  rows: usize,
  m: i32,
  offset: usize,
  b: usize,
  taps: usize,
  count: i32,
  inner: i32,
  bias: usize,
  from: i32,
  relu: bool,
): void {
  while (m > 0) {
    let r = 1;
    if (fused() && m >= 6 && m !== 8) {
      convolveTile(6, outs, offset, rows, taps, count, inner, b, bias, from, relu);
      r = 6;
    } else if (m >= 4) {
      convolveTile(4, outs, offset, rows, taps, count, inner, b, bias, from, relu);
      r = 4;
    } else {
      convolveTile(1, outs, offset, rows, taps, count, inner, b, bias, from, relu);
    }
    outs += (<usize>r) << 2;
    rows += (<usize>r) << 2;
    m -= r;
  }
}

/** The last panel where n is not a multiple of 8: four windows at a time, through a tile of 8 columns in scratch. */
function convolveEdge(
  outs: usize,
  rows: usize,
  m: i32,
  offset: usize,
  cols: i32,
  b: usize,
  taps: usize,
  count: i32,
  inner: i32,
  bias: usize,
  from: i32,
  relu: bool,
  scratch: usize,
): void {
  const table = scratch;
  const tile = scratch + 32;
  const start = scratch + 160;
  const bytes = (<usize>cols) << 2;
  if (from === FROM_BIAS) memory.copy(start, bias + offset, bytes);
  for (let i = 0; i < 4; i++) store<u32>(table + ((<usize>i) << 2), <u32>(tile + ((<usize>i) << 5)));
  for (let p = 0; p < m; p += 4) {
    const r = min(4, m - p);
    const o = (<usize>p) << 2;
    if (from === FROM_C) {
      for (let i = 0; i < r; i++) {
        memory.copy(tile + ((<usize>i) << 5), <usize>load<u32>(outs + o + ((<usize>i) << 2)) + offset, bytes);
      }
    }
    convolvePanel(table, rows + o, r, 0, b, taps, count, inner, start, from, relu);
    for (let i = 0; i < r; i++) {
      memory.copy(<usize>load<u32>(outs + o + ((<usize>i) << 2)) + offset, tile + ((<usize>i) << 5), bytes);
    }
  }
}
