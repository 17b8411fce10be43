// Latent codes to symbols and back: rows × channels floats to channels × rows bytes. Channels with more than 255 levels also
// have lower bits; integers without a symbol have an escape, their distance from the nearest symbol.

import { CHANNEL, countOf, lowOf, shiftOf, stepOf, thresholdsOf } from './table';

/** Integers are clamped to ± this value. */
const MAX_INTEGER: f32 = 536870912;

/** Whether the fraction of a step above integer k rounds up to k + 1. @inline */
function roundsUp(part: f32, k: i32, thresholds: usize, low: i32, count: i32): bool {
  if (!thresholds) return part >= 0.5;
  return part >= load<f32>(thresholds + ((<usize>min(max(k - low + 1, 0), count)) << 2));
}

/**
 * symbols[channels][n] of z[n][channels]. Lower bits go to `bits`, the first into the lowest bit of a byte. Distances go to
 * `escapes` as varints: 7 bits a byte, the lowest first, the highest bit set in each byte but the last. Returns the end of the
 * escapes, as an f64, because JavaScript reads an i32 address beyond 2 GB as negative.
 */
export function quantize(
  symbols: usize,
  bits: usize,
  escapes: usize,
  z: usize,
  n: i32,
  channels: i32,
  table: usize,
): f64 {
  let pending: u64 = 0;
  let pendingBits = 0;
  for (let c = 0; c < channels; c++) {
    const channel = table + <usize>c * CHANNEL;
    const step = stepOf(channel);
    const low = lowOf(channel);
    const count = countOf(channel);
    const shift = shiftOf(channel);
    const thresholds = thresholdsOf(channel);
    const stride = (<usize>channels) << 2;
    let from = z + ((<usize>c) << 2);
    for (let i = 0; i < n; i++, from += stride) {
      const u = load<f32>(from) / step;
      // NaN becomes the lower limit.
      const lower =
        u < MAX_INTEGER
          ? u > -MAX_INTEGER
            ? floor<f32>(u)
            : -MAX_INTEGER
          : u >= MAX_INTEGER
            ? MAX_INTEGER
            : -MAX_INTEGER;
      let q = <i32>lower;
      if (lower < MAX_INTEGER && roundsUp(u - lower, q, thresholds, low, count)) q++;
      if (shift) {
        pending |= (<u64>(q & ((1 << shift) - 1))) << pendingBits;
        pendingBits += shift;
        for (; pendingBits >= 8; pendingBits -= 8, pending >>= 8) store<u8>(bits++, <u8>pending);
      }
      const s = (q >> shift) - low;
      store<u8>(symbols++, <u32>s < <u32>count ? s : count);
      if (<u32>s < <u32>count) continue;
      let distance: u32 = s < 0 ? ((<u32>(-1 - s)) << 1) | 1 : (<u32>(s - count)) << 1;
      for (; distance > 127; distance >>= 7) store<u8>(escapes++, (distance & 127) | 128);
      store<u8>(escapes++, distance);
    }
  }
  if (pendingBits) store<u8>(bits, <u8>pending);
  return <f64>escapes;
}

/**
 * z[n][channels] of the output of `quantize`. Accepts any bytes: returns the end of the escapes, or 0 where they exceed `end` or
 * `quantize` cannot have written them. Reads up to 8 bytes after the bits.
 */
export function dequantize(
  z: usize,
  symbols: usize,
  bits: usize,
  escapes: usize,
  end: usize,
  n: i32,
  channels: i32,
  table: usize,
): f64 {
  let at: usize = 0;
  for (let c = 0; c < channels; c++) {
    const channel = table + <usize>c * CHANNEL;
    const step = <f64>stepOf(channel);
    const low = <i64>lowOf(channel);
    const count = countOf(channel);
    const shift = shiftOf(channel);
    const stride = (<usize>channels) << 2;
    let to = z + ((<usize>c) << 2);
    for (let i = 0; i < n; i++, to += stride) {
      const s = <i32>load<u8>(symbols++);
      let high = low + s;
      if (s >= count) {
        let distance: u64 = 0;
        let varintShift = 0;
        let byte: u64 = 128;
        for (; byte & 128; varintShift += 7) {
          if (escapes >= end || varintShift > 28) return 0;
          byte = load<u8>(escapes++);
          distance |= (byte & 127) << varintShift;
        }
        if (!byte && varintShift > 7) return 0;
        high = distance & 1 ? low - 1 - (distance >> 1) : low + count + (distance >> 1);
      }
      let q = high << shift;
      if (shift) {
        q |= (load<u32>(bits + (at >> 3)) >> (at & 7)) & ((1 << shift) - 1);
        at += shift;
      }
      if (q > <i64>MAX_INTEGER || q < -(<i64>MAX_INTEGER)) return 0;
      store<f32>(to, <f32>(<f64>q * step));
    }
  }
  return <f64>escapes;
}
