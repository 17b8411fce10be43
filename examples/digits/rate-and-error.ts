// How many bytes does a digit take, and what does one byte less cost? Three models are trained for rate and error
// together, with three weights of the rate. Two more are trained for the error alone; their codes become small because
// they are rounded more coarsely.
//
//   node rate-and-error.ts [--data DIR] [--quick]

import { adam, autoencoder, cosine, dense, evaluate, fit, type Model, quantized } from 'isthmus';
import { first, PIXELS, startExample } from './digits.ts';

const { digits, quick } = await startExample();
const x = first(digits.train, quick ? 600 : 20_000);
const { epochs, batchSize, hidden } = quick
  ? { epochs: 40, batchSize: 32, hidden: 64 }
  : { epochs: 6, batchSize: 128, hidden: 384 };
const CHANNELS = 32;
const learningRate = cosine({ learningRate: 0.003, decaySteps: epochs * Math.ceil(x.length / PIXELS / batchSize) });
const options = { epochs, batchSize, optimizer: adam(learningRate) };

/** A model whose codes are rounded to multiples of `step`. */
const build = (step: number): Promise<Model> =>
  autoencoder(
    {
      input: [PIXELS],
      encoder: [dense({ units: hidden, activation: 'swish' }), dense({ units: CHANNELS })],
      latent: quantized({ step }),
      decoder: [dense({ units: hidden, activation: 'swish' }), dense({ units: PIXELS, activation: 'sigmoid' })],
    },
    { seed: 1 },
  );

/**
 * Entropy of the codes in bits a sample, each channel by itself: the size that an ideal entropy coder reaches with the
 * frequencies of these very codes.
 */
function entropy(codes: Float32Array): number {
  const samples = codes.length / CHANNELS;
  let bits = 0;
  for (let channel = 0; channel < CHANNELS; channel++) {
    const counts = new Map<number, number>();
    for (let i = channel; i < codes.length; i += CHANNELS) counts.set(codes[i]!, (counts.get(codes[i]!) ?? 0) + 1);
    for (const count of counts.values()) bits -= (count / samples) * Math.log2(count / samples);
  }
  return bits;
}

const print = (name: string, bits: number, error: number): void =>
  console.log(`${name.padEnd(24)}${(bits / 8).toFixed(1).padStart(6)} bytes, error ${error.toFixed(4)}`);

for (const rateWeight of [0.02, 0.05, 0.1]) {
  const model = await build(1);
  await fit(model, x, { ...options, rateWeight });
  // The rate is that of the learnt prior: the size that an entropy coder reaches with its tables.
  const { rate, meanSquaredError } = evaluate(model, digits.test);
  print(`weight of the rate ${rateWeight}`, rate!, meanSquaredError);
}
for (const step of [1, 2]) {
  const model = await build(step);
  await fit(model, x, options);
  const { meanSquaredError } = evaluate(model, digits.test);
  print(`none, a step of ${step}`, entropy(model.encode(digits.test)), meanSquaredError);
}
