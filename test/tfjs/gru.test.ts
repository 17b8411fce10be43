// What TensorFlow.js and isthmus do not have in common of recurrent layers. Equal outputs of the rest: layers.test.ts.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import * as core from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { autoencoder, dense, flatten, gru, reshape } from 'isthmus';
import { fromLayersModel, toLayersModel } from 'isthmus/tfjs';
import { start } from './start.ts';

const tf = { ...core, ...tfl };
const range = (message: string): object => ({ name: 'RangeError', message });

before(start);

describe('recurrent layers of tfjs', () => {
  it('have no reset gate after the product', async () => {
    const model = await autoencoder({
      input: [4, 2],
      encoder: [gru({ units: 3 })],
      decoder: [flatten(), dense({ units: 8 }), reshape({ targetShape: [4, 2] })],
    });
    assert.throws(
      () => toLayersModel(model, tf),
      range('"encoder[0]" expected a layer that TensorFlow.js has, got "gru with resetAfter"'),
    );
  });

  it('are refused with the option that gru does not have', async () => {
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
