// New digits from a variational autoencoder: codes from its prior, codes from a mixture that is fitted to the codes of
// real digits, and codes between two digits.
//
//   node generate-digits.ts [--data DIR] [--out DIR] [--quick]

import { join } from 'node:path';
import { adam, autoencoder, evaluate, fit, fitMixture, interpolate, sample, variationalAutoencoder } from 'isthmus';
import { first, PIXELS, startExample } from './digits.ts';
import { imageSheet } from './tools/digits/image-sheet.ts';
import { ensureWritableFolder, writeFileAtomically } from './tools/files.ts';

const { digits, quick, out } = await startExample();
const { train, test } = digits;
const spec = variationalAutoencoder({ input: [PIXELS], latent: 20, hidden: [256, 128] });
const model = await autoencoder(spec, { seed: 1 });
await fit(model, train, {
  epochs: quick ? 1 : 8,
  batchSize: 128,
  optimizer: adam(0.002),
  // The loss is the mean over pixels; the bound of the likelihood is the sum.
  onEpochEnd: (epoch, { loss }) => console.log(`epoch ${epoch + 1}: ${(loss * PIXELS).toFixed(1)} nats`),
});

const { elbo, importanceWeighted } = evaluate(model, first(test, 200), { draws: 20 });
console.log(
  `bounds of the likelihood: ${elbo!.toFixed(1)}, importance-weighted ${importanceWeighted!.toFixed(1)} nats`,
);

const mixture = fitMixture(model, first(train, 5000), { components: quick ? 5 : 40 });
const [a, b] = [test.subarray(0, PIXELS), test.subarray(PIXELS, 2 * PIXELS)];
const rows = [
  sample(model, 10, { seed: 1 }),
  sample(model, 10, { seed: 1, from: mixture }),
  interpolate(model, a, b, 10),
];
ensureWritableFolder(out);
const path = join(out, 'generated.png');
writeFileAtomically(path, imageSheet(rows));
console.log(`wrote ${path}: from the prior, from a mixture, and from one digit to another`);
