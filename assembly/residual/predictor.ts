// Predicts a value from its neighbours and sets the contexts of its residual. Values are integers in 1/64 of a step of the
// grid. m and r are the arrays of all values and residuals, i is an index into them.

import { predictLinear } from './least-squares';
import { selectWeights, setContext } from './mixer';
import { CANDIDATES, COLUMN_MEANS, ERRORS, SCRATCH, SQUARES, SQUARES_BYTES } from './state';

/** Predictions are integers of this size at most; those of least squares must be smaller than the second. */
const MAX_VALUE: i32 = 536870912;

const MAX_PREDICTION: f64 = 268435456;
/** Channels beyond share statistics with the first ones. */
const CHANNEL_MASK: i32 = 63;

/** @inline */
function at(m: usize, i: i32): i32 {
  return load<i32>(m + ((<usize>i) << 2));
}

/** Sets features k to k + 3, from integers. @inline */
function setFeatures(s: usize, k: usize, values: v128): void {
  const target = s + (k << 3);
  v128.store(target, f64x2.convert_low_i32x4_s(values), SCRATCH);
  v128.store(target, f64x2.convert_low_i32x4_s(v128.shuffle<i32>(values, values, 2, 3, 2, 3)), SCRATCH + 16);
}

/** @inline */
function four(a: i32, b: i32, c: i32, d: i32): v128 {
  const v = i32x4.replace_lane(i32x4.splat(a), 1, b);
  return i32x4.replace_lane(i32x4.replace_lane(v, 2, c), 3, d);
}

/**
 * The changes of four channels before value i, at its pixel: of the j-th, j + 1-th and so on before it, 0 from the one after
 * `available` on. Reads values before the block, which are in memory, and does not use them.
 */
function changes(m: usize, i: i32, c: i32, j: i32, available: i32): v128 {
  if (available < j) return i32x4.splat(0);
  const p = m + ((<usize>(i - j - 3)) << 2);
  const change = i32x4.sub(v128.load(p), v128.load(p - ((<usize>c) << 2)));
  const reversed = v128.shuffle<i32>(change, change, 3, 2, 1, 0);
  return v128.and(reversed, i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(available - j + 1)));
}

/** For four differences of predictions one of 15 classes each, finer near 0. */
function differenceClasses(d: v128): v128 {
  const a = i32x4.abs(d);
  let n = i32x4.add(i32x4.ge_s(a, i32x4.splat(4)), i32x4.ge_s(a, i32x4.splat(10)));
  n = i32x4.add(n, i32x4.add(i32x4.ge_s(a, i32x4.splat(18)), i32x4.ge_s(a, i32x4.splat(28))));
  n = i32x4.add(n, i32x4.add(i32x4.ge_s(a, i32x4.splat(44)), i32x4.ge_s(a, i32x4.splat(80))));
  n = i32x4.add(n, i32x4.ge_s(a, i32x4.splat(160)));
  // A comparison that holds is -1. Below 0 the class is 7 + n, else 7 - n.
  const sign = i32x4.shr_s(d, 31);
  return i32x4.add(i32x4.splat(7), i32x4.sub(v128.xor(n, v128.not(sign)), v128.not(sign)));
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
  const base = i32x4.splat(w);
  // Changes of the channels before this one at the same pixel; none in the first column.
  const available = x ? ch : 0;
  let n = w;
  let nw = w;
  let nn = w;
  let fourth = w;
  let last: v128;
  if (plane) {
    n = up ? at(m, i - row) : w;
    nw = up && x ? at(m, i - row - c) : n;
    nn = up2 ? at(m, i - 2 * row) : n;
    const ne = up && right ? at(m, i - row + c) : n;
    const nww = up && x > 1 ? at(m, i - row - 2 * c) : nw;
    const nee = up && x < width - 2 ? at(m, i - row + 2 * c) : ne;
    const nne = up2 && right ? at(m, i - 2 * row + c) : nn;
    const nnw = up2 && x ? at(m, i - 2 * row - c) : nn;
    const mean = s + COLUMN_MEANS;
    const column = x * c + ch;
    const slope = x ? at(mean, column) - at(mean, column - c) : 0;
    fourth = n;
    setFeatures(s, 4, i32x4.sub(four(nw, ne, nn, nww), base));
    setFeatures(s, 8, i32x4.replace_lane(i32x4.sub(four(nee, nne, nnw, 0), base), 3, slope));
    last = changes(m, i, c, 1, available);
  } else {
    fourth = x > 4 ? at(m, i - 5 * c) : w4;
    const day = (x > 23 ? at(m, i - 24 * c) : w) - w;
    const near = changes(m, i, c, 1, available);
    const middle = changes(m, i, c, 5, available);
    const far = changes(m, i, c, 9, available);
    setFeatures(s, 4, i32x4.replace_lane(v128.shuffle<i32>(near, near, 0, 0, 1, 2), 0, day));
    setFeatures(s, 8, v128.shuffle<i32>(near, middle, 3, 4, 5, 6));
    last = v128.shuffle<i32>(middle, far, 3, 4, 5, 6);
  }
  let near = i32x4.sub(four(w2, w3, w4, fourth), base);
  const across = ch && x ? at(m, i - 1) - at(m, i - 1 - c) : 0;
  const p1 = plane ? w + n - nw : c > 1 ? w + across : 2 * w - w2;
  let p2 = 2 * w - w2;
  let p3 = plane ? 2 * n - nn : 3 * w - 3 * w2 + w3;
  if (modelPrediction) {
    const here = at(modelPrediction, i);
    const before = x ? at(modelPrediction, i - c) : here;
    near = i32x4.replace_lane(near, 2, here - before);
    last = i32x4.replace_lane(last, 3, before - w);
    p2 = w + here - before;
    p3 = here;
  }
  setFeatures(s, 0, near);
  setFeatures(s, 12, last);

  const q = leastSquaresOf(s, cc);
  let linear = predictLinear(s, q) + w;
  if (!(abs(linear) < MAX_PREDICTION)) linear = w;
  const first = f64x2.replace_lane(f64x2.splat(linear), 1, w);
  const second = f64x2.convert_low_i32x4_s(i32x4.replace_lane(i32x4.splat(p1), 1, p2));
  v128.store(s, first, CANDIDATES);
  v128.store(s, second, CANDIDATES + 16);
  const e1 = v128.load(q, ERRORS);
  const e2 = v128.load(q, ERRORS + 16);
  const one = f64x2.splat(1);
  const v1 = f64x2.div(one, f64x2.mul(f64x2.mul(e1, e1), e1));
  const v2 = f64x2.div(one, f64x2.mul(f64x2.mul(e2, e2), e2));
  const total =
    f64x2.extract_lane(v1, 0) + f64x2.extract_lane(v1, 1) + f64x2.extract_lane(v2, 0) + f64x2.extract_lane(v2, 1);
  const s1 = f64x2.mul(v1, first);
  const s2 = f64x2.mul(v2, second);
  const sum =
    f64x2.extract_lane(s1, 0) + f64x2.extract_lane(s1, 1) + f64x2.extract_lane(s2, 0) + f64x2.extract_lane(s2, 1);
  const mu = min(max(<i32>floor(sum / total + 0.5), -MAX_VALUE), MAX_VALUE);

  const rw = x ? at(r, i - c) : 0;
  const rww = x > 1 ? at(r, i - 2 * c) : 0;
  const rc = ch ? at(r, i - 1) : plane ? rww : x > 2 ? at(r, i - 3 * c) : 0;
  const rn = plane ? (up ? at(r, i - row) : 0) : rww;
  const rr = plane ? (up && right ? at(r, i - row + c) : 0) : ch > 1 ? at(r, i - 2) : 0;
  const energy = plane ? 2 * abs(rw) + abs(rn) + abs(rr) + abs(rc) : 2 * (abs(rw) + abs(rc)) + abs(rww);
  const l = energyClass(energy);
  const west = clampInt(rw, 4) + 4;
  const classes = differenceClasses(i32x4.sub(four(<i32>linear, w, p1, p3), i32x4.splat(mu)));
  const dw = i32x4.extract_lane(classes, 1);
  setContext(s, 0, x * c + ch);
  setContext(s, 1, (((mu >> 5) & 0xffff) << 6) + cc);
  setContext(s, 2, (i32x4.extract_lane(classes, 0) * 24 + l) << 6);
  setContext(s, 3, ((((clampInt(rr, 4) + 4) * 9 + clampInt(rc, 4) + 4) * 9 + clampInt(rw, 1) + 1) << 6) + cc);
  setContext(s, 4, ((dw * 24 + l) << 6) + cc);
  setContext(s, 5, ((i32x4.extract_lane(classes, 2) * 24 + l) << 6) + cc);
  setContext(s, 6, (i32x4.extract_lane(classes, 3) * 9 + west) * 9 + clampInt(rn, 4) + 4);
  selectWeights(s, 0, l);
  selectWeights(s, 1, c > 1 ? cc : dw);
  return mu;
}
