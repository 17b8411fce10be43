// The end of a tile: sums become floats, or integers of the next layer's range, by the factors of an output table.

import { constant } from '../simd';
import { highestOf, lowestOf, rounded } from './values';

const ZERO = constant(0);

/** Sums of four columns times their factors at `factors`. @inline */
export function scaled(sum: v128, factors: usize): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(sum), v128.load(factors));
}

/** Stores 8 columns of one row as floats. `table`: as outputTable writes it, at the panel of the columns. @inline */
export function storeFloats(out: usize, s0: v128, s1: v128, table: usize, relu: bool): void {
  let y0 = scaled(s0, table + 32);
  let y1 = scaled(s1, table + 48);
  if (relu) {
    y0 = f32x4.pmax(ZERO, y0);
    y1 = f32x4.pmax(ZERO, y1);
  }
  v128.store(out, y0);
  v128.store(out, y1, 16);
}

/** Stores 8 columns of one row as integers lowest..highest. @inline */
export function storeIntegers(out: usize, s0: v128, s1: v128, table: usize, lowest: v128, highest: v128): void {
  const low = rounded(scaled(s0, table + 32), lowest, highest);
  const high = rounded(scaled(s1, table + 48), lowest, highest);
  v128.store(out, i16x8.narrow_i32x4_s(low, high));
}

/** Stores 8 columns of one row, as floats or, where `range` is not 0, as its integers. */
export function storeRow(out: usize, s0: v128, s1: v128, table: usize, relu: bool, range: usize): void {
  if (range) storeIntegers(out, s0, s1, table, lowestOf(range, relu), highestOf(range));
  else storeFloats(out, s0, s1, table, relu);
}

/** Copies the first `columns` values of a row, of 2 bytes or of 4. A call of memory.copy would cost more than the tile. */
export function copyColumns(to: usize, from: usize, columns: i32, integers: bool): void {
  for (let j = 0; j < columns; j++) {
    const o = <usize>j;
    if (integers) store<i16>(to + (o << 1), load<i16>(from + (o << 1)));
    else store<f32>(to + (o << 2), load<f32>(from + (o << 2)));
  }
}
