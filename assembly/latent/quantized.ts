// Quantized bottlenecks: rounding, and uniform noise in its place during training.

import { philox } from '../math/philox';
import { signedUnitInterval } from '../rng';
import { loadPart, madd, splat, storePart } from '../simd';

/** y[n] = the multiple of `step` nearest to x; of two the even one. */
export function roundTo(y: usize, x: usize, n: i32, step: f32): void {
  for (let i = 0; i < n; i += 4) {
    const o = (<usize>i) << 2;
    const left = n - i;
    storePart(y + o, f32x4.mul(f32x4.nearest(f32x4.div(loadPart(x + o, left), splat(step))), splat(step)), left);
  }
}

/** y[n] = x + step · u, u uniform in [-1/2, 1/2). `first` is the group of 16 random words of the first value. */
export function addUniform(
  y: usize,
  x: usize,
  n: i32,
  step: f32,
  first: i32,
  scratch: usize,
  trainingStep: u32,
  stream: u32,
  seedLow: u32,
  seedHigh: u32,
): void {
  for (let i = 0; i < n; i += 4) {
    if ((i & 15) === 0) philox(scratch, first + (i >> 4), trainingStep, stream, seedLow, seedHigh);
    const left = n - i;
    const o = (<usize>i) << 2;
    const u = signedUnitInterval(scratch + (o & 63));
    storePart(y + o, madd(u, splat(step), loadPart(x + o, left)), left);
  }
}
