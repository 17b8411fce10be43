// Random words of Philox, and uniform numbers made of them. Sixteen words make a group; a vector of four words is made into
// four numbers.

import { philox } from './math/philox';
import { splat } from './simd';

/** 2^-23 and 2^-24: steps of numbers of 24 bits. */
const STEP_23: f32 = 1.1920928955078125e-7;
const STEP_24: f32 = 5.9604644775390625e-8;

/** out[n] = the 32-bit words from..from+n-1 of a stream; n and from are multiples of 16. */
export function randomWords(out: usize, from: i32, n: i32, step: u32, stream: u32, seedLow: u32, seedHigh: u32): void {
  for (let i = 0; i < n; i += 16) philox(out + ((<usize>i) << 2), (from + i) >> 4, step, stream, seedLow, seedHigh);
}

/** out[n] = uniform in [-limit, limit), computed in f64: initial weights. */
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
    const u = <f64>(load<u32>(scratch + (o & 63)) >> 8) * <f64>STEP_23 - 1;
    store<f32>(out + o, <f32>(u * limit));
  }
}

/** Four words as odd multiples of 2^-23 in (-1, 1): exact, symmetric and never -1, 0 or 1. @inline */
export function symmetric(words: usize): v128 {
  const k = i32x4.add(i32x4.shl(i32x4.shr_u(v128.load(words), 9), 1), i32x4.splat(1 - (1 << 23)));
  return f32x4.mul(f32x4.convert_i32x4_s(k), splat(STEP_23));
}

/** Four words as multiples of 2^-24 in [0, 1). @inline */
export function unitInterval(words: usize): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_u(v128.load(words), 8)), splat(STEP_24));
}

/** Four words as multiples of 2^-24 in [-1/2, 1/2). @inline */
export function signedUnitInterval(words: usize): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_s(v128.load(words), 8)), splat(STEP_24));
}

/** Word i of a stream as a multiple of 2^-24 in [0, 1): a number that is drawn once for a sample. */
export function uniformAt(i: i32, scratch: usize, step: u32, stream: u32, seedLow: u32, seedHigh: u32): f64 {
  philox(scratch, i >> 4, step, stream, seedLow, seedHigh);
  return <f64>(load<u32>(scratch + ((<usize>(i & 15)) << 2)) >> 8) * <f64>STEP_24;
}
