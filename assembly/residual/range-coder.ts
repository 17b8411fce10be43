// A range coder of bits (Mahoney, Adaptive weighing of context models for lossless data compression, 2005): an interval of
// 32-bit numbers, narrowed in proportion to the probability of each bit.

import { CODER } from './state';

// Fields of the state, u32 each. LOW and HIGH are the ends of the interval, CODE_WORD the four bytes that a decoder has read.
const LOW: usize = CODER;
const HIGH: usize = CODER + 4;
const CODE_WORD: usize = CODER + 8;
/** The address of the next byte of the stream, and that of its end. */
export const POSITION: usize = CODER + 12;
const END: usize = CODER + 16;
const DECODING: usize = CODER + 20;

/** Below this difference LOW and HIGH agree in their first byte. */
const ONE_BYTE: u32 = 0x1000000;

/** Starts a stream in [position, end). */
export function startStream(s: usize, position: usize, end: usize, decoding: bool): void {
  store<u32>(s, 0, LOW);
  store<u32>(s, 0xffffffff, HIGH);
  store<u32>(s, position, POSITION);
  store<u32>(s, end, END);
  store<u32>(s, decoding, DECODING);
  let word: u32 = 0;
  if (decoding) for (let i = 0; i < 4; i++) word = (word << 8) | nextByte(s);
  store<u32>(s, word, CODE_WORD);
}

/** The next byte; zeros after the end, where POSITION still advances. */
function nextByte(s: usize): u32 {
  const position = load<u32>(s, POSITION);
  store<u32>(s, position + 1, POSITION);
  return position < load<u32>(s, END) ? load<u8>(position) : 0;
}

/** Writes the fewest bytes that, followed by zeros, are a number in [LOW, HIGH]. */
export function flush(s: usize): void {
  const low = load<u32>(s, LOW);
  const high = load<u32>(s, HIGH);
  if (low === 0) return;
  let position = load<u32>(s, POSITION);
  let mask: u32 = 0xffffff;
  let word = low;
  // A number that ends in zero bytes needs fewer bytes. The sum may overflow: then it is below LOW.
  while (mask) {
    word = (low + mask) & ~mask;
    if (word >= low && word <= high) break;
    mask >>= 8;
    word = low;
  }
  for (; word; word <<= 8) store<u8>(position++, word >> 24);
  store<u32>(s, position, POSITION);
}

/** Codes a bit that is 1 with probability p / 65536: the first part of the interval stands for 1. Returns the bit. @inline */
export function codeWithProbability(s: usize, p: u32, bit: i32): i32 {
  let low = load<u32>(s, LOW);
  let high = load<u32>(s, HIGH);
  const middle = low + <u32>((<u64>(high - low) * p) >> 16);
  const decoding = load<u32>(s, DECODING);
  if (decoding) bit = i32(load<u32>(s, CODE_WORD) <= middle);
  if (bit) high = middle;
  else low = middle + 1;
  while ((low ^ high) < ONE_BYTE) {
    if (decoding) store<u32>(s, (load<u32>(s, CODE_WORD) << 8) | nextByte(s), CODE_WORD);
    else {
      const position = load<u32>(s, POSITION);
      store<u8>(position, high >> 24);
      store<u32>(s, position + 1, POSITION);
    }
    low <<= 8;
    high = (high << 8) | 255;
  }
  store<u32>(s, low, LOW);
  store<u32>(s, high, HIGH);
  return bit;
}

/** Codes a bit that is 0 or 1 with equal probability. */
export function codeUniformBit(s: usize, bit: i32): i32 {
  return codeWithProbability(s, 32768, bit);
}
