// Random words, and the noise of training made from them.

import { philox } from './math/philox';
import { loadPart, splat, storePart } from './simd';

/** out[n] = 32-bit words from..from+n-1 of a stream; n and from are multiples of 16. */
export function randomWords(out: usize, from: i32, n: i32, step: u32, stream: u32, seedLow: u32, seedHigh: u32): void {
  for (let i = 0; i < n; i += 16) philox(out + ((<usize>i) << 2), (from + i) >> 4, step, stream, seedLow, seedHigh);
}

/** out[n] = uniform in [-limit, limit), computed in f64: what weights begin from. */
export function uniform(
  out: usize,
  n: i32,
  limit: f64,
  scratch: usize,
  step: u32,
  stream: u32,
  seedLow: u32,
  seedHigh: u32,
): void {
  for (let i = 0; i < n; i++) {
    const o = (<usize>i) << 2;
    if ((i & 15) === 0) philox(scratch, i >> 4, step, stream, seedLow, seedHigh);
    const u = <f64>(load<u32>(scratch + (o & 63)) >> 8) * 1.1920928955078125e-7 - 1;
    store<f32>(out + o, <f32>(u * limit));
  }
}

/**
 * y[n] = x kept with probability 1 - rate and divided by it, else 0. Called with the
 * gradients it is its own backward: the mask comes from the counter again.
 */
export function dropout(
  y: usize,
  x: usize,
  n: i32,
  rate: f32,
  scratch: usize,
  step: u32,
  stream: u32,
  seedLow: u32,
  seedHigh: u32,
): void {
  const scale = splat(1 / (1 - rate));
  const limit = splat(rate);
  for (let i = 0; i < n; i += 4) {
    if ((i & 15) === 0) philox(scratch, i >> 4, step, stream, seedLow, seedHigh);
    const left = n - i;
    const o = (<usize>i) << 2;
    const u = f32x4.mul(
      f32x4.convert_i32x4_s(i32x4.shr_u(v128.load(scratch + (o & 63)), 8)),
      splat(5.9604644775390625e-8),
    );
    const kept = v128.and(f32x4.mul(loadPart(x + o, left), scale), f32x4.ge(u, limit));
    storePart(y + o, kept, left);
  }
}
