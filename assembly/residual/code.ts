// A block of floats to a stream and back. A value is predicted, its residual is rounded to the grid, and what a decoder
// will make of it is checked against the bound on the spot.

import { AT, finish, start } from './bit';
import { escaped, number, verbatim } from './number';
import { CANDIDATES, ERRORS, expect, squaresOf } from './predict';
import { update } from './squares';
import { COLUMNS } from './state';

const LIMIT: f64 = 536870912;
const MOST: i64 = 536870944;
/** Bytes that one value can need: 62 bits at 12 each. */
const ROOM: usize = 96;

/** Whether |x - y| <= bound, exactly: where the difference was rounded to the bound, by what was lost. @inline */
function holds(x: f64, y: f64, bound: f64): bool {
  const d = x - y;
  const size = abs(d);
  if (size !== bound) return size < bound;
  const v = x - d;
  const lost = x - (d + v) + (v - y);
  return d > 0 ? lost <= 0 : lost >= 0;
}

/** What stands for the m-th sixty-fourth of a step. Never -0. @inline */
function gridValue(m: i32, unit: f64): f32 {
  return <f32>(<f64>m * unit) + 0;
}

/** Learns from what value i turned out to be. */
function learn(s: usize, m: i32, residual: i32, channel: i32): void {
  const q = squaresOf(s, channel);
  const weight = 1 / (1 + <f64>(abs(residual) << 6) / (256 + load<f64>(q, ERRORS)));
  for (let j: usize = 0; j < 32; j += 8) {
    const e = load<f64>(q + j, ERRORS);
    store<f64>(q + j, e + (abs(load<f64>(s + j, CANDIDATES) - <f64>m) + 4 - e) * 0.0625, ERRORS);
  }
  update(s, q, <f64>m - load<f64>(s, CANDIDATES + 8), weight * weight);
}

/**
 * Codes lines × width × channels floats at x into [stream, end), or with `decoding` out of it. m, r: i32 of as many.
 * `plane`: what stands above a value tells about it.
 * `side`: a prediction of every value in 1/64 steps, or 0. `unit`: 1/64 of the grid. With `count` bounds of their own, each
 * an f64 of the unit and one of the bound at `bounds`, value i has number i mod count. Returns the bytes written or read;
 * -1 where a value does not fit the grid and `escapes` is off; -2 where the stream has no room; -3 where
 * it says what no encoder writes.
 */
export function codeResiduals(
  s: usize,
  x: usize,
  side: usize,
  m: usize,
  r: usize,
  lines: i32,
  width: i32,
  channels: i32,
  plane: bool,
  unit: f64,
  bound: f64,
  stream: usize,
  end: usize,
  decoding: bool,
  escapes: bool,
  bounds: usize,
  count: i32,
): i32 {
  start(s, stream, end, decoding);
  const mean = s + COLUMNS + 16;
  const behind = bounds + ((<usize>count) << 4);
  let last: u32 = 0;
  let i = 0;
  let seen = load<i32>(s, COLUMNS);
  let own = bounds;
  for (let line = 0; line < lines; line++) {
    for (let column = 0; column < width; column++) {
      for (let ch = 0; ch < channels; ch++, i++) {
        if (!decoding && <usize>load<u32>(s, AT) + ROOM > end) return -2;
        const o = (<usize>i) << 2;
        if (count) {
          unit = load<f64>(own);
          bound = load<f64>(own, 8);
          own += 16;
          if (own === behind) own = bounds;
        }
        const mu = expect(s, m, r, side, i, line, column, ch, width, channels, plane);
        let residual = 0;
        let here = mu;
        let fits = true;
        if (!decoding) {
          const v = <f64>load<f32>(x + o);
          const fine = v / unit;
          fits = abs(fine) < LIMIT && load<u32>(x + o) !== 0x80000000;
          if (fits) {
            residual = <i32>floor((fine - mu) / 64 + 0.5);
            here = mu + (residual << 6);
            fits = holds(v, gridValue(here, unit), bound);
          }
          if (!fits && !escapes) return -1;
        }
        if (escapes && escaped(s, !fits)) {
          const bits = verbatim(s, decoding ? 0 : load<u32>(x + o), last);
          if (decoding) store<u32>(x + o, bits);
          last = bits;
          store<i32>(m + o, mu);
          store<i32>(r + o, 0);
          continue;
        }
        residual = number(s, residual);
        here = mu + (residual << 6);
        if (decoding) {
          if (abs(<i64>mu + ((<i64>residual) << 6)) > MOST) return -3;
          store<f32>(x + o, gridValue(here, unit));
        }
        store<i32>(m + o, here);
        store<i32>(r + o, residual);
        learn(s, here, residual, channels > 1 ? ch : 0);
        if (plane) {
          const p = mean + ((<usize>(column * channels + ch)) << 2);
          const old = load<i32>(p);
          store<i32>(p, seen ? old + ((here - old) >> 3) : here);
        }
      }
    }
    seen = 1;
  }
  store<i32>(s, seen, COLUMNS);
  if (!decoding) finish(s);
  return <i32>(load<u32>(s, AT) - <u32>stream);
}
