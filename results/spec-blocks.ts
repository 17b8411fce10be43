// Parts of specs that several recipes use.

import { activation, batchNormalization, conv2d, conv2dTranspose, cosine, dense, type Layer, warmup } from 'isthmus';

/** Batch normalization and swish: with them a network learns at a learning rate of 0.005 and above. */
const normalizedSwish = (): Layer[] => [batchNormalization({ momentum: 0.95 }), activation({ activation: 'swish' })];

export const denseBlock = (units: number): Layer[] => [dense({ units }), ...normalizedSwish()];

/** A convolution of 3×3; with `strides` 2, one of 4×4 that halves the size. */
export const convBlock = (filters: number, strides: 1 | 2 = 1): Layer[] => [
  conv2d({ filters, kernelSize: strides === 1 ? 3 : 4, strides, padding: 'same' }),
  ...normalizedSwish(),
];

/** A transposed convolution that doubles the size. */
export const upBlock = (filters: number): Layer[] => [
  conv2dTranspose({ filters, kernelSize: 4, strides: 2, padding: 'same' }),
  ...normalizedSwish(),
];

/** A learning rate that rises for 100 steps, then falls along half a cosine to a hundredth at the end of `steps`. */
export const riseAndFall = (learningRate: number, steps: number) =>
  warmup({ steps: 100, learningRate: cosine({ learningRate, decaySteps: steps - 100, alpha: 0.01 }) });
