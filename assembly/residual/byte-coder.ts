// Codes bytes: whether a byte is 0, then its upper and its lower four bits as a binary tree each, in seven contexts of sixteen
// neighbours. Neighbours outside a sample are 0, so that samples share statistics only.

import { CONTEXTS, codeBit, selectWeights } from './mixer';
import { flush, POSITION, startStream } from './range-coder';
import { COUNTERS, initResidualCoder } from './state';

/** u32[7][16384][16] at COUNTERS. The fields after the counters do not exist in the state of a coder of bytes. */
const COUNTER_BYTES: usize = 7 * 16384 * 16 * 4;
/** The most bytes of one value: nine bits, each of 12 bits at most, rounded up. */
const MAX_VALUE_BYTES: usize = 16;

/** Bytes of the state of a coder of bytes. */
export function byteStateBytes(): i32 {
  return <i32>(COUNTERS + COUNTER_BYTES);
}

/** Initializes a coder of bytes without statistics. */
export function initByteCoder(s: usize): void {
  initResidualCoder(s, 0);
  const half = i32x4.splat(i32.MIN_VALUE);
  for (let p = s + COUNTERS; p < s + COUNTERS + COUNTER_BYTES; p += 16) v128.store(p, half);
}

/** A hash of two words. @inline */
function hash(a: u32, b: u32): u32 {
  return (a ^ b ^ (a >> 15)) * 0x9e3779b1;
}

/** One of eight classes of a byte, finer at both ends. @inline */
function class8(v: i32): u32 {
  return u32(v > 0) + u32(v > 31) + u32(v > 95) + u32(v > 159) + u32(v > 223) + u32(v > 251) + u32(v > 253);
}

/** One of three classes of a byte. @inline */
function class3(v: i32): u32 {
  return u32(v > 32) + u32(v > 192);
}

/** Sets context k: counters for the hash h and the coded part of the byte, 0 or 1 + its upper four bits. @inline */
function setContext(s: usize, k: u32, h: u32, codedHalf: u32): void {
  const group = hash(h, (codedHalf * 8 + k) * 0x2f0b4c47) >> 18;
  // Nodes 16 to 31 are those of the lower four bits; the offset compensates for the first 16.
  store<u32>(s + (k << 2), (k << 20) + (group << 6) - (codedHalf ? 64 : 0), CONTEXTS);
}

/**
 * Codes rows × height × width × channels bytes at x into [stream, end), or out of it with `decoding`. Returns the number of
 * bytes, or -2 where the stream is full.
 */
export function codeBytes(
  s: usize,
  x: usize,
  rows: i32,
  height: i32,
  width: i32,
  channels: i32,
  stream: usize,
  end: usize,
  decoding: bool,
): i32 {
  startStream(s, stream, end, decoding);
  const c = channels;
  const line = width * c;
  let p = x;
  for (let row = 0; row < rows; row++)
    for (let y = 0; y < height; y++)
      for (let column = 0; column < width; column++) {
        for (let ch = 0; ch < c; ch++, p++) {
          if (!decoding && <usize>load<u32>(s, POSITION) + MAX_VALUE_BYTES > end) return -2;
          const value = codeByte(s, p, y, column, ch, width, c, line, load<u8>(p));
          if (decoding) store<u8>(p, value);
        }
      }
  if (!decoding) flush(s);
  return <i32>(load<u32>(s, POSITION) - <u32>stream);
}

/** The byte `left` pixels before and `up` lines above p; 0 outside the sample. @inline */
function at(p: usize, y: i32, column: i32, width: i32, c: i32, line: i32, left: i32, up: i32): i32 {
  const x = column - left;
  return y >= up && x >= 0 && x < width ? load<u8>(p - left * c - up * line) : 0;
}

function codeByte(s: usize, p: usize, y: i32, column: i32, ch: i32, width: i32, c: i32, line: i32, value: i32): i32 {
  const w = at(p, y, column, width, c, line, 1, 0);
  const ww = at(p, y, column, width, c, line, 2, 0);
  const n = at(p, y, column, width, c, line, 0, 1);
  const nw = at(p, y, column, width, c, line, 1, 1);
  const ne = at(p, y, column, width, c, line, -1, 1);
  const nn = at(p, y, column, width, c, line, 0, 2);
  const nee = at(p, y, column, width, c, line, -2, 1);
  const nww = at(p, y, column, width, c, line, 2, 1);
  const nne = at(p, y, column, width, c, line, -1, 2);
  const nnw = at(p, y, column, width, c, line, 1, 2);
  const far =
    (u32(at(p, y, column, width, c, line, 3, 0) > 0) << 5) |
    (u32(at(p, y, column, width, c, line, 0, 3) > 0) << 4) |
    (u32(at(p, y, column, width, c, line, -3, 1) > 0) << 3) |
    (u32(at(p, y, column, width, c, line, -2, 2) > 0) << 2) |
    (u32(at(p, y, column, width, c, line, 2, 2) > 0) << 1) |
    u32(at(p, y, column, width, c, line, 4, 0) > 0);
  // The previous channel of the same pixel, and its change.
  const other = ch ? <i32>load<u8>(p - 1) : 0;
  const change = ch && column ? other - <i32>load<u8>(p - 1 - c) : ch ? other : 0;
  const guess = ch ? w + change : w + n - nw;
  const sw = class8(w);
  const sn = class8(n);
  const snw = class8(nw);
  const sne = class8(ne);
  const signs =
    (far << 10) |
    (u32(w > 0) << 9) |
    (u32(n > 0) << 8) |
    (u32(nw > 0) << 7) |
    (u32(ne > 0) << 6) |
    (u32(ww > 0) << 5) |
    (u32(nn > 0) << 4) |
    (u32(nee > 0) << 3) |
    (u32(nww > 0) << 2) |
    (u32(nne > 0) << 1) |
    u32(nnw > 0);
  let three = class3(w) * 3 + class3(n);
  three = (three * 3 + class3(nw)) * 3 + class3(ne);
  three = (three * 3 + class3(ww)) * 3 + class3(nn);
  three = (three * 3 + class3(nee)) * 3 + class3(nww);
  three = (three * 3 + class3(nne)) * 3 + class3(nnw);
  const mixed = ((<u32>other >> 3) << 3) | min(ch, 7);
  const h0 = hash((w << 8) | n, <u32>ch);
  const h1 = hash((sw << 15) | (sn << 12) | (snw << 9) | (sne << 6) | (class8(ww) << 3) | class8(nn), mixed);
  const h2 = hash(((<u32>min(max(guess, 0), 255)) << 3) | (c > 1 ? <u32>other >> 5 : sne), <u32>ch);
  const h3 = hash((n << 7) | ((ne >> 4) << 3) | (nn >> 5), <u32>ch);
  const h4 = hash((w << 7) | ((ww >> 4) << 3) | (nw >> 5), c > 1 ? mixed : 0);
  const h5 = hash((signs << 6) | (sw << 3) | sn, <u32>ch);
  const h6 = hash(three, mixed);
  selectWeights(s, 0, (sw << 3) | sn);
  selectWeights(s, 1, (sne << 3) | snw);

  let codedHalf: u32 = 0;
  let node = 1;
  for (let half = 0; half < 2; half++) {
    setContext(s, 0, h0, codedHalf);
    setContext(s, 1, h1, codedHalf);
    setContext(s, 2, h2, codedHalf);
    setContext(s, 3, h3, codedHalf);
    setContext(s, 4, h4, codedHalf);
    setContext(s, 5, h5, codedHalf);
    setContext(s, 6, h6, codedHalf);
    if (!half && !codeBit(s, 0, i32(value !== 0))) return 0;
    const base = half << 4;
    const shift = half ? 0 : 4;
    node = 1;
    for (let b = 3; b >= 0; b--) node = (node << 1) | codeBit(s, base + node, (value >> (b + shift)) & 1);
    if (half) return ((<i32>(codedHalf - 1)) << 4) | (node & 15);
    codedHalf = 1 + (node & 15);
  }
  return 0;
}
