import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Activation } from '../../src/layers/activations.ts';
import { allClose, close, differences, wave } from './check.ts';
import { type DenseLayer, forward, gradients, type Layer, loss, lossAndGradients, type Mix } from './network.ts';

const dense = (inputs: number, units: number, activation: Activation, k: number, bias = true): DenseLayer => ({
  kind: 'dense', inputs, units, activation, kernel: wave(inputs * units, k), l1: 0.01 * k, l2: 0.02 * k,
  ...(bias ? { bias: wave(units, k + 1) } : {}),
}); // biome-ignore format: a row

describe('a network in float64', () => {
  it('one layer has the loss and the gradients computed by hand', () => {
    const layer: DenseLayer = {
      inputs: 2, units: 1, activation: 'relu', kernel: Float64Array.of(2, -1), bias: Float64Array.of(1), l1: 0.5, l2: 0.25,
    }; // biome-ignore format: a row
    const x = [1, 2, 3, 1, 0, 4];
    assert.deepEqual([...forward([layer], x, 3)], [1, 6, 0]);
    const { loss: value, gradients: all } = lossAndGradients([layer], x, [0, 3, 3], 3, { meanSquaredError: 1 });
    close(value, (1 + 9 + 9) / 3 + 0.5 * 3 + 0.25 * 5, 1e-15, 0, 'loss');
    // The slopes are 2/3, 2 and, below zero, 0. The penalty adds l1·sign(w) + 2·l2·w.
    allClose(all[0]!.kernel, [2 / 3 + 6 + 0.5 + 1, 4 / 3 + 2 - 0.5 - 0.5], 1e-15, 0, 'kernel');
    allClose(all[0]!.bias, [8 / 3], 1e-15, 0, 'bias');
  });

  it('dropout multiplies by its mask, forward and backward', () => {
    const layers: Layer[] = [dense(1, 2, 'linear', 1), { kind: 'dropout', mask: [2, 0, 0, 4] }];
    const [first] = layers as [DenseLayer];
    const plain = forward([first], [3, 5], 2);
    allClose(forward(layers, [3, 5], 2), [2 * plain[0]!, 0, 0, 4 * plain[3]!], 0, 0, 'outputs');
    const free = { ...first, l1: 0, l2: 0 };
    const [g, none] = gradients([free, layers[1]!], [3, 5], [0, 0, 0, 0], 2, { meanSquaredError: 1 });
    // The mean is over four values. The mask is a factor of the value and of its slope.
    allClose(g!.bias, [2 * plain[0]!, 8 * plain[3]!], 1e-14, 0, 'bias');
    allClose(g!.kernel, [6 * plain[0]!, 40 * plain[3]!], 1e-14, 0, 'kernel');
    assert.equal(none!.kernel.length + none!.bias.length, 0);
  });

  const mixes: Mix[] = [
    { meanSquaredError: 1 },
    { meanAbsoluteError: 0.5, huber: 2 },
    { binaryCrossentropy: 0.7, meanSquaredError: 3 },
  ];
  for (const mix of mixes) {
    it(`gradients are central differences: ${Object.keys(mix).join(' and ')}`, () => {
      const rows = 3;
      const layers: Layer[] = [
        dense(3, 4, 'gelu', 2),
        { kind: 'dropout', mask: wave(rows * 4, 9).map((v) => (v > 0 ? 1.5 : 0)) },
        dense(4, 5, 'softmax', 3, false),
        dense(5, 4, 'tanh', 7),
        dense(4, 3, 'sigmoid', 5),
      ];
      const [x, t] = [wave(9, 7), wave(9, 11).map((v) => 0.5 + v / 3)];
      const { loss: value, gradients: all } = lossAndGradients(layers, x, t, rows, mix);
      const again = (): number => loss(layers, x, t, rows, mix);
      assert.equal(value, again());
      assert.equal(all.length, layers.length);
      layers.forEach((layer, l) => {
        if (layer.kind === 'dropout') return;
        allClose(all[l]!.kernel, differences(again, layer.kernel), 1e-6, 1e-8, `kernel ${l}`);
        allClose(all[l]!.bias, differences(again, layer.bias ?? new Float64Array(0)), 1e-6, 1e-8, `bias ${l}`);
      });
    });
  }
});
