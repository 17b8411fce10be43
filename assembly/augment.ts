// Augmentations of images and signals: shifts, mirror images, brightness and contrast.

import { clampTo, loadPart, madd, splat, storePart } from './simd';

/**
 * Mirrors y[h][w][c] (`flips`: 1 left to right, 2 upside down, 3 both), then moves it `down` and `right`. Values that come
 * from outside are `value`, or those of the nearest edge where `value` is NaN. `copy` is a block of the size of y.
 */
export function shiftFlip(
  y: usize,
  copy: usize,
  h: i32,
  w: i32,
  c: i32,
  flips: i32,
  down: i32,
  right: i32,
  value: f32,
): void {
  memory.copy(copy, y, (<usize>(h * w * c)) << 2);
  for (let i = 0; i < h; i++) {
    const a = i - down;
    const b = min(max(a, 0), h - 1);
    const row = flips & 2 ? h - 1 - b : b;
    for (let j = 0; j < w; j++) {
      const d = j - right;
      const e = min(max(d, 0), w - 1);
      const column = flips & 1 ? w - 1 - e : e;
      const from = copy + ((<usize>((row * w + column) * c)) << 2);
      const keep = (a === b && d === e) || isNaN(value);
      for (let k: usize = 0; k < (<usize>c) << 2; k += 4) store<f32>(y + k, keep ? load<f32>(from + k) : value);
      y += (<usize>c) << 2;
    }
  }
}

/** y[n] = mean + factor · (y - mean) + delta clamped to low..high, with the mean of all n values. */
export function brightnessContrast(y: usize, n: i32, factor: f64, delta: f64, low: f32, high: f32): void {
  let total: f64 = 0;
  for (let i = 0; i < n; i++) total += load<f32>(y + ((<usize>i) << 2));
  const shift = splat(<f32>(delta + (total / n) * (1 - factor)));
  for (let i = 0; i < n; i += 4) {
    const o = (<usize>i) << 2;
    const left = n - i;
    const v = madd(loadPart(y + o, left), splat(<f32>factor), shift);
    storePart(y + o, clampTo(v, low, high), left);
  }
}
