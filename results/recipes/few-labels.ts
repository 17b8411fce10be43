import {
  adam, adamw, addHead, conv2dTranspose, dense, dropout, evaluate, fit, flatten, gaussianNoise, reshape, shift,
} from 'isthmus'; // biome-ignore format: a list
import { codeOf } from '../code.ts';
import type { Context, Recipe, Result } from '../recipe.ts';
import { convBlock, denseBlock, riseAndFall, upBlock } from '../spec-blocks.ts';

const PER_CLASS = 100;
const EPOCHS = 2;

const spec = {
  input: [28, 28, 1],
  encoder: [
    ...convBlock(16, 2),
    ...convBlock(16),
    ...convBlock(32, 2),
    ...convBlock(32),
    flatten(),
    dense({ units: 128 }),
  ],
  decoder: [
    ...denseBlock(7 * 7 * 16),
    reshape({ targetShape: [7, 7, 16] }),
    ...upBlock(16),
    conv2dTranspose({ filters: 1, kernelSize: 4, strides: 2, padding: 'same', activation: 'sigmoid' }),
  ],
} as const;

const training = {
  seed: 1,
  epochs: EPOCHS,
  corruption: gaussianNoise({ stddev: 0.5, clip: [0, 1] }),
  optimizer: adam(riseAndFall(0.003, EPOCHS * 1875)),
};

/** The first `PER_CLASS` digits of each class. */
function firstOfEachClass(images: Uint8Array, labels: Uint8Array): { images: Uint8Array; labels: Uint8Array } {
  const counts = new Uint32Array(10);
  const chosen = [...labels.keys()].filter((i) => counts[labels[i]!]!++ < PER_CLASS);
  const picked = new Uint8Array(chosen.length * 784);
  chosen.forEach((i, k) => {
    picked.set(images.subarray(i * 784, (i + 1) * 784), k * 784);
  });
  return { images: picked, labels: Uint8Array.from(chosen, (i) => labels[i]!) };
}

async function run(context: Context): Promise<Result> {
  const digits = await context.digits();
  const pretrained = await context.train(spec, digits.train, training);
  const { images, labels } = firstOfEachClass(digits.train, digits.trainLabels);
  const epochs = context.quick ? 1 : 60;
  const head = [
    ...denseBlock(64).slice(1),
    dropout({ rate: 0.5 }),
    dense({ units: 10, activation: 'softmax' }),
  ] as const;
  const options = {
    labels,
    epochs,
    augment: [shift({ x: 2, y: 2 })],
    corruption: gaussianNoise({ stddev: 0.3, clip: [0, 1] }),
    optimizer: adamw({ learningRate: riseAndFall(0.001, 60 * 32), weightDecay: 0.01 }),
    seed: 1,
  };
  const model = await addHead(pretrained, head, { seed: 1 });
  await fit(model, images, options);
  const scratch = await addHead(await context.train(spec, images, { ...training, epochs: 1 }, 'scratch'), head, {
    seed: 1,
  });
  await fit(scratch, images, options);
  const accuracy = (of: typeof model): number => evaluate(of, digits.test, { labels: digits.testLabels }).accuracy!;
  return {
    figures: { accuracy: accuracy(model), 'accuracy without pretraining': accuracy(scratch) },
    settings: `${codeOf(spec, training)}
const classifier = await addHead(model, head);
// The other options are in results/recipes/few-labels.ts.
await fit(classifier, images, { labels, epochs: 60 });`,
    pictures: [],
  };
}

export const recipe: Recipe = {
  name: 'few-labels',
  title: 'Classification with 100 labels a class',
  about:
    'An encoder learns to denoise all 60,000 training digits without their labels. Then the encoder and a head are trained with the first 100 labelled digits of each class. The figures are the accuracy on the 10,000 test digits, and that of the same network trained with these 1,000 digits alone.',
  required: { accuracy: 0.95 },
  goal: { accuracy: 0.97 },
  higher: ['accuracy'],
  run,
};
