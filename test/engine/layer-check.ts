// A layer against its float64 twin: the output, and the gradients by central differences of the twin. A 1×1 layer
// precedes the layer under test, so that the gradients of its weights check the gradient of that layer's input.
import assert from 'node:assert/strict';
import * as isthmus from '../../src/index.ts';
import { engineSymbol } from '../../src/model/model.ts';
import { Trainer } from '../../src/train/trainer.ts';
import { noise } from '../kernels/harness.ts';
import { slopeAt } from '../reference/check.ts';
import { layerTable } from '../reference/layer-table.ts';
import { chainForward, type Weights } from '../reference/layers.ts';
import { gradientsOf } from './read.ts';

const { dense, flatten, reshape } = isthmus;

/** Indices of the weights of a tensor that are perturbed, spread over the tensor. */
const NUDGED = 5;

/** Checks both flavours on `rows` samples of shape `input`. `before`: with the 1×1 layer; `part`: the part whose weights are perturbed. */
export async function check(
  layers: isthmus.Layer[],
  input: number[],
  rows: number,
  before = true,
  part = '',
): Promise<void> {
  const size = input.reduce((p, s) => p * s, 1);
  const encoder = before ? [dense({ units: input[input.length - 1]!, activation: 'tanh' }), ...layers] : layers;
  // Narrow inner layers, because the twin multiplies one value at a time.
  const decoder = [flatten(), dense({ units: 3 }), dense({ units: size }), reshape({ targetShape: input })];
  const model = await isthmus.autoencoder({ input, encoder, decoder }, { seed: 5 });
  // Biases, gamma and beta get random values, so that they change the output.
  const moved = Object.entries(model.weights).map(([path, { shape, data }], i) => {
    const move = noise(data.length, i + 7);
    return [path, { shape, data: /kernel/i.test(path) ? data : data.map((v, j) => v + 0.3 * move[j]!) }] as const;
  });
  model.setWeights(Object.fromEntries(moved));
  const twins = moved.map(([path, { shape, data }]) => [path, { shape, data: Float64Array.from(data) }]);
  const weights: Weights = Object.fromEntries(twins);
  const [x, t] = [noise(rows * size, 3), noise(rows * size, 4)];
  const { nodes } = model[engineSymbol].network;
  const random = (path: string) => ({
    step: 0,
    stream: 0x70000000 + nodes.findIndex((node) => node.path === path),
    seed: 1,
  });
  const encode = () =>
    chainForward(encoder, { shape: input, data: Float64Array.from(x) }, rows, 'encoder', weights, random);
  const loss = (): number => {
    const y = chainForward(decoder, encode(), rows, 'decoder', weights).data;
    return y.reduce((sum, v, i) => sum + (v - t[i]!) ** 2, 0) / y.length;
  };
  const expected = Object.entries(weights)
    .filter(([path]) => path.startsWith(part) && !/moving|mean|deviation/.test(path))
    .map(([path, { data }]) => {
      const places = Array.from({ length: Math.min(NUDGED, data.length) }, (_, k) =>
        Math.floor((k * data.length) / Math.min(NUDGED, data.length)),
      );
      return { path, places, slopes: places.map((i) => slopeAt(data, i, loss)) };
    });
  const [value, code] = [loss(), encode()];
  const name = `${JSON.stringify(layers)} on [${input}] × ${rows}`;
  assert.deepEqual(model.latentShape, code.shape, name);
  if (!layers.some((layer) => layerTable[layer.type]!.differsInTraining)) {
    model.encode(x).forEach((v, i) => {
      const bound = 2e-5 * Math.max(1, Math.abs(code.data[i]!));
      assert.ok(Math.abs(v - code.data[i]!) <= bound, `${name}: encode ${i}: ${v}, expected ${code.data[i]}`);
    });
  }
  for (const deterministic of [true, false]) {
    const engine = model[engineSymbol];
    const terms = [{ name: 'meanSquaredError' as const, weight: 1 }];
    const options = {
      optimizer: isthmus.adam(),
      loss: terms,
      corruption: [],
      batchSize: rows,
      seed: 1,
      deterministic,
      hasTargets: true,
      clipNorm: 0,
      clipValue: 0,
    };
    const trainer = await Trainer.create(engine, options);
    trainer.reset();
    engine.memory.write(trainer.input, x);
    engine.memory.write(trainer.target, t);
    const ours = trainer.computeGradients(rows, 0);
    assert.ok(Math.abs(ours - value) <= 1e-5 * Math.max(1, value), `${name}: loss ${ours}, expected ${value}`);
    const gradients = gradientsOf(model, trainer);
    for (const { path, places, slopes } of expected) {
      const top = gradients[path]!.reduce((most, g) => Math.max(most, Math.abs(g)), 1e-4);
      places.forEach((place, k) => {
        const g = gradients[path]![place]!;
        const flavour = deterministic ? 'strict' : 'relaxed';
        assert.ok(
          Math.abs(g - slopes[k]!) <= 2e-4 * top + 1e-6,
          `${name}, ${flavour}: ${path}[${place}] ${g}, expected ${slopes[k]}`,
        );
      });
    }
  }
}
