// Elementwise operations on whole blocks, copies and access to one float.

import { clampTo, loadPart, splat, storePart } from './simd';

/** y[n] = a + b; y may be either. */
export function add(y: usize, a: usize, b: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const o = (<usize>i) << 2;
    const left = n - i;
    storePart(y + o, f32x4.add(loadPart(a + o, left), loadPart(b + o, left)), left);
  }
}

/** y[n] = a · b; y may be either. */
export function multiply(y: usize, a: usize, b: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const o = (<usize>i) << 2;
    const left = n - i;
    storePart(y + o, f32x4.mul(loadPart(a + o, left), loadPart(b + o, left)), left);
  }
}

/** g[n] = g · factor. */
export function scale(g: usize, n: i32, factor: f32): void {
  for (let i = 0; i < n; i += 4) {
    const o = (<usize>i) << 2;
    const left = n - i;
    storePart(g + o, f32x4.mul(loadPart(g + o, left), splat(factor)), left);
  }
}

/** y[n] = x clamped to low..high; y may be x. */
export function clamp(y: usize, x: usize, n: i32, low: f32, high: f32): void {
  for (let i = 0; i < n; i += 4) {
    const o = (<usize>i) << 2;
    const left = n - i;
    storePart(y + o, clampTo(loadPart(x + o, left), low, high), left);
  }
}

/** dx[n] = dy where low < y < high, else 0: the gradient of `clamp`. */
export function clampBackward(dx: usize, dy: usize, y: usize, n: i32, low: f32, high: f32): void {
  for (let i = 0; i < n; i += 4) {
    const o = (<usize>i) << 2;
    const left = n - i;
    const v = loadPart(y + o, left);
    const inside = v128.and(f32x4.gt(v, splat(low)), f32x4.lt(v, splat(high)));
    storePart(dx + o, v128.and(loadPart(dy + o, left), inside), left);
  }
}

/** x[n] = 0. */
export function clear(x: usize, n: i32): void {
  memory.fill(x, 0, (<usize>n) << 2);
}

/** y[n] = x, 32-bit values of any type. The blocks may overlap. */
export function copy(y: usize, x: usize, n: i32): void {
  memory.copy(y, x, (<usize>n) << 2);
}

/** Copies `count` columns of x[rows][c], from column `from` on, to out[rows][n], from column `to` on. */
export function copyColumns(out: usize, n: i32, to: i32, x: usize, c: i32, from: i32, count: i32, rows: i32): void {
  out += (<usize>to) << 2;
  x += (<usize>from) << 2;
  for (let r = 0; r < rows; r++) {
    memory.copy(out, x, (<usize>count) << 2);
    out += (<usize>n) << 2;
    x += (<usize>c) << 2;
  }
}

/** y[rows][n] = x[n] in each row. */
export function broadcastRows(y: usize, x: usize, rows: i32, n: i32): void {
  const bytes = (<usize>n) << 2;
  for (let r = 0; r < rows; r++) {
    memory.copy(y, x, bytes);
    y += bytes;
  }
}

/** Sets `lines` runs of n values to `value`; the starts of the runs are `stride` values apart. */
export function fillRuns(y: usize, lines: i32, stride: i32, n: i32, value: f32): void {
  for (let l = 0; l < lines; l++) {
    for (let i = 0; i < n; i++) store<f32>(y + ((<usize>i) << 2), value);
    y += (<usize>stride) << 2;
  }
}

/** The float at an address. */
export function loadFloat(address: usize): f32 {
  return load<f32>(address);
}

/** Writes a float to an address. */
export function storeFloat(address: usize, value: f32): void {
  store<f32>(address, value);
}
