// Pieces of specs that several recipes use.

import { activation, batchNormalization, conv2d, conv2dTranspose, cosine, dense, type Layer, warmup } from 'isthmus';

/** Normalises over the batch, then swish: what lets a net learn at a rate of 0.005 and above. */
const behind = (): Layer[] => [batchNormalization({ momentum: 0.95 }), activation({ activation: 'swish' })];

export const denseBlock = (units: number): Layer[] => [dense({ units }), ...behind()];

/** A convolution of 3×3, or with `strides` 2 of 4×4 to half the size. */
export const convBlock = (filters: number, strides: 1 | 2 = 1): Layer[] => [
  conv2d({ filters, kernelSize: strides === 1 ? 3 : 4, strides, padding: 'same' }),
  ...behind(),
];

/** To twice the size. */
export const upBlock = (filters: number): Layer[] => [
  conv2dTranspose({ filters, kernelSize: 4, strides: 2, padding: 'same' }),
  ...behind(),
];

/** A learning rate that rises in 100 steps, and falls along half a cosine to a hundredth by the last of `steps`. */
export const riseAndFall = (learningRate: number, steps: number) =>
  warmup({ steps: 100, learningRate: cosine({ learningRate, decaySteps: steps - 100, alpha: 0.01 }) });
