// The matrix product in three forms over one loop nest. For a block of k and a panel of 8 columns of B, which is packed into
// `scratch` and stays in the L1 cache, each row of A is read once. An element of C is always summed over k from first to last,
// so that strict results do not depend on the number of rows or on the tile.

import { fused } from '../simd';
import { fewRows, usesStrips } from './few-rows';
import { packColumns, packRows } from './pack';
import { FROM_BIAS, FROM_C, FROM_ZERO, tile } from './tile';

/** Rows of a packed panel: 512 × 32 bytes are half of an L1 cache of 32 KB. */
const BLOCK: i32 = 512;
/** Rows of the edge tile. */
const EDGE_ROWS: i32 = 12;
/** Bytes of scratch a product needs: a panel, the edge tile and 8 biases. */
export const SCRATCH: i32 = BLOCK * 32 + EDGE_ROWS * 32 + 32;

/** c[m][n] = a[m][k] · b[k][n] (+ bias[n] where `bias` is not 0; + c instead if `accumulate`). */
export function gemm(
  c: usize,
  a: usize,
  b: usize,
  bias: usize,
  m: i32,
  n: i32,
  k: i32,
  accumulate: bool,
  scratch: usize,
): void {
  const first = usesStrips(m, n, k) ? fewRows(c, a, b, bias, m, n, k, accumulate) : 0;
  nest(false, false, c, a, (<usize>k) << 2, 4, b, bias, m, n, k, accumulate, scratch, first);
}

/** c[m][n] = a[m][k] · b[n][k]ᵀ (+ c if `accumulate`). */
export function gemmNT(c: usize, a: usize, b: usize, m: i32, n: i32, k: i32, accumulate: bool, scratch: usize): void {
  nest(false, true, c, a, (<usize>k) << 2, 4, b, 0, m, n, k, accumulate, scratch, 0);
}

/**
 * c[m][n] = a[k][m]ᵀ · b[k][n] (+ c if `accumulate`). The rows of a are `stride` values apart, so that c may be some rows of a
 * larger product.
 */
export function gemmTN(
  c: usize,
  a: usize,
  b: usize,
  m: i32,
  n: i32,
  k: i32,
  accumulate: bool,
  scratch: usize,
  stride: i32,
): void {
  nest(true, false, c, a, 4, (<usize>stride) << 2, b, 0, m, n, k, accumulate, scratch, 0);
}

/**
 * Whether to read 8 columns of B without packing. For a few rows packing costs more than it saves: without it 32×784×64 is 11 %
 * faster, 1×784×64 twice as fast. But rows of B a few KB apart share cache lines: 32×784×1024 would be 40 % slower.
 * @inline
 */
function readsUnpacked(m: i32, n: i32, k: i32): bool {
  return m <= 8 || (m <= 48 && (n <= 512 || k <= 128));
}

/** The columns of C from `first` on. @inline */
function nest(
  AT: bool,
  BT: bool,
  c: usize,
  a: usize,
  aRow: usize,
  aCol: usize,
  b: usize,
  bias: usize,
  m: i32,
  n: i32,
  k: i32,
  accumulate: bool,
  scratch: usize,
  first: i32,
): void {
  const ldc = (<usize>n) << 2;
  const ldb = BT ? (<usize>k) << 2 : ldc;
  const edge = scratch + BLOCK * 32;
  const edgeBias = edge + EDGE_ROWS * 32;
  // Equal blocks: 784 is 2 × 392 rather than 512 + 272.
  // Reading A down its columns loads a cache line for 6 values. With shorter blocks these lines stay in the cache until the next tiles
  // read them. 480³ gains 23 %, 1024×512×64 96 %. A third of the length is as fast as a quarter, and 1 to 2 % faster at 32×784×64.
  const longest = AT ? BLOCK / 3 : BLOCK;
  const blocks = (k + longest - 1) / longest;
  const size = (k + blocks - 1) / blocks;
  for (let k0 = 0; k0 < k; k0 += size) {
    const kb = min(size, k - k0);
    const from = k0 > 0 || accumulate ? FROM_C : bias ? FROM_BIAS : FROM_ZERO;
    const a0 = a + <usize>k0 * aCol;
    for (let j = first; j < n; j += 8) {
      const cols = n - j;
      const o = (<usize>j) << 2;
      let from8 = scratch;
      let ld8: usize = 32;
      if (BT) {
        packRows(scratch, b + <usize>j * ldb + ((<usize>k0) << 2), ldb, kb, cols);
      } else if ((AT && !fused()) || cols < 8 || !readsUnpacked(m, n, kb)) {
        packColumns(scratch, b + <usize>k0 * ldb + o, ldb, kb, cols);
      } else {
        from8 = b + <usize>k0 * ldb + o;
        ld8 = ldb;
      }
      if (cols >= 8) panel(AT, c + o, ldc, a0, aRow, aCol, from8, ld8, kb, m, bias + o, from);
      else narrow(AT, c + o, ldc, a0, aRow, aCol, scratch, kb, m, bias + o, from, cols, edge, edgeBias);
    }
  }
}

/** All rows of C in one panel, in the tallest tiles that leave no single row. @inline */
function rows(
  AT: bool,
  c: usize,
  ldc: usize,
  a: usize,
  aRow: usize,
  aCol: usize,
  b: usize,
  ldb: usize,
  k: i32,
  m: i32,
  bias: usize,
  from: i32,
): void {
  while (m > 0) {
    let r = 1;
    if (fused() && m >= 6 && m !== 8) {
      tile(6, AT, c, ldc, a, aRow, aCol, b, ldb, k, bias, from);
      r = 6;
    } else if (m >= 4) {
      tile(4, AT, c, ldc, a, aRow, aCol, b, ldb, k, bias, from);
      r = 4;
    } else {
      tile(1, AT, c, ldc, a, aRow, aCol, b, ldb, k, bias, from);
    }
    c += <usize>r * ldc;
    a += <usize>r * aRow;
    m -= r;
  }
}

function straightRows(
  c: usize,
  ldc: usize,
  a: usize,
  aRow: usize,
  aCol: usize,
  b: usize,
  ldb: usize,
  k: i32,
  m: i32,
  bias: usize,
  from: i32,
): void {
  rows(false, c, ldc, a, aRow, aCol, b, ldb, k, m, bias, from);
}

function transposedRows(
  c: usize,
  ldc: usize,
  a: usize,
  aRow: usize,
  aCol: usize,
  b: usize,
  ldb: usize,
  k: i32,
  m: i32,
  bias: usize,
  from: i32,
): void {
  rows(true, c, ldc, a, aRow, aCol, b, ldb, k, m, bias, from);
}

/** @inline */
function panel(
  AT: bool,
  c: usize,
  ldc: usize,
  a: usize,
  aRow: usize,
  aCol: usize,
  b: usize,
  ldb: usize,
  k: i32,
  m: i32,
  bias: usize,
  from: i32,
): void {
  if (AT) transposedRows(c, ldc, a, aRow, aCol, b, ldb, k, m, bias, from);
  else straightRows(c, ldc, a, aRow, aCol, b, ldb, k, m, bias, from);
}

/** The last panel where n is not a multiple of 8, through an edge tile of 8 columns in scratch. @inline */
function narrow(
  AT: bool,
  c: usize,
  ldc: usize,
  a: usize,
  aRow: usize,
  aCol: usize,
  b: usize,
  k: i32,
  m: i32,
  bias: usize,
  from: i32,
  cols: i32,
  edge: usize,
  edgeBias: usize,
): void {
  const bytes = (<usize>cols) << 2;
  if (from === FROM_BIAS) memory.copy(edgeBias, bias, bytes);
  for (let i = 0; i < m; i += EDGE_ROWS) {
    const r = min(EDGE_ROWS, m - i);
    const first = c + <usize>i * ldc;
    if (from === FROM_C)
      for (let j = 0; j < r; j++) memory.copy(edge + ((<usize>j) << 5), first + <usize>j * ldc, bytes);
    panel(AT, edge, 32, a + <usize>i * aRow, aRow, aCol, b, 32, k, r, edgeBias, from);
    for (let j = 0; j < r; j++) memory.copy(first + <usize>j * ldc, edge + ((<usize>j) << 5), bytes);
  }
}
