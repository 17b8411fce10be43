// Files that Keras 3 and the converter of TensorFlow.js wrote: test/vectors/keras/make.py.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import * as core from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { unzipSync } from 'fflate';
import {
  type AutoencoderSpec,
  activation,
  autoencoder,
  batchNormalization,
  conv1d,
  conv2d,
  conv2dTranspose,
  dense,
  depthwiseConv2d,
  flatten,
  gru,
  layerNormalization,
  type Model,
  maxPooling2d,
  readSafetensors,
  reshape,
  residual,
  separableConv2d,
  upSampling1d,
  upSampling2d,
} from 'isthmus';
import { fromLayersModel } from 'isthmus/tfjs';
import * as hdf5 from 'jsfive';
import { keras2Weights, toKeras2 } from './keras2.ts';
import { start } from './start.ts';

const read = (name: string): Buffer => readFileSync(new URL(`../vectors/keras/${name}`, import.meta.url));
const tensors = (name: string) => readSafetensors(read(`${name}.safetensors`)).tensors;

interface Case {
  readonly spec: AutoencoderSpec;
  /** The layer of Keras for each layer with weights: its name, and its group in a `.keras` file. */
  readonly layers: Readonly<Record<string, readonly [name: string, group: string]>>;
}
const same = { padding: 'same' } as const;
const cases: Readonly<Record<string, Case>> = {
  picture: {
    spec: {
      input: [8, 12, 2],
      encoder: [
        conv2d({ filters: 4, kernelSize: 3, strides: 2, ...same }),
        batchNormalization(),
        activation({ activation: 'relu' }),
        residual({ layers: [depthwiseConv2d({ kernelSize: 3, activation: 'tanh', ...same })] }),
        maxPooling2d({ poolSize: 2 }),
        flatten(),
        dense({ units: 5 }),
      ],
      decoder: [
        dense({ units: 36, activation: 'relu' }),
        reshape({ targetShape: [2, 3, 6] }),
        conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2, activation: 'relu', ...same }),
        upSampling2d({ size: 2 }),
        separableConv2d({ filters: 2, kernelSize: 3, activation: 'sigmoid', ...same }),
      ],
    },
    layers: {
      'encoder.0': ['first', 'conv2d'],
      'encoder.1': ['norm', 'batch_normalization'],
      'encoder.3.0': ['depthwise', 'depthwise_conv2d'],
      'encoder.6': ['code', 'dense'],
      'decoder.0': ['wide', 'dense_1'],
      'decoder.2': ['up', 'conv2d_transpose'],
      'decoder.4': ['last', 'separable_conv2d'],
    },
  },
  sequence: {
    spec: {
      input: [7, 3],
      encoder: [
        conv1d({ filters: 5, kernelSize: 3, activation: 'relu', ...same }),
        layerNormalization(),
        gru({ units: 4 }),
      ],
      decoder: [
        reshape({ targetShape: [1, 4] }),
        upSampling1d({ size: 7 }),
        gru({ units: 5, returnSequences: true, resetAfter: false }),
        dense({ units: 3 }),
      ],
    },
    layers: {
      'encoder.0': ['window', 'conv1d'],
      'encoder.1': ['norm', 'layer_normalization'],
      'encoder.2': ['code', 'gru/cell'],
      'decoder.2': ['back', 'gru_1/cell'],
      'decoder.3': ['output', 'dense'],
    },
  },
};

function near(actual: Float32Array, expected: Float32Array, name: string): void {
  assert.equal(actual.length, expected.length, name);
  const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(actual[i]! - value)), 0);
  assert.ok(worst <= 1e-5, `${name}: ${worst}`);
}

/** Asserts that a model gives the codes and outputs of Keras. */
function check(model: Model, name: string): void {
  const { x, code, output } = tensors(`${name}.expected`);
  assert.ok(
    output!.data.some((value) => Math.abs(value - output!.data[0]!) > 0.1),
    'outputs differ',
  );
  near(model.encode(x!.data), code!.data, 'code');
  near(model.reconstruct(x!.data), output!.data, 'output');
}

/** `gru_cell/recurrent_kernel` of Keras is `recurrentKernel`. */
const weightName = (path: string): string =>
  path.slice(path.lastIndexOf('/') + 1).replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

describe('files of Keras 3', () => {
  before(start);

  for (const [name, { spec, layers }] of Object.entries(cases)) {
    it(`${name}: its weights in a .safetensors file set those of a model`, async () => {
      const model = await autoencoder(spec);
      const weights = Object.entries(tensors(name)).map(([path, tensor]) => {
        const [layer] = Object.entries(layers).find(([, [keras]]) => path.split('/').includes(keras))!;
        return [`${layer}.${weightName(path)}`, tensor] as const;
      });
      assert.equal(weights.length, Object.keys(model.weights).length);
      model.setWeights(Object.fromEntries(weights));
      check(model, name);
    });

    for (const [suffix, groupOf, nameOf] of [
      ['keras', (i: number) => `layers/${Object.values(layers)[i]![1]}/vars`, (_: string, index: number) => index],
      ['h5', (i: number) => `model_weights/${Object.values(layers)[i]![0]}`, (path: string) => path],
    ] as const)
      it(`${name}.${suffix}: its HDF5 sets the weights of a model`, async () => {
        const model = await autoencoder(spec);
        const bytes = read(`${name}.${suffix}`);
        const file = suffix === 'h5' ? new Uint8Array(bytes) : unzipSync(bytes)['model.weights.h5']!;
        const { buffer } = file.slice();
        const hdf = new hdf5.File(buffer);
        const paths = Object.keys(layers);
        const weights = Object.keys(model.weights).map((path) => {
          const at = paths.findIndex((layer) => path.startsWith(`${layer}.`));
          const siblings = Object.keys(model.weights).filter((other) => other.startsWith(`${paths[at]}.`));
          const group = groupOf(at);
          const key = nameOf(path, siblings.indexOf(path));
          const dataset =
            typeof key === 'number'
              ? hdf.get(`${group}/${key}`)
              : datasets(hdf.get(group)).find((found) => weightName(found.name) === path.split('.').at(-1))!;
          return [path, { shape: dataset.shape, data: Float32Array.from(dataset.value) }] as const;
        });
        model.setWeights(Object.fromEntries(weights));
        check(model, name);
      });
  }

  it('picture: the model.json of the converter becomes a model by way of tfjs', async () => {
    const json = JSON.parse(read('picture.tfjs/model.json').toString());
    const [{ weights, paths }] = json.weightsManifest;
    const { buffer } = new Uint8Array(read(`picture.tfjs/${paths[0]}`));
    const loaded = await tfl.loadLayersModel(
      core.io.fromMemory({
        modelTopology: toKeras2(json.modelTopology),
        weightSpecs: keras2Weights(json.modelTopology, weights) as never,
        weightData: buffer,
      }),
    );
    const model = await fromLayersModel(loaded, { encoder: 'code' });
    check(model, 'picture');
    const types = ({ spec }: Model) => [spec.encoder, spec.decoder].map((list) => list!.map(({ type }) => type));
    assert.deepEqual(types(model), types(await autoencoder(cases.picture!.spec)));
  });
});

/** All datasets below a group. */
function datasets(group: hdf5.Group): hdf5.Dataset[] {
  return group.keys.flatMap((key) => {
    const child = group.get(key);
    return child instanceof hdf5.Dataset ? [child] : datasets(child as unknown as hdf5.Group);
  });
}
