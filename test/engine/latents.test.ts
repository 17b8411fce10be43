// Bottlenecks against their float64 twins: the loss, and every kind of gradient by central differences of the twin.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as randomStreams from '../../src/core/random-streams.ts';
import { SampleBatch } from '../../src/data/sample-batch.ts';
import { klDivergences } from '../../src/evaluate/latent-distribution.ts';
import * as isthmus from '../../src/index.ts';
import { engineSymbol } from '../../src/model/model.ts';
import { Trainer } from '../../src/train/trainer.ts';
import { noise } from '../kernels/harness.ts';
import { slopeAt } from '../reference/check.ts';
import * as twin from '../reference/latents.ts';
import { chainForward, type Weights } from '../reference/layers.ts';
import { gradientsOf } from './read.ts';

const { dense } = isthmus;
const SEED = 2 ** 33 + 3;

type Twin = (x: Float64Array, rows: number, weights: Weights, draw: twin.Draw, values: number) => twin.Code;

async function check(
  latent: isthmus.Layer,
  reference: Twin,
  sizes: number[],
  rows: number,
  step = 0,
  rateWeight = 0,
): Promise<void> {
  const [inputs, units] = sizes as [number, number];
  // A sigmoid before the bottleneck gives codes in 0..1, where every bottleneck has a gradient.
  const encoder = [dense({ units, activation: 'sigmoid' })];
  const decoder = [dense({ units: inputs })];
  const model = await isthmus.autoencoder({ input: [inputs], encoder, latent, decoder }, { seed: 5 });
  const random = Object.entries(model.weights).map(([path, { shape, data }], i) => {
    const move = noise(data.length, i + 7);
    const moved = /control/.test(path) ? data.fill(0.5) : data.map((v, j) => v + 0.3 * move[j]!);
    return [path, { shape, data: moved }] as const;
  });
  const weights: Weights = Object.fromEntries(
    random.map(([path, { shape, data }]) => [path, { shape, data: Float64Array.from(data) }]),
  );
  const [x, t] = [noise(rows * inputs, 3), noise(rows * inputs, 4)];
  const engine = model[engineSymbol];
  const node = engine.network.nodes.findIndex(({ path }) => path === 'latent');
  const draw = { step, stream: randomStreams.layers + node, seed: SEED };
  const loss = (): number => {
    const code = chainForward(encoder, { shape: [inputs], data: Float64Array.from(x) }, rows, 'encoder', weights);
    const { code: z, penalty } = reference(code.data, rows, weights, draw, inputs);
    const shape = [z.length / rows];
    const y = chainForward(decoder, { shape, data: z }, rows, 'decoder', weights).data;
    return y.reduce((sum, v, i) => sum + (v - t[i]!) ** 2, 0) / y.length + penalty;
  };
  const name = `${JSON.stringify(latent)} on ${sizes} × ${rows}`;
  const value = loss();
  for (const deterministic of [true, false]) {
    model.setWeights(Object.fromEntries(random));
    const trainer = await Trainer.create(engine, {
      optimizer: isthmus.adam(), loss: [{ name: 'meanSquaredError', weight: 1 }], corruption: [], batchSize: rows + 2,
      seed: SEED, deterministic, hasTargets: true, clipNorm: 0, clipValue: 0, rateWeight,
    }); // biome-ignore format: a list
    trainer.reset();
    engine.memory.write(trainer.input, x);
    engine.memory.write(trainer.target, t);
    const ours = trainer.computeGradients(rows, step);
    assert.ok(Math.abs(ours - value) <= 3e-6 * Math.max(1, value), `${name}: loss ${ours}, expected ${value}`);
    for (const [path, gradient] of Object.entries(gradientsOf(model, trainer))) {
      const { data } = weights[path]!;
      const top = Math.max(...gradient.map(Math.abs), 1e-4);
      for (let k = 0; k < Math.min(7, data.length); k++) {
        const i = Math.floor((k * data.length) / Math.min(7, data.length));
        const slope = slopeAt(data, i, loss);
        const flavour = deterministic ? 'strict' : 'relaxed';
        const near = Math.abs(gradient[i]! - slope) <= 3e-4 * top + 1e-6;
        assert.ok(near, `${name}, ${flavour}: ${path}[${i}] ${gradient[i]}, expected ${slope}`);
      }
    }
  }
}

/**
 * The k largest; and of units that no sample keeps an eighth of what they change by, seen from the first call on: their
 * value is zero, their gradient is not.
 */
function idle(k: number): Twin {
  let first: Float64Array | undefined;
  return (x, rows) => {
    const { code, ...rest } = twin.kSparse(x, rows, k);
    first ??= x.slice();
    const n = x.length / rows;
    const { code: kept } = twin.kSparse(first, rows, k);
    const used = Array.from({ length: n }, (_, j) => kept.some((v, i) => i % n === j && v !== 0));
    return { ...rest, code: code.map((v, i) => (used[i % n] ? v : v + (x[i]! - first![i]!) / 8)) };
  };
}

const sizes = [
  [[1, 1], 1],
  [[3, 5], 3],
  [[7, 17], 33],
] as const;

describe('bottlenecks, against float64', () => {
  it('variational: the drawn code, KL divergence, free bits, warm-up and a prior deviation', async () => {
    for (const [[inputs, units], rows] of sizes)
      for (const [options, factor] of [
        [{}, 1],
        [{ beta: 3, stddev: 0.5 }, 3 * 0.5],
        [{ freeBits: 0.12 }, 1],
        [{ warmup: 10 }, 0.4],
      ] as const)
        for (const wide of [units, 2]) {
          const reference: Twin = (x, n, w, draw, values) => {
            const part = (name: string) => ({
              kernel: w[`latent.${name}.kernel`]!.data,
              bias: w[`latent.${name}.bias`]!.data,
            });
            const o = { ...options, factor: factor / values };
            return twin.variational(x, n, part('mean'), part('logVariance'), o, draw);
          };
          await check(isthmus.variational({ units: wide, ...options }), reference, [inputs, units], rows, 3);
        }
  });

  it('kSparse keeps the k largest values', async () => {
    for (const [size, rows] of sizes)
      for (const k of [1, Math.ceil(size[1] / 2), size[1]])
        await check(isthmus.kSparse({ k }), idle(k), [...size], rows);
  });

  it('quantized adds uniform noise of the width of a step', async () => {
    for (const [size, rows] of sizes)
      for (const step of [1, 0.25])
        await check(isthmus.quantized({ step }), (x, _, __, draw) => twin.quantized(x, step, draw), [...size], rows, 9);
  });

  it('quantized with rateWeight: the bits of codes by the prior, and their gradients', async () => {
    for (const [[inputs, units], rows] of sizes)
      for (const [step, weight] of [
        [1, 0.7],
        [0.25, 0.1],
      ] as const) {
        const reference: Twin = (x, n, w, draw, values) => {
          const { data } = w['latent.prior']!;
          return twin.quantized(x, step, draw, { prior: data, channels: units, factor: weight / (n * values) });
        };
        await check(isthmus.quantized({ step }), reference, [inputs, units], rows, 9, weight);
      }
  });

  it('quantized without rateWeight gives the prior zero gradients, whatever the gradient block contained', async () => {
    const spec = {
      input: [4],
      encoder: [dense({ units: 3 })],
      latent: isthmus.quantized(),
      decoder: [dense({ units: 4 })],
    };
    const model = await isthmus.autoencoder(spec, { seed: 1 });
    const trainer = await Trainer.create(model[engineSymbol], {
      optimizer: isthmus.adam(), loss: [{ name: 'meanSquaredError', weight: 1 }], corruption: [], batchSize: 5,
      seed: 1, deterministic: true, hasTargets: false, clipNorm: 0, clipValue: 0,
    }); // biome-ignore format: a list
    const { memory } = model[engineSymbol];
    memory.floats.fill(7, trainer.gradients / 4, trainer.gradients / 4 + model[engineSymbol].network.trainedBytes / 4);
    memory.write(trainer.input, noise(20, 1));
    trainer.computeGradients(5, 0);
    assert.ok(gradientsOf(model, trainer)['latent.prior']!.every((g) => g === 0));
  });

  it('sparse: l1, the KL divergence of means from a target, and a threshold for the share of active units', async () => {
    for (const [size, rows] of sizes) {
      await check(isthmus.sparse({ l1: 0.1 }), (x, n) => twin.sparse(x, n, { l1: 0.1 }), [...size], rows);
      const kl = { target: 0.05, weight: 2, l1: 0.01, activity: 'mean' } as const;
      // The controller's factor is one half.
      const factor = (2 * 0.5) / size[0];
      await check(isthmus.sparse(kl), (x, n) => twin.sparse(x, n, { ...kl, factor }), [...size], rows);
      const share = { target: 0.3, l1: 0.02, activity: 'share' } as const;
      await check(isthmus.sparse(share), (x, n) => twin.sparse(x, n, share), [...size], rows);
    }
  });

  it('the KL divergence of a sample from the prior is the same alone and in a batch', async () => {
    const spec = { input: [5], encoder: [dense({ units: 5 })], latent: isthmus.variational({ units: 3 }) };
    const model = await isthmus.autoencoder({ ...spec, decoder: [dense({ units: 5 })] }, { seed: 1 });
    model.setWeights({ 'encoder.0.kernel': { shape: [5, 5], data: noise(25, 2) } });
    const x = noise(5 * 131, 3);
    const engine = model[engineSymbol];
    const all = klDivergences(engine, new SampleBatch('x', x, [5]));
    const w = model.weights;
    const part = (name: string) => ({ kernel: w[`latent.${name}.kernel`]!.data, bias: w[`latent.${name}.bias`]!.data });
    const draw = { step: 0, stream: 0, seed: 0 };
    for (const i of [0, 1, 127, 128, 130]) {
      const row = x.subarray(5 * i, 5 * i + 5);
      const h = chainForward(spec.encoder, { shape: [5], data: Float64Array.from(row) }, 1, 'encoder', {
        'encoder.0.kernel': { shape: [5, 5], data: Float64Array.from(noise(25, 2)) },
        'encoder.0.bias': { shape: [5], data: new Float64Array(5) },
      }).data;
      const { penalty } = twin.variational(h, 1, part('mean'), part('logVariance'), { factor: 1 }, draw);
      assert.ok(Math.abs(all[i]! - penalty) < 1e-5 * Math.max(1, penalty), `${i}: ${all[i]}, expected ${penalty}`);
      assert.equal(klDivergences(engine, new SampleBatch('x', row, [5]))[0], all[i]);
    }
  });
});
