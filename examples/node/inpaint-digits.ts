// Fills in what is missing: a model that has learnt with blocks blotted out puts back half a digit.
//
//   node examples/node/inpaint-digits.ts [--data DIR] [--out DIR] [--quick]

import { join } from 'node:path';
import { adam, autoencoder, blockMask, convAutoencoder, fit, inpaint } from 'isthmus';
import { imageSheet } from '../../tools/digits/image-sheet.ts';
import { ensureWritableFolder, writeFileAtomically } from '../../tools/files.ts';
import { first, given, SIZE } from './digits.ts';

const { digits, quick, out } = await given();
const model = await autoencoder(convAutoencoder({ input: [28, 28, 1], latent: 64 }), { seed: 1 });
await fit(model, digits.train, {
  epochs: quick ? 1 : 3,
  corruption: blockMask({ share: [0.2, 0.5] }),
  optimizer: adam(0.002),
  onEpochEnd: (epoch, { loss }) => console.log(`epoch ${epoch + 1}: loss ${loss.toFixed(4)}`),
});

// The right half is missing: 1 where a pixel is known, 0 where it is not.
const mask = Uint8Array.from({ length: SIZE }, (_, i) => Number(i % 28 < 14));
const test = Float32Array.from(first(digits.test, 100), (value) => value / 255);
const cut = test.map((value, i) => value * mask[i % SIZE]!);
const filled = inpaint(model, cut, mask);
const error = (x: Float32Array): number =>
  x.reduce((sum, value, i) => sum + (value - test[i]!) ** 2, 0) / (x.length / 2);
console.log(`error in the missing half: ${error(cut).toFixed(4)} left black, ${error(filled).toFixed(4)} filled in`);

ensureWritableFolder(out);
const path = join(out, 'inpainted.png');
writeFileAtomically(path, imageSheet([test, cut, filled].map((x) => x.subarray(0, 10 * SIZE))));
console.log(`wrote ${path}`);
