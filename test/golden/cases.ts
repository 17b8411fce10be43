// The codecs and samples of the golden files. `node test/golden/make.ts` writes missing files and changes none: the files of a
// released version stay as they are. Weights are random, from a seed, and not trained.

import type { CodecOptions, Layer } from 'isthmus';
import { symmetricFromSeed } from '../../tools/linear-congruential.ts';

interface Case {
  readonly input: readonly number[];
  readonly encoder: (isthmus: typeof import('isthmus')) => readonly Layer[];
  readonly decoder: (isthmus: typeof import('isthmus')) => readonly Layer[];
  readonly options: CodecOptions;
  readonly samples: number;
  /** Samples are bytes. */
  readonly pixels?: boolean;
  /** Smooth samples, with values among them that are not on the grid; else random numbers. */
  readonly waves?: boolean;
}

export const cases: Readonly<Record<string, Case>> = {
  'plain-1': {
    input: [12],
    encoder: ({ dense }) => [dense({ units: 4 })],
    decoder: ({ dense }) => [dense({ units: 8, activation: 'relu' }), dense({ units: 12 })],
    options: { step: 0.25, samplesPerBlock: 50 },
    samples: 130,
  },
  'plain-fine-1': {
    input: [2, 3],
    encoder: ({ dense }) => [dense({ units: 2 })],
    decoder: ({ dense }) => [dense({ units: 3 })],
    options: { step: 1e-4 },
    samples: 30,
  },
  'plain-convolution-1': {
    input: [4, 4, 1],
    encoder: ({ conv2d }) => [conv2d({ filters: 2, kernelSize: 3, strides: 2, padding: 'same', activation: 'tanh' })],
    decoder: ({ conv2dTranspose }) => [
      conv2dTranspose({ filters: 1, kernelSize: 3, strides: 2, padding: 'same', activation: 'sigmoid' }),
    ],
    options: { step: 0.05, samplesPerBlock: 7 },
    samples: 20,
  },
  'bounded-1': {
    input: [4, 3],
    encoder: ({ dense, flatten }) => [flatten(), dense({ units: 2 })],
    decoder: ({ dense, reshape }) => [dense({ units: 12, activation: 'relu' }), reshape({ targetShape: [4, 3] })],
    options: { maxError: 0.01, samplesPerBlock: 20 },
    samples: 50,
    waves: true,
  },
  'relative-1': {
    input: [16],
    encoder: ({ dense }) => [dense({ units: 2 })],
    decoder: ({ dense }) => [dense({ units: 16 })],
    options: { relativeError: 0.001 },
    samples: 40,
    waves: true,
  },
  'lossless-1': {
    input: [4, 4, 1],
    encoder: ({ dense, flatten }) => [flatten(), dense({ units: 2 })],
    decoder: ({ dense, reshape }) => [dense({ units: 16, activation: 'sigmoid' }), reshape({ targetShape: [4, 4, 1] })],
    options: { lossless: true, samplesPerBlock: 30 },
    samples: 50,
    waves: true,
    pixels: true,
  },
  'plain-bytes-2': {
    input: [12],
    encoder: ({ dense }) => [dense({ units: 4 })],
    decoder: ({ dense }) => [dense({ units: 12 })],
    options: { step: 0.05, samplesPerBlock: 50 },
    samples: 130,
    waves: true,
    pixels: true,
  },
  'bounded-bytes-2': {
    input: [4, 3],
    encoder: ({ dense, flatten }) => [flatten(), dense({ units: 2 })],
    decoder: ({ dense, reshape }) => [dense({ units: 12 }), reshape({ targetShape: [4, 3] })],
    options: { maxError: 2, samplesPerBlock: 20 },
    samples: 50,
    waves: true,
    pixels: true,
  },
  'channels-2': {
    input: [4, 3],
    encoder: ({ dense, flatten }) => [flatten(), dense({ units: 2 })],
    decoder: ({ dense, reshape }) => [dense({ units: 12 }), reshape({ targetShape: [4, 3] })],
    options: { maxError: [0.1, 0, 0.001], samplesPerBlock: 20 },
    samples: 50,
    waves: true,
  },
  'channels-bytes-2': {
    input: [3, 4, 2],
    encoder: ({ dense, flatten }) => [flatten(), dense({ units: 2 })],
    decoder: ({ dense, reshape }) => [dense({ units: 24 }), reshape({ targetShape: [3, 4, 2] })],
    options: { maxError: [0.5, 7.5] },
    samples: 50,
    waves: true,
    pixels: true,
  },
};

/** Numbers in (-1, 1). If `far`, every 37th is ten times as large, outside of the range of the calibration samples. */
function scattered(count: number, far: boolean): Float32Array<ArrayBuffer> {
  const next = symmetricFromSeed(far ? 7 : 1);
  return Float32Array.from({ length: count }, (_, i) => next() * (far && i % 37 === 36 ? 10 : 1));
}

/** Parabolas of 64 values each, with small periodic noise. They are exact on every runtime; a sine is not. */
function wavy(count: number, far: boolean): Float32Array<ArrayBuffer> {
  const values = Float32Array.from({ length: count }, (_, i) => {
    const t = ((i + (far ? 20 : 0)) % 64) / 64;
    return 0.1 + 3 * t * (1 - t) + ((i * 7919) % 13) / 1300;
  });
  if (far) values.set([Number.NaN, Number.POSITIVE_INFINITY, -0, 1e30, 1e-42, Number.NEGATIVE_INFINITY], 55);
  return values;
}

/** Samples for calibration, or samples to compress, which are `far` from those. */
export function samplesOf(
  name: string,
  count: number,
  far: boolean,
): Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer> {
  const { options, waves, pixels } = cases[name]!;
  const values = waves ? wavy(count, far && !options.relativeError && !pixels) : scattered(count, far);
  return pixels ? Uint8Array.from(values, (value) => value * 255) : values;
}
