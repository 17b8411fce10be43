// Losses, value and gradient in one pass over the output.

import { log } from './math/exp';
import { horizontalSum } from './reduce';
import { loadPart, madd, splat, storePart, withSign } from './simd';

// The codes are those of src/engine/losses.ts.
const SQUARED: i32 = 0;
const ABSOLUTE: i32 = 1;
const HUBER: i32 = 2;
const CROSSENTROPY: i32 = 3;
/** Cross-entropy of a sigmoid. The gradient is by the input of the sigmoid: y - t, which does not cancel. */
export const CROSSENTROPY_OF_SIGMOID: i32 = 4;
const CATEGORICAL: i32 = 5;
/** Cross-entropy of a softmax, for targets whose sum is 1. The gradient is by the input of the softmax: y - t. */
const CATEGORICAL_OF_SOFTMAX: i32 = 6;
/** Squared error of a sigmoid. The gradient is by the input of the sigmoid. */
const SQUARED_OF_SIGMOID: i32 = 7;

/** Keras clips probabilities to [1e-7, 1 - 1e-7] before it takes their logarithm. */
const CLIP: f32 = 1e-7;

/** @inline */
function term(kind: i32, y: v128, t: v128): v128 {
  const d = f32x4.sub(y, t);
  const a = f32x4.abs(d);
  const one = splat(1);
  switch (kind) {
    case SQUARED:
    case SQUARED_OF_SIGMOID:
      return f32x4.mul(d, d);
    case ABSOLUTE:
      return a;
    case HUBER: {
      const inner = f32x4.mul(f32x4.mul(d, d), splat(0.5));
      return v128.bitselect(inner, f32x4.sub(a, splat(0.5)), f32x4.le(a, one));
    }
    case CATEGORICAL:
    case CATEGORICAL_OF_SOFTMAX:
      return f32x4.neg(f32x4.mul(t, log(f32x4.pmax(y, splat(CLIP)))));
    default: {
      const p = f32x4.pmin(f32x4.pmax(y, splat(CLIP)), splat(1 - CLIP));
      const both = madd(t, log(p), f32x4.mul(f32x4.sub(one, t), log(f32x4.sub(one, p))));
      return f32x4.neg(both);
    }
  }
}

/** @inline */
function slope(kind: i32, y: v128, t: v128): v128 {
  const d = f32x4.sub(y, t);
  const one = splat(1);
  switch (kind) {
    case SQUARED:
      return f32x4.add(d, d);
    case SQUARED_OF_SIGMOID:
      return f32x4.mul(f32x4.add(d, d), f32x4.mul(y, f32x4.sub(one, y)));
    case ABSOLUTE:
      return withSign(1, d);
    case HUBER:
      return f32x4.pmin(f32x4.pmax(d, splat(-1)), one);
    case CROSSENTROPY: {
      const inside = v128.and(f32x4.ge(y, splat(CLIP)), f32x4.le(y, splat(1 - CLIP)));
      return v128.and(f32x4.div(d, f32x4.mul(y, f32x4.sub(one, y))), inside);
    }
    case CATEGORICAL:
      return f32x4.neg(v128.and(f32x4.div(t, y), f32x4.ge(y, splat(CLIP))));
    default:
      return d;
  }
}

/** @inline */
function pass(
  dy: usize,
  y: usize,
  t: usize,
  first: i32,
  n: i32,
  kind: i32,
  scale: f32,
  accumulate: bool,
  gradient: bool,
): f64 {
  let total: f64 = 0;
  let partial = splat(0);
  for (let i = first; i < n; i += 4) {
    const o = (<usize>i) << 2;
    const left = n - i;
    const a = loadPart(y + o, left);
    const b = loadPart(t + o, left);
    let v = term(kind, a, b);
    if (left < 4) {
      const lane = i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(left));
      v = v128.and(v, lane);
    }
    partial = f32x4.add(partial, v);
    // Into f64 every 256 values: a long f32 sum would lose the small improvements of the last epochs.
    if ((i & 255) === 252) {
      total += horizontalSum(partial);
      partial = splat(0);
    }
    if (gradient) {
      let g = f32x4.mul(slope(kind, a, b), splat(scale));
      if (accumulate) g = f32x4.add(g, loadPart(dy + o, left));
      storePart(dy + o, g, left);
    }
  }
  return total + horizontalSum(partial);
}

/** Blocks of 256 values of squared error, without a branch on the loss or on a part of a vector. */
function squares(dy: usize, y: usize, t: usize, n: i32, ofSigmoid: bool, scale: f32): f64 {
  const factor = splat(scale);
  const one = splat(1);
  const end = y + ((<usize>n) << 2);
  let total: f64 = 0;
  while (y < end) {
    let partial = splat(0);
    for (const stop = y + 1024; y < stop; y += 16, t += 16, dy += 16) {
      const a = v128.load(y);
      const d = f32x4.sub(a, v128.load(t));
      let g = f32x4.add(d, d);
      if (ofSigmoid) g = f32x4.mul(g, f32x4.mul(a, f32x4.sub(one, a)));
      partial = f32x4.add(partial, f32x4.mul(d, d));
      v128.store(dy, f32x4.mul(g, factor));
    }
    total += horizontalSum(partial);
  }
  return total;
}

/** Σ loss(y, t) over n values; `kind` is the code of the loss. */
export function lossSum(y: usize, t: usize, n: i32, kind: i32): f64 {
  return pass(0, y, t, 0, n, kind, 0, false, false);
}

/** Returns Σ loss(y, t), as lossSum, and sets dy[n] = scale · ∂loss/∂y (+ dy where `accumulate`). */
export function lossGradient(dy: usize, y: usize, t: usize, n: i32, kind: i32, scale: f32, accumulate: bool): f64 {
  let blocksEnd = 0;
  let total: f64 = 0;
  if (!accumulate && (kind === SQUARED || kind === SQUARED_OF_SIGMOID)) {
    blocksEnd = n & ~255;
    total = squares(dy, y, t, blocksEnd, kind === SQUARED_OF_SIGMOID, scale);
  }
  return total + pass(dy, y, t, blocksEnd, n, kind, scale, accumulate, true);
}
