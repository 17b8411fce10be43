// Overfitting: a network learns 500 digits by heart. Compares five remedies.
//
//   node small-set.ts [--data DIR] [--quick]

import { type AutoencoderSpec, adam, adamw, autoencoder, dense, dropout, evaluate, type FitOptions, fit, flatten, gaussianNoise, reshape, shift } from 'isthmus'; // biome-ignore format: a list
import { first, PIXELS, startExample } from './digits.ts';

const { digits, quick } = await startExample();
const [train, test] = [first(digits.train, quick ? 200 : 500), first(digits.test, quick ? 100 : 2000)];

/** 784-256-32-256-784, with dropout of the given rate or without. */
const spec = (dropoutRate?: number): AutoencoderSpec => {
  const regularizer = dropoutRate === undefined ? [] : [dropout({ rate: dropoutRate })];
  return {
    input: [28, 28, 1],
    encoder: [flatten(), dense({ units: 256, activation: 'gelu' }), ...regularizer, dense({ units: 32 })],
    decoder: [
      dense({ units: 256, activation: 'gelu' }),
      ...regularizer,
      dense({ units: PIXELS, activation: 'sigmoid' }),
      reshape({ targetShape: [28, 28, 1] }),
    ],
  };
};

const optimizer = adam(0.001);
const remedies: Readonly<Record<string, { readonly spec: AutoencoderSpec; readonly options: FitOptions }>> = {
  nothing: { spec: spec(), options: { optimizer } },
  'early stopping': { spec: spec(), options: { optimizer, earlyStopping: { patience: 10, restoreBest: true } } },
  'weight decay': { spec: spec(), options: { optimizer: adamw({ learningRate: 0.001, weightDecay: 0.1 }) } },
  dropout: { spec: spec(0.1), options: { optimizer } },
  noise: { spec: spec(), options: { optimizer, corruption: gaussianNoise({ stddev: 0.2 }) } },
  'shifts by a pixel': { spec: spec(), options: { optimizer, augment: shift({ x: 1, y: 1 }) } },
};
console.log('remedy              epochs   error on the 500   on new digits');
for (const [name, { spec, options }] of Object.entries(remedies)) {
  const model = await autoencoder(spec, { seed: 1 });
  // Early stopping needs validation data: a fifth of the training set. The test digits decide nothing.
  const validationData = first(train, train.length / PIXELS / 5);
  const x = options.earlyStopping ? train.subarray(validationData.length) : train;
  const { epoch } = await fit(model, x, {
    ...options,
    epochs: quick ? 5 : 150,
    ...(options.earlyStopping && { validationData }),
  });
  const [trainError, testError] = [train, test].map((set) => evaluate(model, set).meanSquaredError.toFixed(4));
  console.log(`${name.padEnd(18)}${String(epoch).padStart(8)}${trainError!.padStart(19)}${testError!.padStart(16)}`);
}
