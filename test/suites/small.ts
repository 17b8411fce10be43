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
