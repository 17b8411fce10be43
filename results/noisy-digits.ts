// The common part of the recipes noise-30 and noise-50: digits with noise.

import { adam, conv2dTranspose, gaussianNoise, skip } from 'isthmus';
import { addNoise } from '../tools/digits/noise.ts';
import { codeOf } from './code.ts';
import { errorOf, exampleDigits, pictureOf } from './digit-figures.ts';
import type { Context, Result } from './recipe.ts';
import { convBlock, riseAndFall, upBlock } from './spec-blocks.ts';

/** A small U-Net, which works at half and at a quarter of the size. */
const spec = {
  input: [28, 28, 1],
  encoder: [
    ...convBlock(24, 2),
    skip({ layers: [...convBlock(48, 2), ...convBlock(48), ...convBlock(48), ...upBlock(24)] }),
  ],
  decoder: [
    ...convBlock(24),
    conv2dTranspose({ filters: 1, kernelSize: 4, strides: 2, padding: 'same', activation: 'sigmoid' }),
  ],
} as const;

/** Trains on digits with fresh noise at every step; measures on test digits with fixed noise. */
export async function denoiseDigits(context: Context, stddev: number): Promise<Result> {
  const training = {
    seed: 1,
    epochs: 3,
    batchSize: 32,
    corruption: gaussianNoise({ stddev, clip: [0, 1] }),
    optimizer: adam(riseAndFall(0.005, 3 * 1875)),
  };
  const digits = await context.digits();
  const model = await context.train(spec, digits.train, training);
  const noisy = addNoise(digits.test, stddev, training.seed);
  const noisyError = noisy.reduce((sum, value, i) => sum + (value - digits.test[i]! / 255) ** 2, 0) / noisy.length;
  const examples = exampleDigits(digits);
  const noisyExamples = addNoise(examples, stddev, training.seed);
  return {
    figures: {
      'mean squared error': errorOf(model, noisy, digits.test),
      'mean squared error of the noisy images': noisyError,
    },
    settings: codeOf(spec, training),
    pictures: [
      pictureOf(
        'Rows: test digits, the digits with noise, the denoised digits.',
        examples,
        noisyExamples,
        model.reconstruct(noisyExamples),
      ),
    ],
  };
}
