// Converts models to TensorFlow.js and back, and compares the outputs.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import * as core from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import * as i from 'isthmus';
import { fromLayersModel, installKernels, toLayersModel } from 'isthmus/tfjs';
import { layerTable } from '../reference/layer-table.ts';
import { numbers } from '../suites/assert.ts';
import { built, close, predict, size } from './models.ts';
import { start } from './start.ts';

const tf = { ...core, ...tfl };

before(async () => {
  await start();
  await installKernels(core);
});

const same = { kernelSize: 3, padding: 'same' } as const;
const back = (input: number[]): i.Layer[] => [
  i.flatten(),
  i.dense({ units: size(input) }),
  i.reshape({ targetShape: input }),
];
const specs: Record<string, i.AutoencoderSpec> = {
  'dense, every activation': {
    input: [9],
    encoder: (['relu', 'leakyRelu', 'elu', 'selu', 'sigmoid'] as const).map((activation) => i.dense({ units: 7, activation })),
    decoder: [
      ...(['tanh', 'softplus', 'swish', 'gelu', 'softmax'] as const).map((activation) => i.dense({ units: 8, activation })),
      i.dense({ units: 9, useBias: false, l1: 0.01, l2: 0.02 }),
    ],
  },
  convolutions: {
    input: [8, 8, 2],
    encoder: [
      i.gaussianNoise({ stddev: 0.1 }),
      i.conv2d({ ...same, filters: 4, strides: 2, activation: 'leakyRelu' }),
      i.batchNormalization({ momentum: 0.9 }),
      i.depthwiseConv2d({ ...same, depthMultiplier: 2, activation: 'relu' }),
      i.separableConv2d({ ...same, filters: 3, depthMultiplier: 2 }),
      i.dropout({ rate: 0.2 }),
      i.maxPooling2d(),
    ],
    decoder: [
      i.conv2dTranspose({ ...same, filters: 3, strides: 2, activation: 'elu' }),
      i.layerNormalization({ center: false }),
      i.upSampling2d(),
      i.activation({ activation: 'leakyRelu' }),
      i.conv2d({ filters: 2, kernelSize: [3, 2], padding: 'same', dilationRate: 2, useBias: false }),
    ],
  },
  borders: {
    input: [5, 7, 2],
    encoder: [i.zeroPadding2d(), i.conv2d({ filters: 3, kernelSize: 3 }), i.zeroPadding2d({ padding: [0, 2] }), i.zeroPadding2d({ padding: [1, [2, 0]] })],
    decoder: [i.cropping2d(), i.cropping2d({ cropping: [1, 2] }), i.cropping2d({ cropping: [0, [1, 1]] }), ...back([5, 7, 2])],
  },
  'odd sides': i.convAutoencoder({ input: [9, 7, 2], latent: 3, filters: [3, 4, 5] }),
  'no decoder, and one layer': { input: [5], encoder: [i.dense({ units: 5, activation: 'tanh' })], decoder: [] },
  'no decoder': {
    input: [6, 2],
    encoder: [i.residual({ layers: [i.conv1d({ ...same, filters: 3 }), i.conv1d({ ...same, filters: 2 })] }), i.dense({ units: 2 })],
    decoder: [],
  },
  series: {
    input: [12, 2],
    encoder: [i.conv1d({ ...same, filters: 4, dilationRate: 2 }), i.maxPooling1d(), i.averagePooling1d({ poolSize: 3, strides: 1 }), i.activation({ activation: 'tanh' })],
    decoder: back([12, 2]),
  },
  paths: {
    input: [4, 4, 2],
    encoder: [
      i.residual({ layers: [i.conv2d({ ...same, filters: 2 }), i.residual({ layers: [i.dense({ units: 2 })] })] }),
      i.skip({ layers: [i.conv2d({ ...same, filters: 3 })] }),
      i.averagePooling2d(),
      i.globalAveragePooling2d(),
    ],
    decoder: back([4, 4, 2]),
  },
}; // biome-ignore format: specs

describe('toLayersModel and fromLayersModel', () => {
  for (const [name, spec] of Object.entries(specs)) {
    it(`keep the outputs: ${name}`, async () => {
      const model = await built(spec);
      const x = numbers(3 * size(spec.input), 5);
      const theirs = toLayersModel(model, tf);
      const expected = model.reconstruct(x);
      close(predict(theirs, x, spec.input), expected, 'theirs');
      assert.equal(theirs.countParams() >= model.parameterCount, true);
      const ours = await fromLayersModel(theirs);
      close(ours.reconstruct(x), expected, 'back again');
      close(ours.encode(x), model.encode(x), 'the code');
      assert.equal(ours.parameterCount, model.parameterCount);
      assert.deepEqual(ours.latentShape, model.latentShape);
      assert.deepEqual(ours.inputShape, spec.input);
    });
  }

  const refused = Object.keys(layerTable).filter((type) => !layerTable[type]!.tfjs);
  for (const [type, { cases, signal, tfjs }] of Object.entries(layerTable)) {
    const input = signal ? [8, 3] : [6, 5, 3];
    const [make] = Object.values(cases);
    const spec = { input, encoder: [i.dense({ units: 3 }), make!(i, input)], decoder: back(input) };
    if (tfjs) {
      it(`convert ${type} to ${tfjs} and back`, async () => {
        const model = await built(spec);
        const x = numbers(3 * size(input), 5);
        const theirs = toLayersModel(model, tf);
        assert.ok(theirs.layers.some((layer) => layer.getClassName() === tfjs));
        close(predict(theirs, x, input), model.reconstruct(x), 'theirs');
        close((await fromLayersModel(theirs)).reconstruct(x), model.reconstruct(x), 'back again');
      });
    } else {
      it(`toLayersModel refuses ${type} by name`, async () => {
        const model = await built(spec);
        assert.throws(() => toLayersModel(model, tf), {
          name: 'RangeError',
          message: new RegExp(`expected a layer that TensorFlow.js has, got "(${refused.join('|')})"$`),
        });
      });
    }
  }

  it('use the same names of layers and weights, and keep penalties', async () => {
    const model = await built(specs['dense, every activation']!);
    const theirs = toLayersModel(model, tf);
    const encoder = tf.model({ inputs: theirs.inputs, outputs: theirs.getLayer('encoder.4').output });
    const x = numbers(18, 5);
    close(predict(encoder, x, [9]), model.encode(x), 'the encoder');
    assert.deepEqual(
      [...theirs.getLayer('encoder.0').getWeights()[0]!.dataSync()],
      [...model.weights['encoder.0.kernel']!.data],
    );
    const last = (await fromLayersModel(theirs)).spec.decoder!.at(-1) as unknown as { l1: number; l2: number };
    assert.ok(Math.abs(last.l1 - 0.01) < 1e-6 && Math.abs(last.l2 - 0.02) < 1e-6);
  });

  it('convert a model of tf.loadLayersModel, which then trains', async () => {
    const { conv2d, conv2dTranspose, reLU, batchNormalization, dense, flatten } = tf.layers;
    const made = tf.sequential({
      layers: [
        conv2d({
          inputShape: [8, 8, 1],
          filters: 3,
          kernelSize: 3,
          strides: 2,
          padding: 'same',
          kernelInitializer: 'heNormal',
        }),
        batchNormalization(),
        reLU(),
        conv2dTranspose({ filters: 1, kernelSize: 3, strides: 2, padding: 'same', activation: 'sigmoid' }),
      ],
    });
    let saved: core.io.ModelArtifacts | undefined;
    await made.save(
      core.io.withSaveHandler(async (artifacts) => {
        saved = artifacts;
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
      }),
    );
    const loaded = await tf.loadLayersModel(core.io.fromMemory(saved!));
    const ours = await fromLayersModel(loaded, { seed: 1 });
    const again = toLayersModel(ours, tf);
    assert.deepEqual(
      again.layers.slice(1).map(({ name }) => name),
      loaded.layers.slice(loaded.layers.length - again.layers.length + 1).map(({ name }) => name),
    );
    const x = numbers(16 * 64, 5).map((v) => 0.5 + 0.4 * v);
    close(predict(again, x, [8, 8, 1]), predict(loaded, x, [8, 8, 1]), 'and back');
    close(ours.reconstruct(x), predict(loaded, x, [8, 8, 1]), 'outputs');
    assert.deepEqual([ours.latentShape, ours.spec.encoder.length], [[8 / 2, 4, 3], 3]);
    const { loss } = await i.fit(ours, x, { epochs: 3, deterministic: true });
    assert.ok(loss[2]! < loss[0]!);
    const classes = tf.sequential({
      layers: [
        flatten({ inputShape: [4, 2] }),
        dense({ units: 5, activation: 'relu' }),
        dense({ units: 3, activation: 'softmax' }),
      ],
    });
    const head = await fromLayersModel(classes);
    const y = numbers(16, 3);
    close(head.predict(y), predict(classes, y, [4, 2]), 'a classifier');
    assert.equal(head.spec.head?.length, 1);
  });

  it('the error names a layer that the other library does not have', async () => {
    const to = async (spec: i.AutoencoderSpec): Promise<unknown> => toLayersModel(await i.autoencoder(spec), tf);
    const range = (message: string): object => ({ name: 'RangeError', message });
    const theirs = 'a layer that TensorFlow.js has';
    const decoder = back([4, 4, 2]);
    await assert.rejects(
      to({
        input: [4],
        encoder: [i.dense({ units: 2 })],
        latent: i.kSparse({ k: 1 }),
        decoder: [i.dense({ units: 4 })],
      }),
      range('"latent" expected none, as TensorFlow.js has no bottleneck, got "kSparse"'),
    );
    await assert.rejects(
      to({ input: [4, 4, 2], encoder: [i.upSampling2d({ interpolation: 'bilinear' })], decoder }),
      range(`"encoder[0]" expected ${theirs}, got "upSampling2d with bilinear interpolation"`),
    );
    await assert.rejects(
      to({
        input: [4, 4, 2],
        encoder: [i.residual({ layers: [i.conv2dTranspose({ ...same, filters: 2, dilationRate: 2 })] })],
        decoder,
      }),
      range(`"encoder[0].layers[0]" expected ${theirs}, got "conv2dTranspose with dilationRate"`),
    );
    await assert.rejects(
      to({ input: [4, 2], encoder: [i.upSampling1d()], decoder: back([4, 2]) }),
      range(`"encoder[0]" expected ${theirs}, got "upSampling1d"`),
    );
    await assert.rejects(
      to({ input: [4, 2], encoder: [i.zeroPadding1d()], decoder: back([4, 2]) }),
      range(`"encoder[0]" expected ${theirs}, got "zeroPadding1d"`),
    );
    await assert.rejects(
      to({ input: [4, 2], encoder: [i.cropping1d()], decoder: back([4, 2]) }),
      range(`"encoder[0]" expected ${theirs}, got "cropping1d"`),
    );
    await assert.rejects(
      to({ input: [4], encoder: [i.normalization(), i.dense({ units: 4 })], decoder: [] }),
      range(`"encoder[0]" expected ${theirs}, got "normalization"`),
    );
    const { dense, permute, reshape, leakyReLU, conv1d, batchNormalization } = tf.layers;
    const from = (...layers: tfl.layers.Layer[]): Promise<unknown> => fromLayersModel(tf.sequential({ layers }));
    const first = dense({ inputShape: [8], units: 8, name: 'first' });
    await assert.rejects(
      from(reshape({ inputShape: [8], targetShape: [4, 2] }), permute({ dims: [2, 1], name: 'turn' })),
      range('"turn" expected a layer that isthmus has, got "Permute"'),
    );
    await assert.rejects(
      from(first, leakyReLU({ alpha: 0.5, name: 'leak' }), dense({ units: 8 })),
      range('"leak.alpha" expected 0.2, got 0.5'),
    );
    await assert.rejects(
      from(dense({ inputShape: [8], units: 3, activation: 'softsign', name: 'soft' }), dense({ units: 8 })),
      /"soft\.activation" expected one of .* got "softsign"/,
    );
    await assert.rejects(
      from(
        conv1d({ inputShape: [8, 2], filters: 2, kernelSize: 3, padding: 'causal', name: 'late' }),
        dense({ units: 2 }),
      ),
      /"late\.padding" expected same or valid/,
    );
    await assert.rejects(
      from(batchNormalization({ inputShape: [4, 2], axis: 1, name: 'norm' }), dense({ units: 2 })),
      /"norm\.axis" expected the last/,
    );
    await assert.rejects(
      fromLayersModel(
        tf.sequential({ layers: [dense({ inputShape: [8], units: 8, name: 'a' }), dense({ units: 8, name: 'b' })] }),
        { encoder: 'b' },
      ),
      range('"encoder" expected one of a, got "b"'),
    );
    for (const value of [{}, null, 1, { layers: [], inputs: [] }])
      await assert.rejects(fromLayersModel(value as unknown as tfl.LayersModel), {
        name: 'TypeError',
        message: /^"model" expected a tf\.LayersModel, got/,
      });
    const other = { layers: [], inputs: [{ sourceLayer: {} }], outputs: [{ sourceLayer: {} }] };
    await assert.rejects(
      fromLayersModel(other as unknown as tfl.LayersModel),
      range('"model" expected layers as in TensorFlow.js 4.22, got "layers without the nodes before them"'),
    );
    const model = await i.autoencoder({
      input: [4],
      encoder: [i.dense({ units: 2 })],
      decoder: [i.dense({ units: 4 })],
    });
    assert.throws(() => toLayersModel(model, core as unknown as typeof tf), {
      name: 'TypeError',
      message: /^"tf" expected @tensorflow\/tfjs, or/,
    });
    assert.throws(() => toLayersModel({} as i.Model, tf), { name: 'TypeError' });
  });
});
