// Codes a block of floats: each value is predicted and its residual is rounded to the grid. The encoder checks the value that a
// decoder will get against the bound; a value that does not fit is coded verbatim, as an escape.

import { isAdded, updateLeastSquares } from './least-squares';
import { leastSquaresOf, predictValue } from './predictor';
import { flush, POSITION, startStream } from './range-coder';
import { codeEscape, codeResidual, codeVerbatim } from './residual-bits';
import { CANDIDATES, COLUMN_MEANS, COLUMNS, ERRORS } from './state';

/** Values of this size and more, in 1/64 of a step, are escapes. */
const MAX_CODED: f64 = 536870912;
/** Larger values, in the same unit, cannot come from an encoder. */
const MAX_GRID: i64 = 536870944;
/** The most bytes of one value: 62 bits, each of 12 bits at most. */
const MAX_VALUE_BYTES: usize = 96;

/**
 * Whether |x - y| <= bound, exactly: where the rounded difference equals the bound, the rounding error decides.
 * @inline
 */
function withinBound(x: f64, y: f64, bound: f64): bool {
  const d = x - y;
  const size = abs(d);
  if (size !== bound) return size < bound;
  const v = x - d;
  const lost = x - (d + v) + (v - y);
  return d > 0 ? lost <= 0 : lost >= 0;
}

/** The float of m sixty-fourths of a step. Never -0. @inline */
function gridValue(m: i32, unit: f64): f32 {
  return <f32>(<f64>m * unit) + 0;
}

/** Updates the errors of the candidates and the least squares with the coded value m. */
function updatePredictors(s: usize, m: i32, residual: i32, channel: i32): void {
  const q = leastSquaresOf(s, channel);
  const error = load<f64>(q, ERRORS);
  for (let j: usize = 0; j < 32; j += 8) {
    const e = load<f64>(q + j, ERRORS);
    store<f64>(q + j, e + (abs(load<f64>(s + j, CANDIDATES) - <f64>m) + 4 - e) * 0.0625, ERRORS);
  }
  if (!isAdded(q)) return;
  const weight = 1 / (1 + <f64>(abs(residual) << 6) / (256 + error));
  updateLeastSquares(s, q, <f64>m - load<f64>(s, CANDIDATES + 8), weight * weight);
}

/**
 * Codes lines × width × channels floats at x into [stream, end), or out of it with `decoding`; x then has the values that a
 * decoder gets, in both cases. m and r are i32 blocks of the same size. With `plane` the values above predict too. `modelPrediction`: a prediction of each value in 1/64 steps, or 0.
 * `unit`: 1/64 of a step of the grid. Where `count` is not 0, value i has its own unit and bound: number i mod `count` of the
 * pairs of f64 at `bounds`. Returns the number of bytes; -1 where a value does not fit the grid and `escapes` is false; -2
 * where the stream is full; -3 where no encoder can have written the stream.
 */
export function codeResiduals(
  s: usize,
  x: usize,
  modelPrediction: usize,
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
  startStream(s, stream, end, decoding);
  const mean = s + COLUMN_MEANS;
  const boundsEnd = bounds + ((<usize>count) << 4);
  let last: u32 = 0;
  let i = 0;
  let seen = load<i32>(s, COLUMNS);
  let nextBound = bounds;
  for (let line = 0; line < lines; line++) {
    for (let column = 0; column < width; column++) {
      for (let ch = 0; ch < channels; ch++, i++) {
        if (!decoding && <usize>load<u32>(s, POSITION) + MAX_VALUE_BYTES > end) return -2;
        const o = (<usize>i) << 2;
        if (count) {
          unit = load<f64>(nextBound);
          bound = load<f64>(nextBound, 8);
          nextBound += 16;
          if (nextBound === boundsEnd) nextBound = bounds;
        }
        const mu = predictValue(s, m, r, modelPrediction, i, line, column, ch, width, channels, plane);
        let residual = 0;
        let here = mu;
        let fits = true;
        if (!decoding) {
          const v = <f64>load<f32>(x + o);
          const fine = v / unit;
          fits = abs(fine) < MAX_CODED && load<u32>(x + o) !== 0x80000000;
          if (fits) {
            residual = <i32>floor((fine - mu) / 64 + 0.5);
            here = mu + (residual << 6);
            fits = withinBound(v, gridValue(here, unit), bound);
          }
          if (!fits && !escapes) return -1;
        }
        if (escapes && codeEscape(s, !fits)) {
          const bits = codeVerbatim(s, decoding ? 0 : load<u32>(x + o), last);
          if (decoding) store<u32>(x + o, bits);
          last = bits;
          store<i32>(m + o, mu);
          store<i32>(r + o, 0);
          continue;
        }
        residual = codeResidual(s, residual);
        here = mu + (residual << 6);
        if (decoding && abs(<i64>mu + ((<i64>residual) << 6)) > MAX_GRID) return -3;
        store<f32>(x + o, gridValue(here, unit));
        store<i32>(m + o, here);
        store<i32>(r + o, residual);
        updatePredictors(s, here, residual, channels > 1 ? ch : 0);
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
  if (!decoding) flush(s);
  return <i32>(load<u32>(s, POSITION) - <u32>stream);
}
