// Is an autoencoder worth it? Compares its error with that of principal components, the best linear code of the same
// size. An autoencoder that does not beat them is of no use, however small its error looks.
//
//   node compare-with-pca.ts [--data DIR] [--quick]

import { adam, autoencoder, cosine, deepAutoencoder, denseAutoencoder, evaluate, fit, saveModel } from 'isthmus';
import { PIXELS, startExample } from './digits.ts';
import { principalError } from './tools/principal-components.ts';

const { digits, quick } = await startExample();
const { train, test } = digits;
const latent = 32;
const batchSize = 64;
const epochs = quick ? 1 : 5;
const decaySteps = epochs * Math.ceil(train.length / PIXELS / batchSize);

const linearError = principalError(train, test, latent);
console.log(`${latent} principal components: ${linearError.toFixed(4)}`);

const specs = {
  // With a linear output, one dense layer is no better than principal components. A sigmoid suits digits: most pixels
  // are black, the lower end of its range.
  'one dense layer': denseAutoencoder({ input: [PIXELS], latent, output: 'sigmoid' }),
  'three dense layers': deepAutoencoder({ input: [PIXELS], latent, hidden: [256, 128] }),
};
for (const [name, spec] of Object.entries(specs)) {
  const model = await autoencoder(spec, { seed: 1 });
  const optimizer = adam(cosine({ learningRate: 0.002, decaySteps, alpha: 0.01 }));
  await fit(model, train, { epochs, batchSize, optimizer });
  const error = evaluate(model, test).meanSquaredError;
  const verdict = error < linearError ? `${((1 - error / linearError) * 100).toFixed(0)} % less` : 'useless';
  const kilobytes = (saveModel(model, { part: 'encoder', dtype: 'int8' }).length / 1024).toFixed(0);
  console.log(`${name}: ${error.toFixed(4)}, ${verdict}; its encoder alone ${kilobytes} KB`);
}
