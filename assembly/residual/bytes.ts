// Bytes to a stream and back: is it 0, then its upper and its lower half as a tree of bits each, in seven contexts of
// sixteen neighbours. What is outside of a sample is 0, so samples say nothing about one another but by the statistics.

import { AT, CONTEXTS, choose, codeBit, finish, start } from './bit';
import { COUNTERS, initResidualCoder } from './state';

/** u32[7][16384][16] from COUNTERS on; what else stands there in the state of residuals is not there. */
const BYTES: usize = 7 << 20;
/** Bytes that one value can need: nine bits at 12 each, rounded up. */
const ROOM: usize = 16;

/** A coder of bytes that has seen nothing. */
export function initByteCoder(s: usize): void {
  initResidualCoder(s, 0);
  const even = i32x4.splat(i32.MIN_VALUE);
  for (let p = s + COUNTERS; p < s + COUNTERS + BYTES; p += 16) v128.store(p, even);
}

/** @inline */
function mix(a: u32, b: u32): u32 {
  return (a ^ b ^ (a >> 15)) * 0x9e3779b1;
}

/** Eight classes, fine at both ends. @inline */
function sort(v: i32): u32 {
  return u32(v > 0) + u32(v > 31) + u32(v > 95) + u32(v > 159) + u32(v > 223) + u32(v > 251) + u32(v > 253);
}

/** Three classes. @inline */
function coarse(v: i32): u32 {
  return u32(v > 32) + u32(v > 192);
}

/** Counters of input k for hash h and what is known of the byte: 0 at first, then 1 + its upper half. @inline */
function context(s: usize, k: u32, h: u32, known: u32): void {
  const group = mix(h, (known * 8 + k) * 0x2f0b4c47) >> 18;
  // Nodes of the lower half are 16 to 31, and have counters of their own sixteen.
  store<u32>(s + (k << 2), (k << 20) + (group << 6) - (known ? 64 : 0), CONTEXTS);
}

/**
 * Codes rows × height × width × channels bytes at x into [stream, end), or with `decoding` out of it. Returns the bytes
 * written or read, or -2 where the stream has no room.
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
  start(s, stream, end, decoding);
  const c = channels;
  const line = width * c;
  let p = x;
  for (let row = 0; row < rows; row++)
    for (let y = 0; y < height; y++)
      for (let column = 0; column < width; column++) {
        for (let ch = 0; ch < c; ch++, p++) {
          if (!decoding && <usize>load<u32>(s, AT) + ROOM > end) return -2;
          const value = code(s, p, y, column, ch, width, c, line, load<u8>(p));
          if (decoding) store<u8>(p, value);
        }
      }
  if (!decoding) finish(s);
  return <i32>(load<u32>(s, AT) - <u32>stream);
}

/** The byte `left` pixels before and `up` lines above p, or 0. @inline */
function at(p: usize, y: i32, column: i32, width: i32, c: i32, line: i32, left: i32, up: i32): i32 {
  const there = column - left;
  return y >= up && there >= 0 && there < width ? load<u8>(p - left * c - up * line) : 0;
}

function code(s: usize, p: usize, y: i32, column: i32, ch: i32, width: i32, c: i32, line: i32, value: i32): i32 {
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
  // The channel before: its value here, and what it says about this one.
  const other = ch ? <i32>load<u8>(p - 1) : 0;
  const change = ch && column ? other - <i32>load<u8>(p - 1 - c) : ch ? other : 0;
  const guess = ch ? w + change : w + n - nw;
  const sw = sort(w);
  const sn = sort(n);
  const snw = sort(nw);
  const sne = sort(ne);
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
  let three = coarse(w) * 3 + coarse(n);
  three = (three * 3 + coarse(nw)) * 3 + coarse(ne);
  three = (three * 3 + coarse(ww)) * 3 + coarse(nn);
  three = (three * 3 + coarse(nee)) * 3 + coarse(nww);
  three = (three * 3 + coarse(nne)) * 3 + coarse(nnw);
  const mixed = ((<u32>other >> 3) << 3) | min(ch, 7);
  const h0 = mix((w << 8) | n, <u32>ch);
  const h1 = mix((sw << 15) | (sn << 12) | (snw << 9) | (sne << 6) | (sort(ww) << 3) | sort(nn), mixed);
  const h2 = mix(((<u32>min(max(guess, 0), 255)) << 3) | (c > 1 ? <u32>other >> 5 : sne), <u32>ch);
  const h3 = mix((n << 7) | ((ne >> 4) << 3) | (nn >> 5), <u32>ch);
  const h4 = mix((w << 7) | ((ww >> 4) << 3) | (nw >> 5), c > 1 ? mixed : 0);
  const h5 = mix((signs << 6) | (sw << 3) | sn, <u32>ch);
  const h6 = mix(three, mixed);
  choose(s, 0, (sw << 3) | sn);
  choose(s, 1, (sne << 3) | snw);

  let known: u32 = 0;
  let node = 1;
  for (let half = 0; half < 2; half++) {
    context(s, 0, h0, known);
    context(s, 1, h1, known);
    context(s, 2, h2, known);
    context(s, 3, h3, known);
    context(s, 4, h4, known);
    context(s, 5, h5, known);
    context(s, 6, h6, known);
    if (!half && !codeBit(s, 0, i32(value !== 0))) return 0;
    const base = half << 4;
    const shift = half ? 0 : 4;
    node = 1;
    for (let b = 3; b >= 0; b--) node = (node << 1) | codeBit(s, base + node, (value >> (b + shift)) & 1);
    if (half) return ((<i32>(known - 1)) << 4) | (node & 15);
    known = 1 + (node & 15);
  }
  return 0;
}
