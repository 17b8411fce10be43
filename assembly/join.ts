// Where two paths meet: a sum, or channels side by side.

import { loadPart, storePart } from './simd';

/** y[n] = a + b; y may be either. */
export function add(y: usize, a: usize, b: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const o = (<usize>i) << 2;
    const left = n - i;
    storePart(y + o, f32x4.add(loadPart(a + o, left), loadPart(b + o, left)), left);
  }
}

/** y[n] = x, 32-bit values of any type. The blocks may overlap. */
export function copy(y: usize, x: usize, n: i32): void {
  memory.copy(y, x, (<usize>n) << 2);
}

/** out[rows][n] at the columns from `to` on = x[rows][c] at those from `from` on, `count` of them. */
export function copyColumns(out: usize, n: i32, to: i32, x: usize, c: i32, from: i32, count: i32, rows: i32): void {
  out += (<usize>to) << 2;
  x += (<usize>from) << 2;
  for (let r = 0; r < rows; r++) {
    memory.copy(out, x, (<usize>count) << 2);
    out += (<usize>n) << 2;
    x += (<usize>c) << 2;
  }
}
