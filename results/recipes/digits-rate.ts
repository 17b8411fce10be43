import { adam, dense, evaluate, loadModel, quantized, saveModel } from 'isthmus';
import { denseBlock, riseAndFall } from '../blocks.ts';
import { codeOf } from '../code.ts';
import { pictureOf, shown } from '../digits.ts';
import type { Context, Recipe, Result } from '../recipe.ts';

const EPOCHS = 16;
const BATCH = 128;

const spec = {
  input: [784],
  encoder: [...denseBlock(512), dense({ units: 48 })],
  latent: quantized(),
  decoder: [...denseBlock(1024), dense({ units: 784, activation: 'sigmoid' })],
} as const;

const training = {
  seed: 1,
  epochs: EPOCHS,
  batchSize: BATCH,
  rateWeight: 0.04,
  optimizer: adam(riseAndFall(0.004, EPOCHS * Math.ceil(60_000 / BATCH))),
};

async function run(context: Context): Promise<Result> {
  const digits = await context.digits();
  const trained = await context.train(spec, digits.train, training);
  // As it stands in a codec's file.
  const file = saveModel(trained, { dtype: 'int8' });
  const model = await loadModel(file);
  const { rate, meanSquaredError } = evaluate(model, digits.test);
  const images = shown(digits);
  return {
    figures: {
      'bytes a digit': rate! / 8,
      'mean squared error': meanSquaredError,
      'mean squared error with float32 weights': evaluate(trained, digits.test).meanSquaredError,
      'KB of the model': file.length / 1024,
    },
    settings: codeOf(spec, training),
    pictures: [pictureOf('Above, test digits; below, from their bytes.', images, model.reconstruct(images))],
    model: saveModel(trained),
  };
}

export const recipe: Recipe = {
  name: 'digits-rate',
  title: 'Few bytes a digit',
  about:
    'Rate and distortion trained together: the 10,000 test digits of MNIST, 784 bytes each, in as few bytes as an entropy coder takes for them by the learnt prior, at a mean squared error of 0.00476 or less. Weights are those of 8 bits that a codec has. Principal components with the same coder take 34 bytes.',
  asked: { 'bytes a digit': 22, 'mean squared error': 0.00476 },
  aim: { 'bytes a digit': 17 },
  decimals: 4,
  run,
};
