// What stands around a value, what it predicts, and the contexts that follow from it. Values are integers, 64 to a step
// of the grid. m and r are whole arrays, i counts values.

import { choose, context } from './bit';
import { predict } from './squares';
import { COLUMNS, SCRATCH, SQUARES, SQUARES_BYTES } from './state';

/** Mean errors of the four candidates in a channel's block; and where the candidates of this value lie. */
export const ERRORS: usize = 2312;
export const CANDIDATES: usize = SCRATCH + 2304;
const MOST: f64 = 268435456;

/** @inline */
function at(m: usize, i: i32): i32 {
  return load<i32>(m + ((<usize>i) << 2));
}

/** @inline */
function feature(s: usize, k: usize, value: i32): void {
  store<f64>(s + (k << 3), value, SCRATCH);
}

/** A difference of predictions in 15 classes, fine near 0. */
function sort(d: i32): i32 {
  const a = abs(d);
  const q = i32(a >= 4) + i32(a >= 10) + i32(a >= 18) + i32(a >= 28) + i32(a >= 44) + i32(a >= 80) + i32(a >= 160);
  return d < 0 ? 7 - q : 7 + q;
}

/** @inline */
function held(v: i32, most: i32): i32 {
  return min(max(v, -most), most);
}

/** Twice the logarithm of a sum, at most 19. */
function level(sum: i32): i32 {
  if (sum < 2) return sum;
  const e = 31 - clz(sum);
  return min(2 * e + ((sum >> (e - 1)) & 1), 19);
}

/** The block of least squares of a channel. @inline */
export function squaresOf(s: usize, channel: i32): usize {
  return s + SQUARES + <usize>(channel & 63) * SQUARES_BYTES;
}

/** The prediction of value i, with contexts set. `plane`: lines of `width` pixels; else one line. */
export function expect(
  s: usize,
  m: usize,
  r: usize,
  side: usize,
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
  const cc = c > 1 ? ch & 63 : 0;
  const up = line > 0;
  const up2 = line > 1;
  const right = x < width - 1;
  const w = x ? at(m, i - c) : up ? at(m, i - row) : i ? at(m, i - 1) : 0;
  const w2 = x > 1 ? at(m, i - 2 * c) : w;
  const w3 = x > 2 ? at(m, i - 3 * c) : w2;
  const w4 = x > 3 ? at(m, i - 4 * c) : w3;
  feature(s, 0, w2 - w);
  feature(s, 1, w3 - w);
  feature(s, 2, w4 - w);
  let k: usize = 3;
  let n = w;
  let nw = w;
  let nn = w;
  if (plane) {
    n = up ? at(m, i - row) : w;
    nw = up && x ? at(m, i - row - c) : n;
    nn = up2 ? at(m, i - 2 * row) : n;
    const ne = up && right ? at(m, i - row + c) : n;
    feature(s, 3, n - w);
    feature(s, 4, nw - w);
    feature(s, 5, ne - w);
    feature(s, 6, nn - w);
    feature(s, 7, (up && x > 1 ? at(m, i - row - 2 * c) : nw) - w);
    feature(s, 8, (up && x < width - 2 ? at(m, i - row + 2 * c) : ne) - w);
    feature(s, 9, (up2 && right ? at(m, i - 2 * row + c) : nn) - w);
    feature(s, 10, (up2 && x ? at(m, i - 2 * row - c) : nn) - w);
    const mean = s + COLUMNS + 16;
    const column = x * c + ch;
    feature(s, 11, x ? at(mean, column) - at(mean, column - c) : 0);
    k = 12;
  } else {
    feature(s, 3, (x > 4 ? at(m, i - 5 * c) : w4) - w);
    feature(s, 4, (x > 23 ? at(m, i - 24 * c) : w) - w);
    k = 5;
  }
  // What the channels before this one did at this place.
  for (let j = 1; k < 16; k++, j++) feature(s, k, ch >= j && x ? at(m, i - j) - at(m, i - j - c) : 0);
  const across = ch && x ? at(m, i - 1) - at(m, i - 1 - c) : 0;
  const p1 = plane ? w + n - nw : c > 1 ? w + across : 2 * w - w2;
  let p2 = 2 * w - w2;
  let p3 = plane ? 2 * n - nn : 3 * w - 3 * w2 + w3;
  if (side) {
    const here = at(side, i);
    const before = x ? at(side, i - c) : here;
    feature(s, 2, here - before);
    feature(s, 15, before - w);
    p2 = w + here - before;
    p3 = here;
  }

  const q = squaresOf(s, cc);
  let own = predict(s, q) + w;
  if (!(abs(own) < MOST)) own = w;
  store<f64>(s, own, CANDIDATES);
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
  const mu = <i32>min(max(floor(sum / total + 0.5), -536870912), 536870912);

  const rw = x ? at(r, i - c) : 0;
  const rww = x > 1 ? at(r, i - 2 * c) : 0;
  const rc = ch ? at(r, i - 1) : plane ? rww : x > 2 ? at(r, i - 3 * c) : 0;
  const rn = plane ? (up ? at(r, i - row) : 0) : rww;
  const rr = plane ? (up && right ? at(r, i - row + c) : 0) : ch > 1 ? at(r, i - 2) : 0;
  const energy = plane ? 2 * abs(rw) + abs(rn) + abs(rr) + abs(rc) : 2 * (abs(rw) + abs(rc)) + abs(rww);
  const l = level(energy);
  const west = held(rw, 4) + 4;
  const d1 = sort(p1 - mu);
  const dw = sort(w - mu);
  context(s, 0, x * c + ch);
  context(s, 1, (((mu >> 5) & 0xffff) << 6) + cc);
  context(s, 2, (sort(<i32>own - mu) * 24 + l) << 6);
  context(s, 3, ((((held(rr, 4) + 4) * 9 + held(rc, 4) + 4) * 9 + held(rw, 1) + 1) << 6) + cc);
  context(s, 4, ((dw * 24 + l) << 6) + cc);
  context(s, 5, ((d1 * 24 + l) << 6) + cc);
  context(s, 6, (sort(p3 - mu) * 9 + west) * 9 + held(rn, 4) + 4);
  choose(s, 0, l);
  choose(s, 1, c > 1 ? cc : dw);
  return mu;
}
