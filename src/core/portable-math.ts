// Functions with the same result, bit by bit, on every runtime. They use additions, multiplications, divisions and square
// roots alone, which IEEE 754 rounds in one way. `Math.pow`, `Math.exp` and `Math.cos` differ between engines.

/** base^exponent for an integer exponent >= 0, by squaring. */
export function power(base: number, exponent: number): number {
  let result = 1;
  for (let square = base, left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2) result *= square;
    square *= square;
  }
  return result;
}

/** e^x, relative error below 1e-13 for |x| <= 700: a power of e for the nearest integer, times the Taylor series of the rest. */
export function exponential(x: number): number {
  const integer = Math.round(x);
  const rest = x - integer;
  let term = 1;
  let sum = 1;
  for (let k = 1; k < 18; k++) {
    term *= rest / k;
    sum += term;
  }
  const large = power(Math.E, Math.abs(integer));
  return integer < 0 ? sum / large : sum * large;
}

/** cos(π·x) for 0 <= x <= 1, error below 1e-15: the Taylor series of -sin about x = 1/2. */
export function cosPi(x: number): number {
  const y = Math.PI * (0.5 - x);
  let term = y;
  let sum = y;
  for (let k = 3; k < 29; k += 2) {
    term *= -(y * y) / (k * (k - 1));
    sum += term;
  }
  return sum;
}

/**
 * base^exponent for base in (0, 10] and exponent >= 0, relative error below 1e-12. The integer part of the exponent by
 * squaring, the binary digits of its fraction by repeated square roots.
 */
export function realPower(base: number, exponent: number): number {
  const integer = Math.floor(exponent);
  let rest = exponent - integer;
  let result = power(base, integer);
  let root = base;
  for (let bit = 0; bit < 53 && rest > 0; bit++) {
    root = Math.sqrt(root);
    rest *= 2;
    if (rest >= 1) {
      result *= root;
      rest -= 1;
    }
  }
  return result;
}

export function sumOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum;
}

/** The index i that `at` selects when index i has the probability weights[i] / sum. `at`: from 0 to the sum of the weights. */
export function pickWeighted(weights: readonly number[], at: number): number {
  let left = at;
  let i = 0;
  while (i < weights.length - 1 && left >= weights[i]!) left -= weights[i++]!;
  return i;
}

/** A pseudo-random number in (-1, 1): an integer hash of `i` (the finalizer of MurmurHash3). */
export function hashNoise(i: number): number {
  let h = (i + 1) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) / 2 ** 31;
}

/**
 * The largest `measure(item)`, at least `minimum`. Not `Math.max(...)`: engines limit the number of arguments, and a spec may have
 * more layers.
 */
export const maxOf = <T>(items: readonly T[], measure: (item: T) => number, minimum = 0): number =>
  items.reduce((max, item) => Math.max(max, measure(item)), minimum);

/** The nearest value within low..high. NaN for NaN. */
export const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));

/** The byte that stands for a value in 0..1: 255 · value, clamped to 0..255 and rounded half up. NaN for NaN. */
export const toByte = (value: number): number => Math.floor(clamp(255 * value, 0, 255) + 0.5);
