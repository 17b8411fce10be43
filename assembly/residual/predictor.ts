// Predicts a value from its neighbours and sets the contexts of its residual. Values are integers in 1/64 of a step of the
// grid. m and r are the arrays of all values and residuals, i is an index into them.

import { predictLinear } from './least-squares';
import { selectWeights, setContext } from './mixer';
import { CANDIDATES, COLUMN_MEANS, ERRORS, SCRATCH, SQUARES, SQUARES_BYTES } from './state';

/** Predictions are integers of this size at most; those of least squares must be smaller than the second. */
const MAX_VALUE: f64 = 536870912;

const MAX_PREDICTION: f64 = 268435456;
/** Channels beyond share statistics with the first ones. */
const CHANNEL_MASK: i32 = 63;

/** @inline */
function at(m: usize, i: i32): i32 {
  return load<i32>(m + ((<usize>i) << 2));
}

/** @inline */
function setFeature(s: usize, k: usize, value: i32): void {
  store<f64>(s + (k << 3), value, SCRATCH);
}

/** One of 15 classes of a difference of predictions, finer near 0. */
function differenceClass(d: i32): i32 {
  const a = abs(d);
  const q = i32(a >= 4) + i32(a >= 10) + i32(a >= 18) + i32(a >= 28) + i32(a >= 44) + i32(a >= 80) + i32(a >= 160);
  return d < 0 ? 7 - q : 7 + q;
}

/** @inline */
function clampInt(v: i32, limit: i32): i32 {
  return min(max(v, -limit), limit);
}

/** The logarithm of a sum to base √2, at most 19. */
function energyClass(sum: i32): i32 {
  if (sum < 2) return sum;
  const e = 31 - clz(sum);
  return min(2 * e + ((sum >> (e - 1)) & 1), 19);
}

/** The address of the least squares of a channel. @inline */
export function leastSquaresOf(s: usize, channel: i32): usize {
  return s + SQUARES + <usize>(channel & CHANNEL_MASK) * SQUARES_BYTES;
}

/**
 * Predicts value i and sets the contexts of its residual. With `plane` the values above predict too; otherwise all values are one
 * line. `modelPrediction`: the values that the model predicts, or 0.
 */
export function predictValue(
  s: usize,
  m: usize,
  r: usize,
  modelPrediction: usize,
  i: i32,
  line: i32,
  x: i32,
  ch: i32,
  width: i32,
  channels: i32,
  plane: bool,
): i32 {
  const row = width * channels;
  const c = channels;
  const cc = c > 1 ? ch & CHANNEL_MASK : 0;
  const up = line > 0;
  const up2 = line > 1;
  const right = x < width - 1;
  const w = x ? at(m, i - c) : up ? at(m, i - row) : i ? at(m, i - 1) : 0;
  const w2 = x > 1 ? at(m, i - 2 * c) : w;
  const w3 = x > 2 ? at(m, i - 3 * c) : w2;
  const w4 = x > 3 ? at(m, i - 4 * c) : w3;
  setFeature(s, 0, w2 - w);
  setFeature(s, 1, w3 - w);
  setFeature(s, 2, w4 - w);
  let k: usize = 3;
  let n = w;
  let nw = w;
  let nn = w;
  if (plane) {
    n = up ? at(m, i - row) : w;
    nw = up && x ? at(m, i - row - c) : n;
    nn = up2 ? at(m, i - 2 * row) : n;
    const ne = up && right ? at(m, i - row + c) : n;
    setFeature(s, 3, n - w);
    setFeature(s, 4, nw - w);
    setFeature(s, 5, ne - w);
    setFeature(s, 6, nn - w);
    setFeature(s, 7, (up && x > 1 ? at(m, i - row - 2 * c) : nw) - w);
    setFeature(s, 8, (up && x < width - 2 ? at(m, i - row + 2 * c) : ne) - w);
    setFeature(s, 9, (up2 && right ? at(m, i - 2 * row + c) : nn) - w);
    setFeature(s, 10, (up2 && x ? at(m, i - 2 * row - c) : nn) - w);
    const mean = s + COLUMN_MEANS;
    const column = x * c + ch;
    setFeature(s, 11, x ? at(mean, column) - at(mean, column - c) : 0);
    k = 12;
  } else {
    setFeature(s, 3, (x > 4 ? at(m, i - 5 * c) : w4) - w);
    setFeature(s, 4, (x > 23 ? at(m, i - 24 * c) : w) - w);
    k = 5;
  }
  // The changes of the channels before this one at the same pixel.
  for (let j = 1; k < 16; k++, j++) setFeature(s, k, ch >= j && x ? at(m, i - j) - at(m, i - j - c) : 0);
  const across = ch && x ? at(m, i - 1) - at(m, i - 1 - c) : 0;
  const p1 = plane ? w + n - nw : c > 1 ? w + across : 2 * w - w2;
  let p2 = 2 * w - w2;
  let p3 = plane ? 2 * n - nn : 3 * w - 3 * w2 + w3;
  if (modelPrediction) {
    const here = at(modelPrediction, i);
    const before = x ? at(modelPrediction, i - c) : here;
    setFeature(s, 2, here - before);
    setFeature(s, 15, before - w);
    p2 = w + here - before;
    p3 = here;
  }

  const q = leastSquaresOf(s, cc);
  let linear = predictLinear(s, q) + w;
  if (!(abs(linear) < MAX_PREDICTION)) linear = w;
  store<f64>(s, linear, CANDIDATES);
  store<f64>(s, w, CANDIDATES + 8);
  store<f64>(s, p1, CANDIDATES + 16);
  store<f64>(s, p2, CANDIDATES + 24);
  let total: f64 = 0;
  let sum: f64 = 0;
  for (let j: usize = 0; j < 32; j += 8) {
    const e = load<f64>(q + j, ERRORS);
    const v = 1 / (e * e * e);
    total += v;
    sum += v * load<f64>(s + j, CANDIDATES);
  }
  const mu = <i32>min(max(floor(sum / total + 0.5), -MAX_VALUE), MAX_VALUE);

  const rw = x ? at(r, i - c) : 0;
  const rww = x > 1 ? at(r, i - 2 * c) : 0;
  const rc = ch ? at(r, i - 1) : plane ? rww : x > 2 ? at(r, i - 3 * c) : 0;
  const rn = plane ? (up ? at(r, i - row) : 0) : rww;
  const rr = plane ? (up && right ? at(r, i - row + c) : 0) : ch > 1 ? at(r, i - 2) : 0;
  const energy = plane ? 2 * abs(rw) + abs(rn) + abs(rr) + abs(rc) : 2 * (abs(rw) + abs(rc)) + abs(rww);
  const l = energyClass(energy);
  const west = clampInt(rw, 4) + 4;
  const d1 = differenceClass(p1 - mu);
  const dw = differenceClass(w - mu);
  setContext(s, 0, x * c + ch);
  setContext(s, 1, (((mu >> 5) & 0xffff) << 6) + cc);
  setContext(s, 2, (differenceClass(<i32>linear - mu) * 24 + l) << 6);
  setContext(s, 3, ((((clampInt(rr, 4) + 4) * 9 + clampInt(rc, 4) + 4) * 9 + clampInt(rw, 1) + 1) << 6) + cc);
  setContext(s, 4, ((dw * 24 + l) << 6) + cc);
  setContext(s, 5, ((d1 * 24 + l) << 6) + cc);
  setContext(s, 6, (differenceClass(p3 - mu) * 9 + west) * 9 + clampInt(rn, 4) + 4);
  selectWeights(s, 0, l);
  selectWeights(s, 1, c > 1 ? cc : dw);
  return mu;
}
