// Inpainting: a model that was trained with blocks of each image blanked out fills in the missing half of a digit.
//
//   node inpaint-digits.ts [--data DIR] [--out DIR] [--quick]

import { join } from 'node:path';
import { adam, autoencoder, blockMask, convAutoencoder, fit, inpaint } from 'isthmus';
import { first, PIXELS, startExample } from './digits.ts';
import { imageSheet } from './tools/digits/image-sheet.ts';
import { ensureWritableFolder, writeFileAtomically } from './tools/files.ts';

const { digits, quick, out } = await startExample();
const model = await autoencoder(convAutoencoder({ input: [28, 28, 1], latent: 64 }), { seed: 1 });
await fit(model, digits.train, {
  epochs: quick ? 1 : 3,
  corruption: blockMask({ share: [0.2, 0.5] }),
  optimizer: adam(0.002),
  onEpochEnd: (epoch, { loss }) => console.log(`epoch ${epoch + 1}: loss ${loss.toFixed(4)}`),
});

// The right half is missing: the mask is 1 where a pixel is known, 0 where it is missing.
const mask = Uint8Array.from({ length: PIXELS }, (_, i) => Number(i % 28 < 14));
const complete = Float32Array.from(first(digits.test, 100), (value) => value / 255);
const masked = complete.map((value, i) => value * mask[i % PIXELS]!);
const filled = inpaint(model, masked, mask);
/** Mean squared error over the missing pixels, half of them all. */
const error = (x: Float32Array): number =>
  x.reduce((sum, value, i) => sum + (value - complete[i]!) ** 2, 0) / (x.length / 2);
console.log(`error in the missing half: ${error(masked).toFixed(4)} left black, ${error(filled).toFixed(4)} filled in`);

ensureWritableFolder(out);
const path = join(out, 'inpainted.png');
writeFileAtomically(path, imageSheet([complete, masked, filled].map((x) => x.subarray(0, 10 * PIXELS))));
console.log(`wrote ${path}`);
