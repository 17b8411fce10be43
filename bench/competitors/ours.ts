import { readFileSync } from 'node:fs';
import { autoencoder, dense, fit, type Model } from 'isthmus';
import { type Competitor, MAX_REPETITIONS, pixels } from '../workloads.ts';
import { conv } from './our-conv.ts';

const plain = (): Promise<Model> =>
  autoencoder(
    {
      input: [784],
      encoder: [dense({ units: 64, activation: 'relu' })],
      decoder: [dense({ units: 784, activation: 'sigmoid' })],
    },
    { seed: 1 },
  );

/** Through the public API: a step is `fit` over many batches, divided. */
export const ours = (): Competitor => ({
  name: 'isthmus',
  version: JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version,
  async open({ net, kind, rows }) {
    const model = await (net === 'conv' ? conv() : plain());
    const x = pixels(rows);
    if (kind === 'encode') return { run: (times) => Array.from({ length: times }, () => model.encode(x)).length };
    if (kind === 'forward') return { run: (times) => Array.from({ length: times }, () => model.reconstruct(x)).length };
    // One epoch of as many batches as are asked for, as bytes, shuffled: conversion and gathering are part of a step.
    const batches = Uint8Array.from(pixels(rows * MAX_REPETITIONS), (value) => value * 255);
    return { run: (times) => fit(model, batches.subarray(0, times * rows * 784), { batchSize: rows }) };
  },
});
