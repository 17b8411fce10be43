// Cleaned copies as more data: where digits come with noise and are cleaned before they are read, a classifier with few
// labels should know what cleaned digits look like. Each labelled one is given noise and cleaned, a few times over.
//
//   node examples/node/denoised-copies.ts [--data DIR] [--quick]

import { adam, addHead, autoencoder, convAutoencoder, denoisingAutoencoder, dense, evaluate, fit } from 'isthmus';
import { addNoise } from '../../tools/digits/noise.ts';
import { first, given, SIZE } from './digits.ts';

const { digits, quick } = await given();
const denoiser = await autoencoder(denoisingAutoencoder({ input: [28, 28, 1], noise: [0.2, 0.7] }), { seed: 1 });
await fit(denoiser, first(digits.train, quick ? 500 : 10_000), { epochs: 2, optimizer: adam(0.002) });

const count = quick ? 100 : 300;
const copies = 4;
const own = Float32Array.from(first(digits.train, count), (value) => value / 255);
const labels = Array.from(digits.trainLabels.subarray(0, count));
const more = new Float32Array(own.length * (copies + 1));
more.set(own);
for (let copy = 1; copy <= copies; copy++) {
  const noisy = addNoise(first(digits.train, count), 0.6, copy);
  more.set(denoiser.reconstruct(noisy), copy * own.length);
}

// As many steps for both.
const epochs = quick ? 2 : 20;
const seen = denoiser.reconstruct(addNoise(digits.test, 0.6, 99));
const sets = { 'as they are': [own, copies + 1], 'and cleaned copies': [more, 1] } as const;
for (const [name, [x, times]] of Object.entries(sets)) {
  const body = await autoencoder(convAutoencoder({ input: [28, 28, 1], latent: 64 }), { seed: 2 });
  const model = await addHead(body, [dense({ units: 10, activation: 'softmax' })], { seed: 3 });
  const all = Array.from({ length: x.length / SIZE }, (_, i) => labels[i % count]!);
  await fit(model, x, { labels: all, epochs: epochs * times, optimizer: adam(0.001) });
  const right = (images: Float32Array | Uint8Array): string =>
    `${(evaluate(model, images, { labels: digits.testLabels }).accuracy! * 100).toFixed(1)} %`;
  console.log(
    `${count} labelled digits ${name}: ${right(digits.test)} of clean digits right, ${right(seen)} of cleaned ones`,
  );
}
