// What coding knows of a channel, 28 bytes in 32; JavaScript writes it (src/codec/modes/quantized/memory.ts).
//
//   0 f32 step      4 i32 low    8 u32 count  12 u32 shift   16, 20, 24: addresses, of
//   entries         count + 1 × 16 bytes: u64 reciprocal, u32 limit, u16 frequency, u16 start
//   upper           u16, where each symbol's slots end: 16 ends of groups of 16, then the groups; behind the last 0x7fff
//   thresholds      count + 1 × f32, the part of a step from which on it is rounded up; or 0, then half
//
// A symbol s < count stands for the integers from (low + s) << shift on, symbol `count` for all others.

export const CHANNEL: usize = 32;

/** @inline */
export function stepOf(channel: usize): f32 {
  return load<f32>(channel);
}
/** @inline */
export function lowOf(channel: usize): i32 {
  return load<i32>(channel, 4);
}
/** @inline */
export function countOf(channel: usize): i32 {
  return load<i32>(channel, 8);
}
/** @inline */
export function shiftOf(channel: usize): i32 {
  return load<i32>(channel, 12);
}
/** @inline */
export function entriesOf(channel: usize): usize {
  return load<usize>(channel, 16);
}
/** @inline */
export function upperOf(channel: usize): usize {
  return load<usize>(channel, 20);
}
/** @inline */
export function thresholdsOf(channel: usize): usize {
  return load<usize>(channel, 24);
}
