// Panels of B: 8 columns side by side, k rows of 32 bytes, so that a tile reads one cache line after the other. Columns beyond
// `cols` are zero.

import { loadPart } from '../simd';

/** panel[k][8] from B[k][n] stored row by row, rows `ldb` bytes apart. */
export function packColumns(panel: usize, b: usize, ldb: usize, k: i32, cols: i32): void {
  const end = panel + ((<usize>k) << 5);
  if (cols >= 8) {
    while (panel < end) {
      v128.store(panel, v128.load(b));
      v128.store(panel, v128.load(b, 16), 16);
      panel += 32;
      b += ldb;
    }
    return;
  }
  const low = min(cols, 4);
  const high = cols - 4;
  while (panel < end) {
    v128.store(panel, loadPart(b, low));
    v128.store(panel, high > 0 ? loadPart(b + 16, high) : f32x4.splat(0), 16);
    panel += 32;
    b += ldb;
  }
}

/** panel[k][8] from Bᵀ: column j of the panel is row j of `b`, rows `ldb` bytes apart. */
export function packRows(panel: usize, b: usize, ldb: usize, k: i32, cols: i32): void {
  for (let half = 0; half < 8; half += 4) {
    const count = cols - half;
    const p = panel + ((<usize>half) << 2);
    // Instead of a row beyond `cols`, row 0 is read: its column is never stored to C.
    const r0 = count > 0 ? b + <usize>half * ldb : b;
    const r1 = count > 1 ? r0 + ldb : b;
    const r2 = count > 2 ? r0 + 2 * ldb : b;
    const r3 = count > 3 ? r0 + 3 * ldb : b;
    packFour(p, r0, r1, r2, r3, k);
  }
}

/** Four rows of length k become four columns of a panel, by 4×4 transposes. */
function packFour(p: usize, r0: usize, r1: usize, r2: usize, r3: usize, k: i32): void {
  const end = p + ((<usize>(k & ~3)) << 5);
  while (p < end) {
    const x0 = v128.load(r0);
    const x1 = v128.load(r1);
    const x2 = v128.load(r2);
    const x3 = v128.load(r3);
    const lo01 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5);
    const hi01 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7);
    const lo23 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5);
    const hi23 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
    v128.store(p, v128.shuffle<f64>(lo01, lo23, 0, 2));
    v128.store(p, v128.shuffle<f64>(lo01, lo23, 1, 3), 32);
    v128.store(p, v128.shuffle<f64>(hi01, hi23, 0, 2), 64);
    v128.store(p, v128.shuffle<f64>(hi01, hi23, 1, 3), 96);
    p += 128;
    r0 += 16;
    r1 += 16;
    r2 += 16;
    r3 += 16;
  }
  for (let left = k & 3; left > 0; left--) {
    store<f32>(p, load<f32>(r0));
    store<f32>(p, load<f32>(r1), 4);
    store<f32>(p, load<f32>(r2), 8);
    store<f32>(p, load<f32>(r3), 12);
    p += 32;
    r0 += 4;
    r1 += 4;
    r2 += 4;
    r3 += 4;
  }
}
