// Convolution as a matrix product that reads its rows through tables of addresses: conv1d and conv2d forward and, with the
// weights transposed, the gradient of their input, which is conv2dTranspose.

import { packColumns, packRows } from '../gemm/pack';
import { constant, fused } from '../simd';
import { convolveTile } from './tile';

const ZERO = constant(0);

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
 * For each of m windows p: y[n] at `out` + outs[p] = Σ over taps t and i < inner of rows[p][taps[t] + 4i] · B[t·inner + i][n], plus
 * bias[n] where `bias` is not 0; then relu if `relu`. Where `mask` is not 0, y is 0 wherever the value at `mask` + outs[p] + 4j is not
 * above 0: the gradient of a relu whose output is at `mask`. `rows` is a table of m addresses, `outs` one of m offsets, `taps` one
 * of `count` offsets, in bytes; `panels` are as packTaps writes them. Scratch: 224 bytes.
 */
export function convolve(
  out: usize,
  outs: usize,
  rows: usize,
  m: i32,
  panels: usize,
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
  if (m < 4) {
    // A tile needs four windows: the last window takes the place of missing windows.
    for (let i: i32 = 0; i < 4; i++) {
      const from = (<usize>min(i, m - 1)) << 2;
      store<u32>(scratch + ((<usize>i) << 2), load<u32>(rows + from), 192);
      store<u32>(scratch + ((<usize>i) << 2), load<u32>(outs + from), 208);
    }
    rows = scratch + 192;
    outs = scratch + 208;
    m = 4;
  }
  const panel = (<usize>(count * inner)) << 5;
  for (let cols = n; cols > 0; cols -= 8) {
    if (cols >= 8) convolvePanel(out, outs, rows, m, panels, taps, count, inner, bias, mask, relu);
    else convolveEdge(out, outs, rows, m, cols, panels, taps, count, inner, bias, mask, relu, scratch);
    panels += panel;
    out += 32;
    if (bias) bias += 32;
    if (mask) mask += 32;
  }
}

/** All windows, four or more, with one panel. */
function convolvePanel(
  out: usize,
  outs: usize,
  rows: usize,
  m: i32,
  b: usize,
  taps: usize,
  count: i32,
  inner: i32,
  bias: usize,
  mask: usize,
  relu: bool,
): void {
  const zero = ZERO;
  while (m > 0) {
    if (m < 4) {
      // The last tile includes windows that are already computed.
      outs -= (<usize>(4 - m)) << 2;
      rows -= (<usize>(4 - m)) << 2;
    }
    let r = 4;
    if (fused() && m >= 6 && m !== 8) {
      convolveTile(6, out, outs, rows, taps, count, inner, b, bias, mask, relu, zero);
      r = 6;
    } else {
      convolveTile(4, out, outs, rows, taps, count, inner, b, bias, mask, relu, zero);
    }
    outs += (<usize>r) << 2;
    rows += (<usize>r) << 2;
    m -= r;
  }
}

/** The last panel where n is not a multiple of 8: four windows at a time, through a tile of 8 columns in scratch. */
function convolveEdge(
  out: usize,
  outs: usize,
  rows: usize,
  m: i32,
  cols: i32,
  b: usize,
  taps: usize,
  count: i32,
  inner: i32,
  bias: usize,
  mask: usize,
  relu: bool,
  scratch: usize,
): void {
  const tile = scratch + 32;
  const start = scratch + 160;
  if (bias) memory.copy(start, bias, (<usize>cols) << 2);
  for (let i = 0; i < 4; i++) store<u32>(scratch + ((<usize>i) << 2), (<u32>i) << 5);
  for (let p = 0; p < m; p += 4) {
    const o = (<usize>min(p, m - 4)) << 2;
    convolvePanel(tile, scratch, rows + o, 4, b, taps, count, inner, bias ? start : 0, 0, relu);
    for (let i = 0; i < 4; i++) {
      const offset = <usize>load<u32>(outs + o + ((<usize>i) << 2));
      for (let j = 0; j < cols; j++) {
        const value = load<f32>(tile + ((<usize>(8 * i + j)) << 2));
        const at = offset + ((<usize>j) << 2);
        store<f32>(out + at, !mask || load<f32>(mask + at) > 0 ? value : 0);
      }
    }
  }
}
