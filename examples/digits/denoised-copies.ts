// Denoised copies as more training data. An application cleans noisy digits before it classifies them, so its classifier
// must know what cleaned digits look like. Each labelled digit is therefore given noise and cleaned, several times.
//
//   node denoised-copies.ts [--data DIR] [--quick]

import { adam, addHead, autoencoder, convAutoencoder, denoisingAutoencoder, dense, evaluate, fit } from 'isthmus';
import { first, PIXELS, startExample } from './digits.ts';
import { addNoise } from './tools/digits/noise.ts';

const { digits, quick } = await startExample();
const denoiser = await autoencoder(denoisingAutoencoder({ input: [28, 28, 1], noise: [0.2, 0.7] }), { seed: 1 });
await fit(denoiser, first(digits.train, quick ? 500 : 10_000), { epochs: 2, optimizer: adam(0.002) });

const count = quick ? 100 : 300;
const copies = 4;
const originals = Float32Array.from(first(digits.train, count), (value) => value / 255);
const labels = Array.from(digits.trainLabels.subarray(0, count));
const extended = new Float32Array(originals.length * (copies + 1));
extended.set(originals);
for (let copy = 1; copy <= copies; copy++) {
  const noisy = addNoise(first(digits.train, count), 0.6, copy);
  extended.set(denoiser.reconstruct(noisy), copy * originals.length);
}

// The smaller set is trained for more epochs, so that both classifiers take as many steps.
const epochs = quick ? 2 : 20;
const trainingSets = {
  'as they are': { images: originals, epochs: epochs * (copies + 1) },
  'and cleaned copies': { images: extended, epochs },
};
const cleanedTest = denoiser.reconstruct(addNoise(digits.test, 0.6, 99));
for (const [name, { images, epochs }] of Object.entries(trainingSets)) {
  const encoder = await autoencoder(convAutoencoder({ input: [28, 28, 1], latent: 64 }), { seed: 2 });
  const classifier = await addHead(encoder, [dense({ units: 10, activation: 'softmax' })], { seed: 3 });
  const imageLabels = Array.from({ length: images.length / PIXELS }, (_, i) => labels[i % count]!);
  await fit(classifier, images, { labels: imageLabels, epochs, optimizer: adam(0.001) });
  const accuracy = (test: Float32Array | Uint8Array): string =>
    `${(evaluate(classifier, test, { labels: digits.testLabels }).accuracy! * 100).toFixed(1)} %`;
  console.log(
    `${count} labelled digits ${name}: ${accuracy(digits.test)} of clean digits right, ${accuracy(cleanedTest)} of cleaned ones`,
  );
}
