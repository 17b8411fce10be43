// Codes to symbols and back: rows × channels floats to channels × rows bytes. Beside them lie the lower bits of channels
// with more than 255 levels, and the distance of what no symbol stands for.

import { CHANNEL, countOf, lowOf, shiftOf, stepOf, thresholdsOf } from './table';

/** Integers stay within ± this. */
const MOST: f32 = 536870912;

/** Whether the part of a step behind integer k is enough for k + 1. @inline */
function up(part: f32, k: i32, thresholds: usize, low: i32, count: i32): bool {
  if (!thresholds) return part >= 0.5;
  return part >= load<f32>(thresholds + ((<usize>min(max(k - low + 1, 0), count)) << 2));
}

/**
 * symbols[channels][n] of z[n][channels]. The lower bits go to `bits`, the first at the lowest place of a byte; distances
 * go to `escapes` as bytes of 7 bits, the lowest first, each but the last with its highest bit set. Returns where those
 * end: an f64, as JavaScript reads an address beyond 2 GB as a negative i32.
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
  let held: u64 = 0;
  let have = 0;
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
      // Of a NaN as well the lower limit.
      const whole = u < MOST ? (u > -MOST ? floor<f32>(u) : -MOST) : u >= MOST ? MOST : -MOST;
      let q = <i32>whole;
      if (whole < MOST && up(u - whole, q, thresholds, low, count)) q++;
      if (shift) {
        held |= (<u64>(q & ((1 << shift) - 1))) << have;
        have += shift;
        for (; have >= 8; have -= 8, held >>= 8) store<u8>(bits++, <u8>held);
      }
      const s = (q >> shift) - low;
      store<u8>(symbols++, <u32>s < <u32>count ? s : count);
      if (<u32>s < <u32>count) continue;
      let distance: u32 = s < 0 ? ((<u32>(-1 - s)) << 1) | 1 : (<u32>(s - count)) << 1;
      for (; distance > 127; distance >>= 7) store<u8>(escapes++, (distance & 127) | 128);
      store<u8>(escapes++, distance);
    }
  }
  if (have) store<u8>(bits, <u8>held);
  return <f64>escapes;
}

/**
 * z[n][channels] of what `quantize` wrote, whatever the bytes are. Returns where the escapes end, or 0 where they run
 * past `end` or say what `quantize` does not. Up to 8 bytes behind the bits are read.
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
        let places = 0;
        let byte: u64 = 128;
        for (; byte & 128; places += 7) {
          if (escapes >= end || places > 28) return 0;
          byte = load<u8>(escapes++);
          distance |= (byte & 127) << places;
        }
        if (!byte && places > 7) return 0;
        high = distance & 1 ? low - 1 - (distance >> 1) : low + count + (distance >> 1);
      }
      let q = high << shift;
      if (shift) {
        q |= (load<u32>(bits + (at >> 3)) >> (at & 7)) & ((1 << shift) - 1);
        at += shift;
      }
      if (q > <i64>MOST || q < -(<i64>MOST)) return 0;
      store<f32>(to, <f32>(<f64>q * step));
    }
  }
  return <f64>escapes;
}
