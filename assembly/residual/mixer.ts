// The probability of a bit: each of seven contexts has a counter, and two mixers weigh the predictions of the counters
// (logistic mixing: M. Mahoney, Adaptive weighing of context models for lossless data compression, 2005).

import { codeWithProbability } from './range-coder';
import { CODER, COUNTERS, MIXER_BYTES, MIXERS, RATES, SQUASH, STRETCH } from './state';

/** Byte offsets into the counters, one for each context: u32[7]. */
export const CONTEXTS: usize = CODER + 24;
/** Byte offsets into the weights of each mixer: u32[2]. */
const SELECTED: usize = CODER + 52;

/** A logit at most, in 1/256. */
const MAX_LOGIT: i32 = 2047;
/** A weight at most, in 1/2^16. */
const MAX_WEIGHT: i32 = 65535;
/** 32 bits of a counter: 22 of probability, 10 of count, of which the count uses 8. */
const COUNT_BITS: i32 = 10;
const MAX_COUNT: u32 = 255;
/** A probability of 1 in a counter. */
const CERTAIN: i64 = 4194303;

/** The address of the counter of context k at a node, given as a byte offset. @inline */
function counterAt(s: usize, k: usize, node: usize): usize {
  return s + COUNTERS + load<u32>(s + (k << 2), CONTEXTS) + node;
}

/** ln(p / (1 - p)) of a counter's probability p, in 1/256. @inline */
function stretchedProbability(s: usize, counter: usize): i32 {
  return load<i16>(s + ((<usize>(load<u32>(counter) >> 20)) << 1), STRETCH);
}

/** Moves the probability of a counter towards a bit, by a rate that falls with its count. @inline */
function updateCounter(s: usize, counter: usize, goal: i64): void {
  const old = load<u32>(counter);
  const count = old & MAX_COUNT;
  const probability = <i64>(old >> COUNT_BITS);
  const moved = <u32>(probability + (((goal - probability) * load<i32>(s + ((<usize>count) << 2), RATES)) >> 16));
  store<u32>(counter, (moved << COUNT_BITS) | min(count + 1, MAX_COUNT));
}

/** The weighted sum of eight logits. @inline */
function mixLogits(w: usize, low: v128, high: v128): i32 {
  const sum = i32x4.add(i32x4.mul(v128.load(w), low), i32x4.mul(v128.load(w, 16), high));
  const halves = i32x4.add(sum, v128.shuffle<i32>(sum, sum, 2, 3, 0, 1));
  const logit = (i32x4.extract_lane(halves, 0) + i32x4.extract_lane(halves, 1)) >> 14;
  return min(max(logit, -MAX_LOGIT), MAX_LOGIT);
}

/** The probability of a logit, in 1/65536. @inline */
function squash(s: usize, logit: i32): i32 {
  return load<u16>(s + ((<usize>(logit + 2048)) << 1), SQUASH);
}

/** A step of gradient descent on four weights, for logits x. @inline */
function updateWeights(w: usize, x: v128, error: v128): void {
  const moved = i32x4.shr_s(i32x4.add(i32x4.mul(x, error), i32x4.splat(32768)), 16);
  const maximum = i32x4.splat(MAX_WEIGHT);
  v128.store(w, i32x4.max_s(i32x4.min_s(i32x4.add(v128.load(w), moved), maximum), i32x4.neg(maximum)));
}

/** Codes a bit at node 0..31 of the binary decisions about a value: writes `bit`, or reads one. Returns the bit. */
export function codeBit(s: usize, node: i32, bit: i32): i32 {
  const n = (<usize>node) << 2;
  const c0 = counterAt(s, 0, n);
  const c1 = counterAt(s, 1, n);
  const c2 = counterAt(s, 2, n);
  const c3 = counterAt(s, 3, n);
  const c4 = counterAt(s, 4, n);
  const c5 = counterAt(s, 5, n);
  const c6 = counterAt(s, 6, n);
  let low = i32x4.splat(stretchedProbability(s, c0));
  let high = i32x4.splat(stretchedProbability(s, c4));
  low = i32x4.replace_lane(i32x4.replace_lane(low, 1, stretchedProbability(s, c1)), 2, stretchedProbability(s, c2));
  low = i32x4.replace_lane(low, 3, stretchedProbability(s, c3));
  high = i32x4.replace_lane(i32x4.replace_lane(high, 1, stretchedProbability(s, c5)), 2, stretchedProbability(s, c6));
  // The eighth input is constant: a bias.
  high = i32x4.replace_lane(high, 3, 256);
  const first = s + MIXERS + load<u32>(s, SELECTED) + ((<usize>node) << 5);
  const second = s + MIXERS + MIXER_BYTES + load<u32>(s, SELECTED + 4) + ((<usize>node) << 5);
  const logit1 = mixLogits(first, low, high);
  const logit2 = mixLogits(second, low, high);
  bit = codeWithProbability(s, squash(s, (logit1 + logit2) >> 1), bit);

  const truth = bit << 16;
  const error1 = i32x4.splat(truth - squash(s, logit1));
  const error2 = i32x4.splat(truth - squash(s, logit2));
  updateWeights(first, low, error1);
  updateWeights(first + 16, high, error1);
  updateWeights(second, low, error2);
  updateWeights(second + 16, high, error2);
  const goal: i64 = bit ? CERTAIN : 0;
  updateCounter(s, c0, goal);
  updateCounter(s, c1, goal);
  updateCounter(s, c2, goal);
  updateCounter(s, c3, goal);
  updateCounter(s, c4, goal);
  updateCounter(s, c5, goal);
  updateCounter(s, c6, goal);
  return bit;
}

/** Sets context k: a hash of 11 bits selects 32 of its 65,536 counters, one for each node. @inline */
export function setContext(s: usize, k: usize, c: i32): void {
  store<u32>(s + (k << 2), ((<u32>k) << 18) + ((<u32>(c * 0x9e3779b1) >> 21) << 7), CONTEXTS);
}

/** Selects one of the 64 sets of weights of mixer j (0, 1). @inline */
export function selectWeights(s: usize, j: usize, c: i32): void {
  store<u32>(s + (j << 2), (<u32>c) << 10, SELECTED);
}
