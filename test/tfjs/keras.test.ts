// A model.json and a file of weights, as the converter of Keras writes them, are read by tf.loadLayersModel.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, it } from 'node:test';
import * as core from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { fit } from 'isthmus';
import { fromLayersModel, installKernels, toLayersModel } from 'isthmus/tfjs';
import { numbers } from '../suites/assert.ts';
import { start } from './start.ts';

const initializer = (name: string): object => ({
  module: 'keras.initializers',
  class_name: name,
  config: {},
  registered_name: null,
});
const common = {
  trainable: true,
  dtype: 'float32',
  use_bias: true,
  kernel_initializer: initializer('GlorotUniform'),
  bias_initializer: initializer('Zeros'),
  kernel_regularizer: null,
  bias_regularizer: null,
  activity_regularizer: null,
  kernel_constraint: null,
  bias_constraint: null,
};
const image = { ...common, data_format: 'channels_last', padding: 'same' };
const convolution = { ...image, kernel_size: [3, 3], dilation_rate: [1, 1], groups: 1 };

/** A layer, as Keras writes it, whose input is the output of another layer. */
const layer = (class_name: string, name: string, config: object, ...from: string[]) => ({
  class_name,
  config: { name, trainable: true, dtype: 'float32', ...config },
  name,
  inbound_nodes: from.length ? [from.map((source) => [source, 0, 0, {}])] : [],
});
// biome-ignore format: a layer a line
const layers = [
  layer('InputLayer', 'picture', { batch_input_shape: [null, 8, 8, 1], sparse: false, ragged: false }),
  layer('Conv2D', 'first', { ...convolution, filters: 4, strides: [1, 1], activation: 'linear' }, 'picture'),
  layer('BatchNormalization', 'norm', { axis: [3], momentum: 0.99, epsilon: 0.001, center: true, scale: true, beta_initializer: initializer('Zeros'), gamma_initializer: initializer('Ones'), moving_mean_initializer: initializer('Zeros'), moving_variance_initializer: initializer('Ones') }, 'first'),
  layer('Activation', 'relu', { activation: 'relu' }, 'norm'),
  layer('Conv2D', 'inside', { ...convolution, filters: 4, strides: [1, 1], activation: 'tanh' }, 'relu'),
  layer('Add', 'join', {}, 'relu', 'inside'),
  layer('Dropout', 'drop', { rate: 0.1, noise_shape: null, seed: null }, 'join'),
  layer('MaxPooling2D', 'pool', { pool_size: [2, 2], padding: 'valid', strides: [2, 2], data_format: 'channels_last' }, 'drop'),
  layer('Flatten', 'flat', { data_format: 'channels_last' }, 'pool'),
  layer('Dense', 'code', { ...common, units: 5, activation: 'linear' }, 'flat'),
  layer('Dense', 'wide', { ...common, units: 64, activation: 'relu' }, 'code'),
  layer('Reshape', 'shape', { target_shape: [4, 4, 4] }, 'wide'),
  layer('Conv2DTranspose', 'up', { ...convolution, filters: 3, strides: [2, 2], activation: 'relu', output_padding: null }, 'shape'),
  layer('Conv2D', 'last', { ...convolution, filters: 1, strides: [1, 1], activation: 'sigmoid' }, 'up'),
];
// biome-ignore format: a weight a line
const weights: [string, number[]][] = [
  ['first/kernel', [3, 3, 1, 4]], ['first/bias', [4]],
  ['norm/gamma', [4]], ['norm/beta', [4]], ['norm/moving_mean', [4]], ['norm/moving_variance', [4]],
  ['inside/kernel', [3, 3, 4, 4]], ['inside/bias', [4]],
  ['code/kernel', [64, 5]], ['code/bias', [5]],
  ['wide/kernel', [5, 64]], ['wide/bias', [64]],
  ['up/kernel', [3, 3, 3, 4]], ['up/bias', [3]],
  ['last/kernel', [3, 3, 3, 1]], ['last/bias', [1]],
];
const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
const model = {
  format: 'layers-model',
  generatedBy: 'keras v2.12.0',
  convertedBy: 'TensorFlow.js Converter v4.22.0',
  modelTopology: {
    keras_version: '2.12.0',
    backend: 'tensorflow',
    model_config: {
      class_name: 'Functional',
      config: {
        name: 'cleaner',
        trainable: true,
        layers,
        input_layers: [['picture', 0, 0]],
        output_layers: [['last', 0, 0]],
      },
    },
  },
  weightsManifest: [
    { paths: ['group1-shard1of1.bin'], weights: weights.map(([name, shape]) => ({ name, shape, dtype: 'float32' })) },
  ],
};
const values = new Float32Array(weights.reduce((sum, [, shape]) => sum + size(shape), 0));
let end = 0;
weights.forEach(([name, shape], i) => {
  const list = numbers(size(shape), i + 1);
  // A variance is positive.
  values.set(name.endsWith('variance') ? list.map((v) => 1 + v / 2) : list.map((v) => v / 2), end);
  end += list.length;
});

const server = createServer(({ url }, response) => {
  response.end(url === '/model.json' ? JSON.stringify(model) : new Uint8Array(values.buffer));
});
before(async () => {
  await start();
  await installKernels(core);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
after(() => server.close());

it('a Keras export, loaded by tf.loadLayersModel and converted, keeps outputs, code and names', async () => {
  const loaded = await tfl.loadLayersModel(`http://127.0.0.1:${(server.address() as AddressInfo).port}/model.json`);
  const ours = await fromLayersModel(loaded, { seed: 1 });
  assert.deepEqual([ours.inputShape, ours.latentShape], [[8, 8, 1], [5]]);
  // Four means and four variances are not trained.
  assert.equal(ours.parameterCount, loaded.countParams() - 8);
  assert.deepEqual([...ours.weights['encoder.0.kernel']!.data], [...values.subarray(0, 36)], 'as they lie in the file');
  const x = numbers(20 * 64, 9).map((v) => 0.5 + 0.4 * v);
  const predict = (m: tfl.LayersModel): Float32Array =>
    core.tidy(() => (m.predict(core.tensor(x, [20, 8, 8, 1])) as core.Tensor).dataSync() as Float32Array);
  const near = (a: Float32Array, b: Float32Array): void =>
    a.forEach((v, i) => {
      assert.ok(Math.abs(v - b[i]!) <= 1e-5, `${i}: ${v} ${b[i]}`);
    });
  const expected = predict(loaded);
  near(ours.reconstruct(x), expected);
  const back = toLayersModel(ours, { ...core, ...tfl });
  near(predict(back), expected);
  const names = ({ layers: list }: tfl.LayersModel): string[] => list.slice(1).map(({ name }) => name);
  assert.deepEqual(names(back), names(loaded));
  const encoder = tfl.model({ inputs: loaded.inputs, outputs: loaded.getLayer('code').output as tfl.SymbolicTensor });
  near(ours.encode(x), predict(encoder));
  const { loss } = await fit(ours, x, { epochs: 5 });
  assert.ok(loss[4]! < loss[0]!);
});
