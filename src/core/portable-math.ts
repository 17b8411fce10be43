// What must be the same on every runtime. Powers, exponentials and cosines out of additions and multiplications alone, which IEEE 754 rounds in one
// way: `Math.pow`, `Math.exp` and `Math.cos` differ from engine to engine, and would make training differ.

/** base^exponent for an integer exponent of at least 0, by squaring. */
export function power(base: number, exponent: number): number {
  let result = 1;
  for (let square = base, left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2) result *= square;
    square *= square;
  }
  return result;
}

/** e^x, relative error below 1e-13 for x within ±700: powers of e by squaring, and the series about the nearest one. */
export function exponential(x: number): number {
  const whole = Math.round(x);
  const rest = x - whole;
  let term = 1;
  let sum = 1;
  for (let k = 1; k < 18; k++) {
    term *= rest / k;
    sum += term;
  }
  const large = power(Math.E, Math.abs(whole));
  return whole < 0 ? sum / large : sum * large;
}

/** cos(π·x) for 0 <= x <= 1, error below 1e-15: its series about the middle, where it is odd. */
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

/** base^exponent for base in (0, 10] and exponent >= 0, relative error below 1e-12: whole part by squaring, the rest by halves. */
export function realPower(base: number, exponent: number): number {
  const whole = Math.floor(exponent);
  let rest = exponent - whole;
  let result = power(base, whole);
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

/** Which of several things, chosen in proportion to `weights`, a number between 0 and their sum picks. */
export function pickWeighted(weights: readonly number[], at: number): number {
  let left = at;
  let i = 0;
  while (i < weights.length - 1 && left >= weights[i]!) left -= weights[i++]!;
  return i;
}

/** The largest value that `of` gives for an item, at least `minimum`. Not `Math.max(...)`: a spec may have more layers than a call may have arguments. */
export const maxOf = <T>(list: readonly T[], of: (item: T) => number, minimum = 0): number =>
  list.reduce((max, item) => Math.max(max, of(item)), minimum);

/** The value, or the nearest of `low` and `high` where it is outside of them. NaN stays NaN. */
export const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));
