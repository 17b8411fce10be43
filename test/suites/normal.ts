// Normal samples along a line, a model made for them by hand, and a detector, for the suites.

import { type Isthmus, numbers } from './assert.ts';

export const SIZE = 6;
/** A bell of sorts, mean 0 and variance 1, from twelve numbers in (-1, 1). */
export function bell(count: number, seed: number): Float32Array<ArrayBuffer> {
  const flat = numbers(count * 12, seed);
  return Float32Array.from({ length: count }, (_, i) => {
    let sum = 0;
    for (let k = 0; k < 12; k++) sum += flat[12 * i + k]!;
    return sum / 2;
  });
}

/** n samples along one line, with noise of 0.1 about it; times `unit`. */
export function line(n: number, seed: number, unit = 1): Float32Array<ArrayBuffer> {
  const noise = bell(n * SIZE, seed);
  const along = bell(n, seed + 77);
  return noise.map((value, i) => unit * (along[Math.floor(i / SIZE)]! + 0.1 * value));
}

/** The mean of all features as the code, and the code as every feature: with `unit`, of data in that unit. */
export async function averaging({ autoencoder, dense }: Isthmus, unit = 1) {
  const spec = { input: [SIZE], encoder: [dense({ units: 1 })], decoder: [dense({ units: SIZE })] };
  const model = await autoencoder(spec, { seed: 1 });
  model.setWeights({
    'encoder.0.kernel': { shape: [SIZE, 1], data: new Float32Array(SIZE).fill(1 / SIZE / unit) },
    'decoder.0.kernel': { shape: [1, SIZE], data: new Float32Array(SIZE).fill(unit) },
  });
  return model;
}

export const detectorFor = async (isthmus: Isthmus, falsePositiveRate = 0.05) =>
  isthmus.anomalyDetector(await averaging(isthmus), line(300, 1), { falsePositiveRate });
export const share = (flags: readonly boolean[]): number => flags.filter(Boolean).length / flags.length;

/** `x` with value `j` of every sample changed. */
export const changed = (x: Float32Array, j: number, change: (value: number) => number): Float32Array<ArrayBuffer> =>
  Float32Array.from(x, (value, i) => (i % SIZE === j ? change(value) : value));
