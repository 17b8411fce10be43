import {
  activation,
  adam,
  autoencoder,
  type Conv2dOptions,
  conv2d,
  conv2dTranspose,
  gaussianNoise,
  type Layer,
  type Model,
  residual,
} from 'isthmus';
import { normalNumbers } from '../../tools/random.ts';
import { codeOf } from '../code.ts';
import { psnr } from '../metrics.ts';
import { type Photograph, patches, readPhotographs } from '../photographs.ts';
import type { Recipe } from '../recipe.ts';
import { riseAndFall } from '../spec-blocks.ts';

export const SIDE = 60;
export const stddev = 25 / 255;

/** Options of a convolution that halves the size, or of a transposed one that doubles it. */
const half = (filters: number, kernelSize: number): Conv2dOptions => ({
  filters,
  kernelSize,
  strides: 2,
  padding: 'same',
});
const conv = (filters: number): Conv2dOptions => ({ filters, kernelSize: 3, padding: 'same' });
const block = (filters: number): Layer =>
  residual({ layers: [conv2d({ ...conv(filters), activation: 'relu' }), conv2d(conv(filters))] });

/**
 * The network estimates the noise: the outer residual connection adds its output to the image. One half of it works at
 * half the size, the other half at a quarter. Residual blocks learn much faster here than plain blocks, and than blocks
 * with batch normalization.
 */
export const spec = {
  input: [SIDE, SIDE, 1],
  encoder: [
    residual({
      layers: [
        conv2d(half(24, 4)),
        block(24),
        residual({ layers: [conv2d(half(30, 2)), block(30), block(30), conv2dTranspose(half(24, 2))] }),
        block(24),
        conv2dTranspose(half(1, 4)),
      ],
    }),
  ],
  decoder: [activation({ activation: 'linear' })],
};

const training = {
  seed: 1,
  epochs: 5,
  batchSize: 4,
  clipNorm: 0.05,
  corruption: gaussianNoise({ stddev }),
  optimizer: adam(riseAndFall(0.0025, 5 * 7200)),
};

/** A model with the same weights for images of another size. */
async function resized(model: Model, { height, width }: Photograph): Promise<Model> {
  const other = await autoencoder({ ...model.spec, input: [height, width, 1] });
  other.setWeights(model.weights);
  return other;
}

export const recipe: Recipe = {
  name: 'set12',
  title: 'Photographs of Set12 with noise of 25',
  about:
    'The 12 photographs of Set12 with normal noise of standard deviation 25 (of 255), from a fixed seed and not clipped, as in the literature. The figures are PSNR in decibels. The model is trained on the 400 photographs of Train400. Both sets are licensed for research only, so this page shows no pictures and the repository has no weights.',
  required: { 'mean PSNR': 29 },
  goal: { 'mean PSNR': 29.97 },
  higher: ['mean PSNR'],
  decimals: 2,
  async run(context) {
    const photographs = readPhotographs(context.file('denoise', 'train400')).slice(0, context.quick ? 1 : undefined);
    const test = readPhotographs(context.file('denoise', 'set12')).slice(0, context.quick ? 1 : undefined);
    const model = await context.train(spec, patches(photographs, SIDE), training);
    const next = normalNumbers(training.seed);
    const before: number[] = [];
    const after: number[] = [];
    for (const photograph of test) {
      const noisy = Float32Array.from(photograph.data, (value) => value / 255 + stddev * next());
      before.push(psnr(noisy, photograph.data));
      after.push(psnr((await resized(model, photograph)).reconstruct(noisy), photograph.data));
    }
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    const each = test.map(({ name }, i) => [name, after[i]!]);
    return {
      figures: { 'mean PSNR': mean(after), 'mean PSNR of the noisy images': mean(before), ...Object.fromEntries(each) },
      settings: codeOf(spec, training),
      pictures: [],
    };
  },
};
