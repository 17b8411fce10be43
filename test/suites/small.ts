// A small model and data that it can learn, for the suites.

import { type Isthmus, sheet } from './assert.ts';

export const size = 20;
/** 200 samples. */
export const x = sheet(200, size);
export const build = ({ autoencoder, dense }: Isthmus, seed = 1) =>
  autoencoder(
    {
      input: [size],
      encoder: [dense({ units: 8, activation: 'relu' })],
      decoder: [dense({ units: size, activation: 'sigmoid' })],
    },
    { seed },
  );
/** All weights, one after the other. */
export const all = (m: Awaited<ReturnType<typeof build>>): number[] =>
  Object.values(m.weights).flatMap(({ data }) => [...data]);
export const strict = { deterministic: true } as const;

/** A model with a penalty, dropout, a loss and a corruption of its own, for what is saved. */
export const buildRich = ({ autoencoder, dense, dropout, gaussianNoise }: Isthmus) =>
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
export const code = (error: Error): string => (error as Error & { code: string }).code;
