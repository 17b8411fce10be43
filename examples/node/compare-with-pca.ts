// Is an autoencoder worth it? Its error beside that of principal components, the best that a linear code can do. A
// model whose error is no lower than theirs is of no use, however small the error looks.
//
//   node examples/node/compare-with-pca.ts [--data DIR] [--quick]

import { adam, autoencoder, cosine, deepAutoencoder, denseAutoencoder, evaluate, fit, saveModel } from 'isthmus';
import { principalError } from '../../tools/principal-components.ts';
import { given, SIZE } from './digits.ts';

const { digits, quick } = await given();
const { train, test } = digits;
const latent = 32;
const epochs = quick ? 1 : 5;
const decaySteps = epochs * Math.ceil(train.length / SIZE / 64);

const linear = principalError(train, test, latent);
console.log(`${latent} principal components: ${linear.toFixed(4)}`);
const specs = {
  // Behind a linear output one layer is no better than principal components; most pixels are black, a sigmoid's end.
  'one dense layer': denseAutoencoder({ input: [SIZE], latent, output: 'sigmoid' }),
  'three dense layers': deepAutoencoder({ input: [SIZE], latent, hidden: [256, 128] }),
};
for (const [name, spec] of Object.entries(specs)) {
  const model = await autoencoder(spec, { seed: 1 });
  const optimizer = adam(cosine({ learningRate: 0.002, decaySteps, alpha: 0.01 }));
  await fit(model, train, { epochs, batchSize: 64, optimizer });
  const error = evaluate(model, test).meanSquaredError;
  const verdict = error < linear ? `${((1 - error / linear) * 100).toFixed(0)} % less` : 'useless';
  const kilobytes = (saveModel(model, { part: 'encoder', dtype: 'int8' }).length / 1024).toFixed(0);
  console.log(`${name}: ${error.toFixed(4)}, ${verdict}; its encoder alone ${kilobytes} KB`);
}
