// For the suites: samples near a line, a model whose weights reconstruct that line, and a detector of both.

import { type Isthmus, numbers } from './assert.ts';

export const SIZE = 6;
/** Nearly normal numbers of mean 0 and variance 1: half the sum of twelve uniform numbers in (-1, 1). */
export function nearlyNormal(count: number, seed: number): Float32Array<ArrayBuffer> {
  const flat = numbers(count * 12, seed);
  return Float32Array.from({ length: count }, (_, i) => {
    let sum = 0;
    for (let k = 0; k < 12; k++) sum += flat[12 * i + k]!;
    return sum / 2;
  });
}

/** n samples on the line on which all features are equal, with noise of deviation 0.1, times `unit`. */
export function normalSamples(n: number, seed: number, unit = 1): Float32Array<ArrayBuffer> {
  const noise = nearlyNormal(n * SIZE, seed);
  const positions = nearlyNormal(n, seed + 77);
  return noise.map((value, i) => unit * (positions[Math.floor(i / SIZE)]! + 0.1 * value));
}

/** A model whose code is the mean of all features / `unit`, and whose every output is the code times `unit`. */
export async function averagingModel({ autoencoder, dense }: Isthmus, unit = 1) {
  const spec = { input: [SIZE], encoder: [dense({ units: 1 })], decoder: [dense({ units: SIZE })] };
  const model = await autoencoder(spec, { seed: 1 });
  model.setWeights({
    'encoder.0.kernel': { shape: [SIZE, 1], data: new Float32Array(SIZE).fill(1 / SIZE / unit) },
    'decoder.0.kernel': { shape: [1, SIZE], data: new Float32Array(SIZE).fill(unit) },
  });
  return model;
}

export const detectorFor = async (isthmus: Isthmus, falsePositiveRate = 0.05) =>
  isthmus.anomalyDetector(await averagingModel(isthmus), normalSamples(300, 1), { falsePositiveRate });

/** The share of flagged samples. */
export const flaggedShare = (flags: readonly boolean[]): number => flags.filter(Boolean).length / flags.length;

/** `x` with feature `j` of every sample changed. */
export const withFeature = (x: Float32Array, j: number, change: (value: number) => number): Float32Array<ArrayBuffer> =>
  Float32Array.from(x, (value, i) => (i % SIZE === j ? change(value) : value));
