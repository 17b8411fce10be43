// The table of a channel, 28 bytes in 32, which JavaScript writes (src/codec/modes/quantized/memory.ts).
//
//   0 f32 step      4 i32 low    8 u32 count  12 u32 shift   16, 20, 24: addresses, of
//   entries         count + 1 × 16 bytes: u64 reciprocal, u32 limit, u16 frequency, u16 start
//   upper           u16, the end of the slots of each symbol: 16 ends of groups of 16, then the groups; 0x7fff after the last
//   thresholds      count + 1 × f32, the fraction of a step from which a value is rounded up; or 0 for a half
//
// A symbol s < count is an integer of which (low + s) are the upper bits, without the lowest `shift`; symbol `count` is an escape.

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
