import { adam, createCodec, dense, evaluate, quantized, saveModel } from 'isthmus';
import { codeOf } from '../code.ts';
import { exampleDigits, pictureOf } from '../digit-figures.ts';
import { byteSquaredError } from '../metrics.ts';
import type { Context, Recipe, Result } from '../recipe.ts';
import { denseBlock, riseAndFall } from '../spec-blocks.ts';

const EPOCHS = 24;
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
  rateWeight: 0.039,
  optimizer: adam(riseAndFall(0.004, EPOCHS * Math.ceil(60_000 / BATCH))),
};

async function run(context: Context): Promise<Result> {
  const digits = await context.digits();
  const trained = await context.train(spec, digits.train, training);
  const codec = await createCodec(trained, digits.train, { step: 1 });
  const bytes = codec.compress(digits.test);
  const count = digits.test.length / 784;
  // The codec stores the weights in 8 bits; `evaluate` uses the trained float32 weights.
  const back = codec.decompress(bytes);
  const { rate, meanSquaredError } = evaluate(trained, digits.test);
  const images = exampleDigits(digits);
  return {
    figures: {
      'bytes a digit': bytes.length / count,
      'mean squared error': byteSquaredError(back, digits.test),
      'bytes a digit, estimated by the prior': rate! / 8,
      'mean squared error with float32 weights': meanSquaredError,
      'KB of the codec file': codec.save().length / 1024,
    },
    settings: codeOf(spec, training),
    pictures: [
      pictureOf('Rows: test digits, the decompressed digits.', images, codec.decompress(codec.compress(images))),
    ],
    model: saveModel(trained),
  };
}

export const recipe: Recipe = {
  name: 'digits-rate',
  title: 'Rate and distortion of digits',
  about:
    'The model is trained for rate and distortion together. The 10,000 test digits of MNIST, 784 bytes each, are compressed by `compress`; all headers and checksums are counted. The mean squared error must be at most 0.00476. The size of the model and the weight of the rate were chosen by these figures.',
  required: { 'bytes a digit': 22, 'mean squared error': 0.00476 },
  goal: { 'bytes a digit': 17 },
  decimals: 4,
  run,
};
