import {
  adam,
  conv2d,
  conv2dTranspose,
  dense,
  evaluate,
  fitMixture,
  flatten,
  reshape,
  sample,
  variational,
} from 'isthmus';
import { binarised } from '../binarise.ts';
import { codeOf } from '../code.ts';
import { pictureOf } from '../digit-figures.ts';
import type { Context, Recipe, Result } from '../recipe.ts';
import { riseAndFall } from '../spec-blocks.ts';

const EPOCHS = 16;
const BATCH = 64;
const DRAWS = 50;
const conv = { kernelSize: 4, strides: 2, padding: 'same', activation: 'swish' } as const;

const spec = {
  input: [28, 28, 1],
  encoder: [
    conv2d({ filters: 16, ...conv }),
    conv2d({ filters: 32, ...conv }),
    flatten(),
    dense({ units: 256, activation: 'swish' }),
  ],
  latent: variational({ units: 50 }),
  decoder: [
    dense({ units: 256, activation: 'swish' }),
    dense({ units: 7 * 7 * 32, activation: 'swish' }),
    reshape({ targetShape: [7, 7, 32] }),
    conv2dTranspose({ filters: 16, ...conv }),
    conv2dTranspose({ filters: 1, ...conv, activation: 'sigmoid' }),
  ],
  loss: 'binaryCrossentropy',
} as const;

const training = {
  seed: 1,
  epochs: EPOCHS,
  batchSize: BATCH,
  optimizer: adam(riseAndFall(0.002, EPOCHS * Math.ceil(60_000 / BATCH))),
};

async function run(context: Context): Promise<Result> {
  const digits = await context.digits();
  let epoch = 0;
  // Each epoch draws new pixels. A resumed run starts again with the seed of the first epoch.
  async function* chunks() {
    yield binarised(digits.train, ++epoch);
  }
  const model = await context.train(spec, chunks, training);
  const test = binarised(digits.test, 0);
  const { elbo, importanceWeighted } = evaluate(model, test, { draws: context.quick ? 2 : DRAWS });
  const mixture = fitMixture(model, digits.train.subarray(0, 10_000 * 784), { components: context.quick ? 3 : 50 });
  const rows = (from?: typeof mixture) => sample(model, 10, { seed: 7, ...(from && { from }) });
  return {
    figures: { 'negative ELBO, nats': -elbo!, 'negative importance-weighted bound, k = 50': -importanceWeighted! },
    settings: codeOf(spec, training),
    pictures: [
      pictureOf(
        'Samples. Upper row: codes drawn from the prior. Lower row: codes drawn from a mixture fitted to encoded digits.',
        rows(),
        rows(mixture),
      ),
    ],
  };
}

export const recipe: Recipe = {
  name: 'variational',
  title: 'A variational model with 50 latent values',
  about:
    'The training digits are binarised at random, anew in every epoch; the test digits are binarised once. The figures are negative lower bounds of the log-likelihood in nats for each digit: the evidence lower bound over 50 draws, and the importance-weighted bound of the same draws.',
  required: { 'negative ELBO, nats': 92 },
  goal: { 'negative importance-weighted bound, k = 50': 86.8 },
  decimals: 2,
  run,
};
