// A small model and 200 samples that it can learn, for the suites.

import { type Isthmus, sheetSamples } from './assert.ts';

export const size = 20;
/** 200 samples. */
export const x = sheetSamples(200, size);
export const buildModel = ({ autoencoder, dense }: Isthmus, seed = 1) =>
  autoencoder(
    {
      input: [size],
      encoder: [dense({ units: 8, activation: 'relu' })],
      decoder: [dense({ units: size, activation: 'sigmoid' })],
    },
    { seed },
  );
/** The values of all weights, concatenated. */
export const weightsOf = (m: Awaited<ReturnType<typeof buildModel>>): number[] =>
  Object.values(m.weights).flatMap(({ data }) => [...data]);
export const deterministicOptions = { deterministic: true } as const;

/** A model with a penalty, dropout, a loss and a corruption in its spec, for tests of files. */
export const buildRegularizedModel = ({ autoencoder, dense, dropout, gaussianNoise }: Isthmus) =>
  autoencoder(
    {
      input: [size],
      encoder: [dense({ units: 12, activation: 'relu', l2: 1e-5 }), dropout({ rate: 0.1 }), dense({ units: 3 })],
      decoder: [dense({ units: size, activation: 'sigmoid' })],
      loss: 'binaryCrossentropy',
      corruption: gaussianNoise({ stddev: 0.1, clip: [0, 1] }),
    },
    { seed: 2 ** 40 + 5 },
  );

/** The code of a FormatError. */
export const codeOf = (error: Error): string => (error as Error & { code: string }).code;
