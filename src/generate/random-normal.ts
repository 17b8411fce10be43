// Uniform and normal random numbers, the same on every runtime: additions, multiplications, divisions and square roots alone.
// For the few numbers that generated samples need; training draws its numbers in kernels.

import type { Engine } from '../engine/engine.ts';

/** log x for 0 < x <= 1, relative error below 1e-14: x = m · 2^e, and the series of artanh((m - 1) / (m + 1)). */
function logarithm(x: number): number {
  let m = x;
  let e = 0;
  for (; m < Math.SQRT1_2; m *= 2) e--;
  const s = (m - 1) / (m + 1);
  let power = s;
  let sum = 0;
  for (let k = 1; k < 24; k += 2) {
    sum += power / k;
    power *= s * s;
  }
  return 2 * sum + e * Math.LN2;
}

const centralCoefficients = [2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 0.00021858087, -0.00125372503, -0.00417768164, 0.246640727, 1.50140941]; // biome-ignore format: coefficients
const tailCoefficients = [-0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613, 0.00943887047, 1.00167406, 2.83297682]; // biome-ignore format: coefficients

/** √2 · erfinv(x) for -1 < x < 1, relative error below 2e-6: Giles, Approximating the erfinv function, 2012. */
function normalQuantile(x: number): number {
  const w = -logarithm((1 - x) * (1 + x));
  const [coefficients, v] = w < 5 ? [centralCoefficients, w - 2.5] : [tailCoefficients, Math.sqrt(w) - 3];
  return Math.SQRT2 * x * coefficients.reduce((sum, c) => sum * v + c, 0);
}

/** `count` numbers of a stream, uniform in [0, 1), multiples of 2^-32. */
export function uniformNumbers(engine: Engine, count: number, stream: number, seed: number): Float64Array {
  const numbers = new Float64Array(count);
  const use = (words: Uint32Array, from: number): void => {
    words.forEach((word, j) => {
      numbers[from + j] = word / 2 ** 32;
    });
  };
  engine.randomWords(count, 0, stream, use, seed);
  return numbers;
}

/** `count` numbers of a stream, N(0, 1). They come from odd multiples of 2^-32 in (-1, 1), so all are finite. */
export const normalNumbers = (engine: Engine, count: number, stream: number, seed: number): Float64Array =>
  uniformNumbers(engine, count, stream, seed).map((u) => normalQuantile(2 * u + 2 ** -32 - 1));
