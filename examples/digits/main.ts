// The classic walk-through of autoencoders: an autoencoder learns digits, is saved and loaded again, and a second one
// learns to remove noise. A page shows both.
//
//   npm start -- [--data DIR] [--epochs N] [--latent N] [--out DIR]
//
// The session around it reads these options, loads the digits, shows progress and writes checkpoints at Ctrl-C.

import { readFileSync } from 'node:fs';
import { adam, dense, gaussianNoise, loadModel, saveModel } from 'isthmus';
import { addNoise } from './tools/digits/noise.ts';
import { report } from './tools/digits/report.ts';
import { runSession } from './tools/digits/session.ts';
import { comparison, table } from './tools/digits/table.ts';

/** Standard deviation of the noise that the second model learns to remove, for pixels 0..1. */
const NOISE = 0.3;

await runSession(process.argv.slice(2), async (session) => {
  const { digits, options, print } = session;
  const { epochs, batchSize, latent, seed } = options;

  // 784 pixels through a bottleneck of `latent` numbers and back. Pixels are 0..1, as the sigmoid is.
  const spec = {
    input: [784],
    encoder: [dense({ units: latent, activation: 'relu' })],
    decoder: [dense({ units: 784, activation: 'sigmoid' })],
  } as const;
  const training = { epochs, batchSize, seed, optimizer: adam(), loss: 'meanSquaredError' } as const;

  // `session.train` calls `autoencoder(spec)`, then `fit(model, digits.train, options)`.
  const { model, history } = await session.train('autoencoder', spec, { ...training, validationData: digits.test });
  print(`\n784-${latent}-784, ${model.parameterCount} weights\n\n${table(history)}\n`);
  print(`${comparison(history, digits.drawn)}\n`);

  const saved = saveModel(model);
  const file = session.write('model.safetensors', saved);
  const loaded = await loadModel(readFileSync(file));
  const some = digits.test.subarray(0, 100 * 784);
  const expected = model.reconstruct(some);
  if (!loaded.reconstruct(some).every((value, i) => value === expected[i])) {
    throw new Error(`${file} does not reconstruct as the model it was saved from`);
  }
  print(`Saved ${file} (${Math.round(saved.length / 1024)} KB) and loaded it again: the same reconstructions.`);

  print('A second model learns to remove noise.');
  const { model: denoiser, history: denoising } = await session.train('denoiser', spec, {
    ...training,
    // Every training digit gets fresh noise in each epoch; the loss compares with the clean digit.
    corruption: gaussianNoise({ stddev: NOISE, clip: [0, 1] }),
    validationData: addNoise(digits.test, NOISE, seed),
    validationTargets: digits.test,
  });

  const size = saved.length;
  const page = await report({ digits, options, noise: NOISE, model: loaded, history, denoiser, denoising, size });
  const reportFile = session.write('report.html', page);
  print(`Wrote ${reportFile}.`);
  if (options.json) {
    const { source, drawn } = digits;
    const files = { model: file, report: reportFile };
    console.log(JSON.stringify({ source, drawn, epochs, batchSize, latent, seed, history, denoising, files }));
  }
});
