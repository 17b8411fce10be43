// What the golden files hold. `node test/golden/make.ts` writes those that are missing and changes none: what a released
// version wrote stays as it is. Weights are drawn and not trained: the seed says all.

import type { CodecOptions, Layer } from 'isthmus';

interface Case {
  readonly input: readonly number[];
  readonly encoder: (isthmus: typeof import('isthmus')) => readonly Layer[];
  readonly decoder: (isthmus: typeof import('isthmus')) => readonly Layer[];
  readonly options: CodecOptions;
  readonly samples: number;
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
};

/** Numbers in (-1, 1); every 37th is ten times as large, beyond what calibration has shown. */
export function samplesOf(count: number, far: boolean): Float32Array<ArrayBuffer> {
  let state = far ? 7 : 1;
  return Float32Array.from({ length: count }, (_, i) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 31 - 1) * (far && i % 37 === 36 ? 10 : 1);
  });
}
