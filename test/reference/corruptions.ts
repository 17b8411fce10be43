// Corruptions and augmentations of training in float64, value by value.

import { normalOf, uniform, word } from './philox.ts';

/** A source of random words. `first`: the index of the first group of 16 words. */
export interface Words {
  readonly step: number;
  readonly stream: number;
  readonly seed: number;
  readonly first?: number;
}

const at = (i: number, w: Words): number => uniform(16 * (w.first ?? 0) + i, w.step, w.stream, w.seed);

/** Random number i of those that are drawn once for a sample. */
export const draw = (i: number, w: Words): number => uniform(i, w.step, w.stream, w.seed);

/** Replaces a value with probability `rate`: by low where its uniform number is below rate / 2, else by high. */
export const replace = (x: ArrayLike<number>, rate: number, low: number, high: number, w: Words): Float64Array =>
  Float64Array.from(x, (v, i) => (at(i, w) < rate / 2 ? low : at(i, w) < rate ? high : v));

/** x with normal noise added. */
export const addNormal = (x: ArrayLike<number>, stddev: number, w: Words): Float64Array =>
  Float64Array.from(x, (v, i) => {
    const bits = word(16 * (w.first ?? 0) + i, w.step, w.stream, w.seed) >>> 9;
    return v + stddev * normalOf((2 * bits + 1 - 2 ** 23) * 2 ** -23);
  });

/** The smallest k with P(X <= k) >= u, X of the Poisson distribution of mean m <= 700, by its probabilities. */
export function poissonQuantile(u: number, m: number): number {
  let p = Math.exp(-m);
  let total = p;
  let k = 0;
  while (total < u && k < 2000) {
    k++;
    p *= m / k;
    total += p;
  }
  return k;
}

/** The uniform number in (0, 1) of a word, whose normal quantile is the normal number of that word. */
export const openUniform = (bits: number): number => (2 * (bits >>> 9) + 1) * 2 ** -24;

/** Rows and columns of the rectangle that covers a share of h × w, for a uniform number. */
export function proportions(h: number, w: number, share: number, u: number): [number, number] {
  // The ratio of height / h to width / w; neither side may be longer than that of the image.
  const least = Math.max(1 / 2, share);
  const most = Math.min(2, 1 / share);
  const ratio = least + u * (most - least);
  const side = (length: number, part: number): number => Math.max(1, Math.round(length * part));
  return [side(h, Math.sqrt(share * ratio)), side(w, Math.sqrt(share / ratio))];
}

/** Mirrors and then shifts an image; pixels from outside are `value`, or the nearest pixel if `value` is undefined. */
export function move(
  x: ArrayLike<number>,
  [h, w, c]: readonly [number, number, number],
  flips: { horizontal?: boolean; vertical?: boolean },
  down: number,
  right: number,
  value?: number,
): Float64Array {
  const out = new Float64Array(h * w * c);
  for (let i = 0; i < h; i++) {
    for (let j = 0; j < w; j++) {
      for (let k = 0; k < c; k++) {
        let [a, b] = [i - down, j - right];
        const outside = a < 0 || a >= h || b < 0 || b >= w;
        [a, b] = [Math.min(Math.max(a, 0), h - 1), Math.min(Math.max(b, 0), w - 1)];
        if (flips.vertical) a = h - 1 - a;
        if (flips.horizontal) b = w - 1 - b;
        out[(i * w + j) * c + k] = outside && value !== undefined ? value : x[(a * w + b) * c + k]!;
      }
    }
  }
  return out;
}

/** Contrast about the mean of all values, then brightness, then the clip. */
export function stretch(
  x: ArrayLike<number>,
  factor: number,
  delta: number,
  low = Number.NEGATIVE_INFINITY,
  high = Number.POSITIVE_INFINITY,
): Float64Array {
  const mean = Array.from(x).reduce((sum, v) => sum + v, 0) / x.length;
  return Float64Array.from(x, (v) => Math.min(Math.max(mean + factor * (v - mean) + delta, low), high));
}

/** The definitions in this file that describe each corruption and each augmentation. `mixture` runs one of the others. */
export const transformTwins = {
  maskingNoise: [replace],
  saltAndPepper: [replace],
  poissonNoise: [poissonQuantile, openUniform],
  blockMask: [proportions],
  mixture: [draw],
  shift: [move],
  flip: [move],
  brightness: [stretch],
} as const;
