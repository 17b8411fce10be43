// One bit: seven counters have an opinion, two mixers weigh them, a range coder writes what is surprising.
// After M. Mahoney, Adaptive weighing of context models for lossless data compression, 2005 (logistic mixing).

import { CODER, COUNTERS, MIXERS, RATES, SQUASH, STRETCH } from './state';

/** Fields at s + CODER. The coder holds [LOW, HIGH], 32 bits each; WORD is what a decoder has read. */
export const LOW: usize = CODER;
export const HIGH: usize = CODER + 4;
export const WORD: usize = CODER + 8;
export const AT: usize = CODER + 12;
export const END: usize = CODER + 16;
export const DECODING: usize = CODER + 20;
/** Byte offsets of the seven contexts' counters among all, and of the two weights in their tables. */
export const CONTEXTS: usize = CODER + 24;
export const CHOSEN: usize = CODER + 52;

/** Addresses may reach 4 GB, so counters of bytes are kept apart from them: AT and END are addresses. */
export function start(s: usize, at: usize, end: usize, decoding: bool): void {
  store<u32>(s, 0, LOW);
  store<u32>(s, 0xffffffff, HIGH);
  store<u32>(s, at, AT);
  store<u32>(s, end, END);
  store<u32>(s, decoding, DECODING);
  let word: u32 = 0;
  if (decoding) for (let i = 0; i < 4; i++) word = (word << 8) | next(s);
  store<u32>(s, word, WORD);
}

/** The next byte; behind the end come zeros, and AT counts on. */
function next(s: usize): u32 {
  const at = load<u32>(s, AT);
  store<u32>(s, at + 1, AT);
  return at < load<u32>(s, END) ? load<u8>(at) : 0;
}

/** Writes the fewest bytes that name a number in [LOW, HIGH], with zeros behind them. */
export function finish(s: usize): void {
  const low = load<u32>(s, LOW);
  const high = load<u32>(s, HIGH);
  if (low === 0) return;
  let at = load<u32>(s, AT);
  let mask: u32 = 0xffffff;
  let word = low;
  // Fewer bytes, if a number that ends in zeros is not below the first nor above the last.
  while (mask) {
    word = (low + mask) & ~mask;
    if (word >= low && word <= high) break;
    mask >>= 8;
    word = low;
  }
  for (; word; word <<= 8) store<u8>(at++, word >> 24);
  store<u32>(s, at, AT);
}

/** Narrows the interval to its first part, p / 65536 of it, for a 1, or to the rest; returns the bit. @inline */
function narrow(s: usize, p: u32, bit: i32): i32 {
  let low = load<u32>(s, LOW);
  let high = load<u32>(s, HIGH);
  const middle = low + <u32>((<u64>(high - low) * p) >> 16);
  const decoding = load<u32>(s, DECODING);
  if (decoding) bit = i32(load<u32>(s, WORD) <= middle);
  if (bit) high = middle;
  else low = middle + 1;
  while ((low ^ high) < 0x1000000) {
    if (decoding) store<u32>(s, (load<u32>(s, WORD) << 8) | next(s), WORD);
    else {
      const at = load<u32>(s, AT);
      store<u8>(at, high >> 24);
      store<u32>(s, at + 1, AT);
    }
    low <<= 8;
    high = (high << 8) | 255;
  }
  store<u32>(s, low, LOW);
  store<u32>(s, high, HIGH);
  return bit;
}

/** A bit of which nothing is known. */
export function flat(s: usize, bit: i32): i32 {
  return narrow(s, 32768, bit);
}

/** @inline */
function counter(s: usize, k: usize, node: usize): usize {
  return s + COUNTERS + load<u32>(s + (k << 2), CONTEXTS) + node;
}

/** @inline */
function opinion(s: usize, p: usize): i32 {
  return load<i16>(s + ((<usize>(load<u32>(p) >> 20)) << 1), STRETCH);
}

/** @inline */
function learn(s: usize, p: usize, goal: i64): void {
  const seen = load<u32>(p);
  const n = seen & 255;
  const probability = <i64>(seen >> 10);
  const moved = <u32>(probability + (((goal - probability) * load<i32>(s + ((<usize>n) << 2), RATES)) >> 16));
  store<u32>(p, (moved << 10) | min(n + 1, 255));
}

/** @inline */
function weigh(w: usize, low: v128, high: v128): i32 {
  const sum = i32x4.add(i32x4.mul(v128.load(w), low), i32x4.mul(v128.load(w, 16), high));
  const halves = i32x4.add(sum, v128.shuffle<i32>(sum, sum, 2, 3, 0, 1));
  const whole = (i32x4.extract_lane(halves, 0) + i32x4.extract_lane(halves, 1)) >> 14;
  return min(max(whole, -2047), 2047);
}

/** @inline */
function squash(s: usize, d: i32): i32 {
  return load<u16>(s + ((<usize>(d + 2048)) << 1), SQUASH);
}

/** @inline */
function correct(w: usize, x: v128, error: v128): void {
  const moved = i32x4.shr_s(i32x4.add(i32x4.mul(x, error), i32x4.splat(32768)), 16);
  const most = i32x4.splat(65535);
  v128.store(w, i32x4.max_s(i32x4.min_s(i32x4.add(v128.load(w), moved), most), i32x4.neg(most)));
}

/** Writes `bit`, or reads and returns one, at node 0..31 of a value. */
export function codeBit(s: usize, node: i32, bit: i32): i32 {
  const n = (<usize>node) << 2;
  const c0 = counter(s, 0, n);
  const c1 = counter(s, 1, n);
  const c2 = counter(s, 2, n);
  const c3 = counter(s, 3, n);
  const c4 = counter(s, 4, n);
  const c5 = counter(s, 5, n);
  const c6 = counter(s, 6, n);
  let low = i32x4.splat(opinion(s, c0));
  let high = i32x4.splat(opinion(s, c4));
  low = i32x4.replace_lane(i32x4.replace_lane(low, 1, opinion(s, c1)), 2, opinion(s, c2));
  low = i32x4.replace_lane(low, 3, opinion(s, c3));
  high = i32x4.replace_lane(i32x4.replace_lane(high, 1, opinion(s, c5)), 2, opinion(s, c6));
  high = i32x4.replace_lane(high, 3, 256);
  const first = s + MIXERS + load<u32>(s, CHOSEN) + ((<usize>node) << 5);
  const second = s + MIXERS + 65536 + load<u32>(s, CHOSEN + 4) + ((<usize>node) << 5);
  const d = weigh(first, low, high);
  const e = weigh(second, low, high);
  bit = narrow(s, squash(s, (d + e) >> 1), bit);

  const truth = bit << 16;
  const error = i32x4.splat(truth - squash(s, d));
  const other = i32x4.splat(truth - squash(s, e));
  correct(first, low, error);
  correct(first + 16, high, error);
  correct(second, low, other);
  correct(second + 16, high, other);
  const goal: i64 = bit ? 4194303 : 0;
  learn(s, c0, goal);
  learn(s, c1, goal);
  learn(s, c2, goal);
  learn(s, c3, goal);
  learn(s, c4, goal);
  learn(s, c5, goal);
  learn(s, c6, goal);
  return bit;
}

/** The context of input k: a hash of 11 bits names 32 of its 65,536 counters. @inline */
export function context(s: usize, k: usize, c: i32): void {
  store<u32>(s + (k << 2), ((<u32>k) << 18) + ((<u32>(c * 0x9e3779b1) >> 21) << 7), CONTEXTS);
}

/** Which of 64 weights mixer j (0, 1) uses. @inline */
export function choose(s: usize, j: usize, c: i32): void {
  store<u32>(s + (j << 2), (<u32>c) << 10, CHOSEN);
}
