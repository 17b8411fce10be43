// How many bytes does a digit take, and what does a byte less cost? Rate and error trained together, for three weights of
// the rate, and beside them codes as small without that: they are rounded as coarsely as it takes.
//
//   node examples/node/rate-and-error.ts [--data DIR] [--quick]

import { adam, autoencoder, cosine, dense, evaluate, fit, type Model, quantized } from 'isthmus';
import { first, given, SIZE } from './digits.ts';

const { digits, quick } = await given();
const x = first(digits.train, quick ? 600 : 20_000);
const [epochs, batchSize, hidden] = quick ? [40, 32, 64] : [6, 128, 384];
const learningRate = cosine({ learningRate: 0.003, decaySteps: epochs * Math.ceil(x.length / SIZE / batchSize) });
const options = { epochs, batchSize, optimizer: adam(learningRate) };

const build = (step: number): Promise<Model> =>
  autoencoder(
    {
      input: [SIZE],
      encoder: [dense({ units: hidden, activation: 'swish' }), dense({ units: 32 })],
      latent: quantized({ step }),
      decoder: [dense({ units: hidden, activation: 'swish' }), dense({ units: SIZE, activation: 'sigmoid' })],
    },
    { seed: 1 },
  );

/** Bits that the best code for values of their own channel would take: what there is to gain without a prior. */
function entropy(codes: Float32Array, channels: number): number {
  let bits = 0;
  for (let channel = 0; channel < channels; channel++) {
    const counts = new Map<number, number>();
    for (let i = channel; i < codes.length; i += channels) counts.set(codes[i]!, (counts.get(codes[i]!) ?? 0) + 1);
    for (const count of counts.values()) bits -= (count * Math.log2((count * channels) / codes.length) * channels) / codes.length; // biome-ignore format: one sum
  }
  return bits;
}
const show = (name: string, bits: number, error: number): void =>
  console.log(`${name.padEnd(24)}${(bits / 8).toFixed(1).padStart(6)} bytes, error ${error.toFixed(4)}`);

for (const rateWeight of [0.02, 0.05, 0.1]) {
  const model = await build(1);
  await fit(model, x, { ...options, rateWeight });
  // Rounded codes by the learnt prior: what an entropy coder with its tables would write.
  const { rate, meanSquaredError } = evaluate(model, digits.test);
  show(`weight of the rate ${rateWeight}`, rate!, meanSquaredError);
}
for (const step of [1, 2]) {
  const model = await build(step);
  await fit(model, x, options);
  show(
    `none, a step of ${step}`,
    entropy(model.encode(digits.test), 32),
    evaluate(model, digits.test).meanSquaredError,
  );
}
