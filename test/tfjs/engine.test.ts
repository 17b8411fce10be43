// Conformance of tfjsEngine with the built-in engine: runs every suite with models in the memory of tfjs, and compares the loss
// curves of every layer, bottleneck and loss with those of a model in separate memory.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import * as isthmus from 'isthmus';
import { tfjsEngine } from 'isthmus/tfjs';
import { lossCodes } from '../../src/engine/losses.ts';
import { activationCodes } from '../../src/layers/activations.ts';
import { bottleneckTable } from '../reference/bottleneck-table.ts';
import { layerTable } from '../reference/layer-table.ts';
import { type Isthmus, numbers } from '../suites/assert.ts';
import { suites } from '../suites/index.ts';
import { start } from './start.ts';
import { withEngine } from './with-engine.ts';

const i = isthmus;
let engine: isthmus.EngineFactory;
/** isthmus whose models live in the memory of tfjs. */
const onTfjs = withEngine(isthmus, () => engine);

before(async () => {
  await start();
  engine = tfjsEngine(tf);
});

for (const [name, suite] of Object.entries(suites)) {
  describe(`${name} on tfjs`, () => {
    for (const [title, body] of Object.entries(suite)) it(title, () => body(onTfjs) as Promise<void>);
  });
}

const optimizers: Record<string, isthmus.Optimizer> = {
  sgd: i.sgd({ learningRate: i.cosine({ learningRate: 0.1, decaySteps: 60 }) }),
  momentum: i.momentum({ learningRate: 0.05, nesterov: true }),
  rmsprop: i.rmsprop(),
  adam: i.adam(),
  adamw: i.adamw(),
};

/** The losses of 50 training steps of `library`; on tfjs, each step is followed by a product of tfjs that reuses freed memory. */
async function curve(library: Isthmus, spec: isthmus.AutoencoderSpec, options: isthmus.FitOptions): Promise<number[]> {
  const model = await library.autoencoder(spec, { seed: 9 });
  const size = spec.input.reduce((a, b) => a * b);
  const x = numbers(40 * size, 3).map((v) => 0.5 + 0.4 * v);
  // The targets of a cross-entropy sum to 1.
  if (options.loss === 'categoricalCrossentropy') {
    for (let row = 0; row < x.length; row += size) {
      const sum = x.subarray(row, row + size).reduce((total, v) => total + v, 0);
      for (let i = row; i < row + size; i++) x[i]! /= sum;
    }
  }
  const list: number[] = [];
  await library.fit(model, x, {
    ...options,
    deterministic: true,
    batchSize: 8,
    epochs: 10,
    validationData: x.subarray(0, size * 13),
    onBatchEnd(_, { loss }) {
      list.push(loss);
      if (library === onTfjs)
        tf.tidy(() => tf.matMul(tf.fill([list.length, 40], Number.NaN), tf.ones([40, 30])).dataSync());
    },
  });
  assert.equal(list.length, 50);
  return list;
}

async function same(spec: isthmus.AutoencoderSpec, options: isthmus.FitOptions = {}): Promise<void> {
  const [ours, theirs] = [await curve(isthmus, spec, options), await curve(onTfjs, spec, options)];
  assert.ok(ours.every(Number.isFinite) && ours.at(-1) !== ours[0]);
  // Equal to the bit, because the same kernels run on both memories.
  assert.deepEqual(theirs, ours);
}

describe('loss curves over 50 steps equal those of a model in separate memory', () => {
  const decoder = (input: number[]): isthmus.Layer[] => [
    i.flatten(),
    i.dense({ units: input.reduce((a, b) => a * b), activation: 'sigmoid' }),
    i.reshape({ targetShape: input }),
  ];
  for (const [type, { cases, signal }] of Object.entries(layerTable))
    for (const [title, make] of Object.entries(cases)) {
      const input = signal ? [8, 3] : [6, 5, 3];
      it(`${type}, ${title}`, () =>
        same({ input, encoder: [i.dense({ units: 3 }), make(i, input)], decoder: decoder(input) }));
    }
  for (const [type, cases] of Object.entries(bottleneckTable))
    for (const [title, { layer, options, activation = 'tanh' }] of Object.entries(cases)) {
      const encoder = [i.dense({ units: 6, activation })];
      it(`${type}, ${title}`, () => same({ input: [10], encoder, latent: layer(i), decoder: decoder([10]) }, options));
    }
  const spec = { input: [10], encoder: [i.dense({ units: 4 })], decoder: decoder([10]) };
  const corruption = i.maskingNoise({ rate: 0.2 });
  for (const loss of Object.keys(lossCodes) as isthmus.LossName[]) it(loss, () => same(spec, { loss, corruption }));
  it('a weighted sum of losses', () =>
    same(spec, { loss: { meanSquaredError: 1, huber: 0.5, binaryCrossentropy: 0.1 } }));
  for (const [name, optimizer] of Object.entries(optimizers)) it(name, () => same(spec, { optimizer, clipNorm: 0.05 }));
  for (const activation of Object.keys(activationCodes) as isthmus.Activation[])
    it(activation, () => same({ ...spec, encoder: [i.dense({ units: 4, activation, l1: 1e-4, l2: 1e-3 })] }));
});

describe('tfjsEngine', () => {
  it('refuses an object other than tfjs, another backend, and an object other than an engine', async () => {
    assert.throws(() => tfjsEngine({} as typeof tf), { name: 'TypeError', message: /^"tf" expected the namespace/ });
    const none = { ...tf, getBackend: () => 'cpu' } as unknown as typeof tf;
    assert.throws(() => tfjsEngine(none), { name: 'RangeError', message: /expected the WASM backend, .* got "cpu"/ });
    const spec = { input: [2], encoder: [i.dense({ units: 1 })], decoder: [i.dense({ units: 2 })] };
    await assert.rejects(() => i.autoencoder(spec, { engine: {} as isthmus.EngineFactory }), {
      name: 'TypeError',
      message: '"engine" expected an engine such as tfjsEngine(tf), got an object',
    });
  });

  it('refuses a model that does not fit into the memory of tfjs', async () => {
    const spec = { input: [2 ** 15], encoder: [i.dense({ units: 2 ** 15 })], decoder: [i.dense({ units: 2 ** 15 })] };
    await assert.rejects(() => i.autoencoder(spec, { engine }), RangeError);
    const small = { input: [2], encoder: [i.dense({ units: 1 })], decoder: [i.dense({ units: 2 })] };
    assert.ok(await i.autoencoder(small, { engine }));
  });
});
