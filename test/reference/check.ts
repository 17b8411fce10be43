// What the tests of the twins share.
import assert from 'node:assert/strict';

/** |actual - expected| <= absolute + relative · |expected|; NaN never is. */
export function close(actual: number, expected: number, relative: number, absolute: number, name: string): void {
  const bound = absolute + relative * Math.abs(expected);
  assert.ok(Math.abs(actual - expected) <= bound, `${name}: expected ${expected} ± ${bound}, got ${actual}`);
}

/** `close` for lists of the same length. */
export function allClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  relative: number,
  absolute: number,
  name: string,
): void {
  assert.equal(actual.length, expected.length, `${name}: length`);
  for (let i = 0; i < expected.length; i++) close(actual[i]!, expected[i]!, relative, absolute, `${name} at ${i}`);
}

/** Central differences of `f` by each of `values`, which are moved in place and put back. */
export function differences(f: () => number, values: Float64Array, h = 1e-6): Float64Array {
  return Float64Array.from(values, (value, i) => {
    values[i] = value + h;
    const above = f();
    values[i] = value - h;
    const below = f();
    values[i] = value;
    return (above - below) / (2 * h);
  });
}

/** Numbers in -size..size, none of them 0, no two alike. */
export const wave = (n: number, k = 1, size = 1.3): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => Math.sin(k * (i + 1) * 1.7) * size);
