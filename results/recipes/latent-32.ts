import { adam, dense } from 'isthmus';
import { compressDigits } from '../latent-digits.ts';
import type { Recipe } from '../recipe.ts';
import { denseBlock, riseAndFall } from '../spec-blocks.ts';

const spec = {
  input: [784],
  encoder: [...denseBlock(512), dense({ units: 32 })],
  decoder: [...denseBlock(1024), dense({ units: 784, activation: 'sigmoid' })],
} as const;

const training = {
  seed: 1,
  epochs: 20,
  batchSize: 64,
  optimizer: adam(riseAndFall(0.005, 20 * 938)),
};

export const recipe: Recipe = {
  name: 'latent-32',
  title: 'Digits in codes of 32 values',
  about:
    'The 10,000 test digits of MNIST, encoded in 32 values and reconstructed. For comparison, the best linear code: 32 principal components of the training digits.',
  required: { 'mean squared error': 0.005 },
  goal: { 'mean squared error': 0.0035 },
  run: (context) => compressDigits(context, spec, training),
};
