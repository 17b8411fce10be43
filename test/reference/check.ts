// Assertions and numerical derivatives for the tests of the twins.
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

/** The central difference of `f` by values[i], which is changed in place and restored. */
export function slopeAt(values: Float32Array | Float64Array, i: number, f: () => number, h = 1e-5): number {
  const value = values[i]!;
  values[i] = value + h;
  const above = f();
  values[i] = value - h;
  const below = f();
  values[i] = value;
  return (above - below) / (2 * h);
}

/** Central differences of `f` by each of `values`. */
export function differences(f: () => number, values: Float64Array, h = 1e-6): Float64Array {
  return values.map((_, i) => slopeAt(values, i, f, h));
}

/** Numbers in -size..size, none of them 0, no two alike. */
export const wave = (n: number, k = 1, size = 1.3): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => Math.sin(k * (i + 1) * 1.7) * size);
