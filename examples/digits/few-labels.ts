// Few labels, many samples: an encoder learns from all digits without their labels, then a classifier on top of it
// learns from 100 labelled digits of each class.
//
//   node few-labels.ts [--data DIR] [--quick]

import { adam, addHead, autoencoder, classify, convAutoencoder, dense, dropout, evaluate, fit, gaussianNoise, loadModel, saveModel, shift } from 'isthmus'; // biome-ignore format: a list
import { PIXELS, startExample } from './digits.ts';

const { digits, quick } = await startExample();
const spec = convAutoencoder({ input: [28, 28, 1], latent: 64, filters: [16, 32] });
const model = await autoencoder(spec, { seed: 1 });
const noise = gaussianNoise({ stddev: 0.4, clip: [0, 1] });
await fit(model, digits.train, { epochs: quick ? 1 : 2, corruption: noise, optimizer: adam(0.002) });

// A file with the encoder alone: an application would ship this to the device that has the labels.
const pretrained = await loadModel(saveModel(model, { part: 'encoder' }));

// The first labelled digits of each class.
const labelsPerClass = quick ? 20 : 100;
const counts = new Uint32Array(10);
const chosen = [...digits.trainLabels.keys()].filter((i) => counts[digits.trainLabels[i]!]!++ < labelsPerClass);
const labels = chosen.map((i) => digits.trainLabels[i]!);
const images = new Uint8Array(chosen.length * PIXELS);
chosen.forEach((i, k) => {
  images.set(digits.train.subarray(i * PIXELS, (i + 1) * PIXELS), k * PIXELS);
});

const head = [dropout({ rate: 0.3 }), dense({ units: 10, activation: 'softmax' })];
for (const [name, encoder] of [
  ['an encoder that has seen all digits', pretrained],
  ['an encoder that has seen none', await autoencoder(spec, { seed: 2 })],
] as const) {
  const classifier = await addHead(encoder, head, { seed: 1 });
  const augment = [shift({ x: 2, y: 2 })];
  await fit(classifier, images, { labels, augment, epochs: quick ? 3 : 30, optimizer: adam(0.001) });
  const { accuracy } = evaluate(classifier, digits.test, { labels: digits.testLabels });
  const firstFive = classify(classifier, digits.test.subarray(0, 5 * PIXELS)).join(' ');
  console.log(`${name}: ${(accuracy! * 100).toFixed(1)} % right, the first five are ${firstFive}`);
}
