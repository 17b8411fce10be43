// Recurrent layers of TensorFlow.js: conversion in both directions, and options that only one library has.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import * as core from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { autoencoder, dense, type GruOptions, gru, type Layer, reshape } from 'isthmus';
import { fromLayersModel, toLayersModel } from 'isthmus/tfjs';
import { close, numbers } from '../suites/assert.ts';
import { start } from './start.ts';

const tf = { ...core, ...tfl };
const range = (message: string): object => ({ name: 'RangeError', message });

before(start);

const decoder = [dense({ units: 8 }), reshape({ targetShape: [4, 2] })];

describe('recurrent layers of tfjs', () => {
  it('give the same outputs after conversion in both directions, and keep options and weights', async () => {
    const encoder = [
      gru({ units: 5, resetAfter: false, returnSequences: true, goBackwards: true }),
      gru({ units: 4, resetAfter: false, returnSequences: true, useBias: false, l2: 0.01 }),
      gru({ units: 3, resetAfter: false, recurrentInitializer: 'glorotUniform' }),
    ];
    const model = await autoencoder({ input: [4, 2], encoder, decoder }, { seed: 4 });
    const weights = Object.entries(model.weights).map(([path, { shape, data }], k) => {
      const change = numbers(data.length, k + 2);
      return [path, { shape, data: data.map((v, j) => v + 0.2 * change[j]!) }] as const;
    });
    model.setWeights(Object.fromEntries(weights));
    const theirs = toLayersModel(model, tf);
    const x = numbers(3 * 8, 5);
    const output = core.tidy(() => (theirs.predict(core.tensor(x, [3, 4, 2])) as core.Tensor).dataSync());
    close(output, model.reconstruct(x), 2e-5, 'outputs of tfjs');
    const ours = await fromLayersModel(theirs);
    close(ours.reconstruct(x), model.reconstruct(x), 1e-6, 'outputs of the model converted in both directions');
    assert.deepEqual(ours.weights, model.weights);
    const options = (layers: readonly object[]) =>
      layers.map((layer) => {
        const {
          units,
          returnSequences = false,
          goBackwards = false,
          useBias = true,
          l2 = 0,
        } = layer as Layer & GruOptions;
        return [units, returnSequences, goBackwards, useBias, Math.fround(l2)];
      });
    assert.deepEqual(options(ours.spec.encoder), options(encoder));
  });

  it('do not support resetAfter', async () => {
    const model = await autoencoder({
      input: [4, 2],
      encoder: [gru({ units: 3 })],
      decoder,
    });
    assert.throws(
      () => toLayersModel(model, tf),
      range('"encoder[0]" expected a layer that TensorFlow.js has, got "gru with resetAfter"'),
    );
  });

  it('are refused with an option that gru does not have', async () => {
    const from = (options: object): Promise<unknown> => {
      const layer = {
        inputShape: [4, 2],
        units: 2,
        recurrentInitializer: 'zeros',
        returnSequences: true,
        name: 'loop',
      };
      return fromLayersModel(
        tf.sequential({ layers: [tf.layers.gru({ ...layer, ...options } as never), tf.layers.dense({ units: 2 })] }),
      );
    };
    await from({ recurrentActivation: 'sigmoid' });
    await assert.rejects(from({}), range('"loop.recurrentActivation" expected sigmoid, got "hardSigmoid"'));
    await assert.rejects(from({ activation: 'relu' }), range('"loop.activation" expected tanh, got "relu"'));
    for (const key of ['dropout', 'recurrentDropout'])
      await assert.rejects(
        from({ recurrentActivation: 'sigmoid', [key]: 0.5 }),
        range(`"loop.${key}" expected none, got 0.5`),
      );
  });
});
