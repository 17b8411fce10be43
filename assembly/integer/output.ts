// Converts the sums of a tile to floats, or to integers of the next layer's range, by the factors of an output table.

import { constant } from '../simd';
import { highestOf, lowestOf, rounded, rounding } from './values';

const ZERO = constant(0);

/** Stores 8 columns of one row as floats: sums times factors. @inline */
export function storeFloats(out: usize, s0: v128, s1: v128, f0: v128, f1: v128, relu: bool): void {
  let y0 = f32x4.mul(f32x4.convert_i32x4_s(s0), f0);
  let y1 = f32x4.mul(f32x4.convert_i32x4_s(s1), f1);
  if (relu) {
    y0 = f32x4.pmax(ZERO, y0);
    y1 = f32x4.pmax(ZERO, y1);
  }
  v128.store(out, y0);
  v128.store(out, y1, 16);
}

/** Stores 8 columns of one row as integers lowest..highest. @inline */
export function storeIntegers(
  out: usize,
  s0: v128,
  s1: v128,
  f0: v128,
  f1: v128,
  lowest: v128,
  highest: v128,
  round: v128,
): void {
  const low = rounded(f32x4.mul(f32x4.convert_i32x4_s(s0), f0), lowest, highest, round);
  const high = rounded(f32x4.mul(f32x4.convert_i32x4_s(s1), f1), lowest, highest, round);
  v128.store(out, i16x8.narrow_i32x4_s(low, high));
}

/**
 * Stores 8 columns of one row, as floats or, where `range` is not 0, as its integers. `table`: as outputTable writes it, at the panel
 * of the columns.
 */
export function storeRow(out: usize, s0: v128, s1: v128, table: usize, relu: bool, range: usize): void {
  const f0 = v128.load(table, 32);
  const f1 = v128.load(table, 48);
  if (range) storeIntegers(out, s0, s1, f0, f1, lowestOf(range, relu), highestOf(range), rounding());
  else storeFloats(out, s0, s1, f0, f1, relu);
}

/** Copies the first `columns` values of a row, of 2 bytes or of 4. A call of memory.copy would cost more than the tile. */
export function copyColumns(to: usize, from: usize, columns: i32, integers: bool): void {
  for (let j = 0; j < columns; j++) {
    const o = <usize>j;
    if (integers) store<i16>(to + (o << 1), load<i16>(from + (o << 1)));
    else store<f32>(to + (o << 2), load<f32>(from + (o << 2)));
  }
}
