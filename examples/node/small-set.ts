// Overfitting, on 500 digits: what a net learns by heart, and what helps against it.
//
//   node examples/node/small-set.ts [--data DIR] [--quick]

import { type AutoencoderSpec, adam, adamw, autoencoder, dense, dropout, evaluate, type FitOptions, fit, flatten, gaussianNoise, reshape, shift } from 'isthmus'; // biome-ignore format: a list
import { first, given, SIZE } from './digits.ts';

const { digits, quick } = await given();
const [train, test] = [first(digits.train, quick ? 200 : 500), first(digits.test, quick ? 100 : 2000)];

/** 784-256-32-256-784, with or without dropout. */
const net = (rate?: number): AutoencoderSpec => {
  const dropped = rate === undefined ? [] : [dropout({ rate })];
  return {
    input: [28, 28, 1],
    encoder: [flatten(), dense({ units: 256, activation: 'gelu' }), ...dropped, dense({ units: 32 })],
    decoder: [
      dense({ units: 256, activation: 'gelu' }),
      ...dropped,
      dense({ units: SIZE, activation: 'sigmoid' }),
      reshape({ targetShape: [28, 28, 1] }),
    ],
  };
};

const optimizer = adam(0.001);
const remedies: Readonly<Record<string, readonly [AutoencoderSpec, FitOptions]>> = {
  nothing: [net(), { optimizer }],
  'early stopping': [net(), { optimizer, earlyStopping: { patience: 10, restoreBest: true } }],
  'weight decay': [net(), { optimizer: adamw({ learningRate: 0.001, weightDecay: 0.1 }) }],
  dropout: [net(0.1), { optimizer }],
  noise: [net(), { optimizer, corruption: gaussianNoise({ stddev: 0.2 }) }],
  'shifts by a pixel': [net(), { optimizer, augment: shift({ x: 1, y: 1 }) }],
};
console.log('against it          epochs   error on the 500   on new digits');
for (const [name, [spec, options]] of Object.entries(remedies)) {
  const model = await autoencoder(spec, { seed: 1 });
  // A part of the few is kept to see when to stop; the new digits are not looked at before the end.
  const validationData = first(train, train.length / SIZE / 5);
  const x = options.earlyStopping ? train.subarray(validationData.length) : train;
  const { epoch } = await fit(model, x, {
    ...options,
    epochs: quick ? 5 : 150,
    ...(options.earlyStopping && { validationData }),
  });
  const [known, fresh] = [train, test].map((images) => evaluate(model, images).meanSquaredError.toFixed(4));
  console.log(`${name.padEnd(18)}${String(epoch).padStart(8)}${known!.padStart(19)}${fresh!.padStart(16)}`);
}
