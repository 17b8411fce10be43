import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { allClose, wave } from './check.ts';
import type { DenseLayer, Layer } from './network.ts';
import { adam, momentum, sgd } from './optimizers.ts';
import { type Batch, type Settings, train } from './train.ts';

const line: DenseLayer = {
  inputs: 1, units: 1, activation: 'linear', kernel: Float64Array.of(2), bias: Float64Array.of(0), l1: 0, l2: 0,
}; // biome-ignore format: a row
const batch: Batch = { x: [1, 2], target: [1, 1], rows: 2 };
const base: Settings = { optimizer: sgd(), learningRate: 0.1, loss: { meanSquaredError: 1 } };

/** Kernel and bias of the first layer. */
const weights = (layers: readonly Layer[]): number[] => {
  const { kernel, bias } = layers[0] as DenseLayer;
  return [...kernel, ...bias!];
};

describe('training in float64', () => {
  it('two steps of a linear layer equal those computed by hand, and the argument does not change', () => {
    const { losses, layers } = train([line], [batch, batch], base);
    allClose(losses, [5, 0.725], 1e-14, 0, 'losses');
    allClose(weights(layers), [1.07, -0.51], 1e-14, 0, 'weights');
    assert.deepEqual(weights([line]), [2, 0]);
  });

  it('an optimizer keeps its slots from step to step, for each weight', () => {
    const { layers } = train([line], [batch, batch], { ...base, optimizer: momentum() });
    // The second step is that of plain descent and 0.9 of the first, -0.7 and -0.4.
    allClose(weights(layers), [1.07 - 0.63, -0.51 - 0.36], 1e-14, 0, 'weights');
  });

  it('Adam corrects its bias by the number of the step', () => {
    const adams = { ...base, optimizer: adam() };
    // The first step has the size of the rate for any gradient; the second was computed with 40 digits.
    allClose(weights(train([line], [batch], adams).layers), [1.9, -0.1], 1e-6, 0, 'one step');
    const two = train([line], [batch, batch], adams);
    allClose(weights(two.layers), [1.8004986180989901, -0.19943157942186862], 1e-13, 0, 'two steps');
  });

  it('a learning rate may depend on the step', () => {
    const { layers } = train([line], [batch, batch], { ...base, learningRate: (step) => (step === 0 ? 0.1 : 0.2) });
    allClose(weights(layers), [1.3 - 0.46, -0.4 - 0.22], 1e-14, 0, 'weights');
  });

  it('gradients are clipped by value first, then by their global norm', () => {
    // 7, 4 become 5, 4 and then half of that.
    const { layers } = train([line], [batch], { ...base, clipValue: 5, clipNorm: Math.sqrt(41) / 2 });
    allClose(weights(layers), [1.75, -0.2], 1e-14, 0, 'weights');
  });

  it('each batch has its dropout masks', () => {
    const dropout: Layer = { kind: 'dropout', mask: [] };
    const batches: Batch[] = [[[0, 1], [1, 1]], [[1, 1], [1, 0]]].map((masks) => ({ ...batch, masks })); // biome-ignore format: a table
    const { losses, layers } = train([line, dropout, dropout], batches, base);
    // The masks keep only the second row, then only the first: outputs 0, 4, then 1.1, 0.
    allClose(losses, [(1 + 9) / 2, (0.01 + 1) / 2], 1e-14, 0, 'losses');
    allClose(weights(layers), [2 - 0.6 - 0.01, -0.3 - 0.01], 1e-14, 0, 'weights');
  });

  it('an autoencoder reduces the loss of its samples', () => {
    const layer = (inputs: number, units: number, activation: 'tanh' | 'sigmoid', k: number): DenseLayer => ({
      inputs, units, activation, kernel: wave(inputs * units, k, 0.5), bias: new Float64Array(units), l1: 0, l2: 0,
    }); // biome-ignore format: a row
    const x = Float64Array.from({ length: 24 }, (_, i) => (i % 7 === i % 3 ? 0.9 : 0.1));
    const batches = Array.from({ length: 300 }, (): Batch => ({ x, target: x, rows: 4 }));
    const net = [layer(6, 3, 'tanh', 2), layer(3, 6, 'sigmoid', 3)];
    const { losses } = train(net, batches, { ...base, optimizer: adam(), learningRate: 0.05 });
    assert.ok(losses[299]! < losses[0]! / 50, `${losses[0]} became ${losses[299]}`);
  });
});
