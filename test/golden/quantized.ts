// The model and the samples of the golden file of a quantized model. Weights are random, from a seed, and not trained.

import type { Model } from 'isthmus';
import { uniformFromSeed } from '../../tools/linear-congruential.ts';

/** Samples of 6 × 6 × 2 values in 0..1. */
export function pictures(count: number, seed: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: count * 72 }, uniformFromSeed(seed));
}

/** A model with each kind of layer that quantizes. */
export function quantizableModel(isthmus: typeof import('isthmus')): Promise<Model> {
  const { autoencoder, conv2d, conv2dTranspose, dense, flatten, reshape, separableConv2d } = isthmus;
  const same = { kernelSize: 3, padding: 'same', activation: 'relu' } as const;
  const encoder = [conv2d({ ...same, filters: 9, strides: 2 }), separableConv2d({ ...same, filters: 4 }), flatten()];
  const decoder = [
    dense({ units: 36, activation: 'relu' }),
    reshape({ targetShape: [3, 3, 4] }),
    conv2dTranspose({ ...same, filters: 2, strides: 2, activation: 'sigmoid' }),
  ];
  return autoencoder({ input: [6, 6, 2], encoder: [...encoder, dense({ units: 5 })], decoder }, { seed: 1 });
}
