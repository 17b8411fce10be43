// Dropout (Srivastava et al., 2014).

import { philox } from './math/philox';
import { unitInterval } from './rng';
import { loadPart, splat, storePart } from './simd';

/**
 * y[n] = x / (1 - rate) with probability 1 - rate, else 0. `first` is the group of 16 random words of the first value.
 * Backward is the same call on the gradients: the same counter gives the same mask.
 */
export function dropout(
  y: usize,
  x: usize,
  n: i32,
  rate: f32,
  first: i32,
  scratch: usize,
  step: u32,
  stream: u32,
  seedLow: u32,
  seedHigh: u32,
): void {
  const scale = splat(1 / (1 - rate));
  const limit = splat(rate);
  for (let i = 0; i < n; i += 4) {
    if ((i & 15) === 0) philox(scratch, first + (i >> 4), step, stream, seedLow, seedHigh);
    const left = n - i;
    const o = (<usize>i) << 2;
    const u = unitInterval(scratch + (o & 63));
    const masked = v128.and(f32x4.mul(loadPart(x + o, left), scale), f32x4.ge(u, limit));
    storePart(y + o, masked, left);
  }
}
