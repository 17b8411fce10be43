// The penalty of contractive encoders against float64. The twin computes the Jacobian by central differences of the code, and
// the gradients by central differences of the penalty.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as isthmus from '../../src/index.ts';
import { activationCodes } from '../../src/layers/activations.ts';
import { engineSymbol } from '../../src/model/model.ts';
import { Trainer } from '../../src/train/trainer.ts';
import { noise } from '../kernels/harness.ts';
import { slopeAt } from '../reference/check.ts';
import { squaredNorm, type TwinLayer } from '../reference/jacobian.ts';
import { chainForward, type Weights } from '../reference/layers.ts';
import { gradientsOf } from './read.ts';

const { contractive, dense, flatten, reshape } = isthmus;

async function build(encoder: isthmus.Layer[], input: number[], latent?: isthmus.Layer) {
  const size = input.reduce((p, s) => p * s, 1);
  const decoder = [...(encoder.some((l) => l.type === 'conv1d') ? [isthmus.flatten()] : []), dense({ units: size })];
  const end = input.length > 1 ? [isthmus.reshape({ targetShape: input })] : [];
  const spec = { input, encoder, decoder: [...decoder, ...end], ...(latent && { latent }) };
  const model = await isthmus.autoencoder(spec, { seed: 5 });
  const random = Object.entries(model.weights).map(([path, { shape, data }], i) => {
    const move = noise(data.length, i + 7);
    return [path, { shape, data: data.map((v, j) => v + 0.3 * move[j]!) }] as const;
  });
  model.setWeights(Object.fromEntries(random));
  const twin = random.map(([path, { shape, data }]) => [path, { shape, data: Float64Array.from(data) }] as const);
  return { model, weights: Object.fromEntries(twin) as Weights, size };
}

/** Mean over the batch of ‖∂code/∂input‖². */
function norm(encoder: isthmus.Layer[], input: number[], x: Float32Array, rows: number, weights: Weights): number {
  const size = x.length / rows;
  const h = 1e-4;
  const code = (at: Float64Array) => chainForward(encoder, { shape: input, data: at }, rows, 'encoder', weights).data;
  let sum = 0;
  for (let i = 0; i < size; i++) {
    const [high, low] = [Float64Array.from(x), Float64Array.from(x)];
    for (let r = 0; r < rows; r++) {
      high[r * size + i]! += h;
      low[r * size + i]! -= h;
    }
    const [a, b] = [code(high), code(low)];
    a.forEach((v, j) => {
      sum += ((v - b[j]!) / (2 * h)) ** 2;
    });
  }
  return sum / rows;
}

async function trainer(model: isthmus.Model, rows: number, x: Float32Array, options: object = {}): Promise<Trainer> {
  const engine = model[engineSymbol];
  const made = await Trainer.create(engine, {
    optimizer: isthmus.adam(), loss: [{ name: 'meanSquaredError', weight: 1 }], corruption: [], batchSize: rows, seed: 3,
    deterministic: true, hasTargets: false, clipNorm: 0, clipValue: 0, ...options,
  }); // biome-ignore format: a list
  made.reset();
  engine.memory.write(made.input, x);
  return made;
}

async function check(encoder: isthmus.Layer[], input: number[], rows: number): Promise<void> {
  const weight = 0.7;
  const { model, weights, size } = await build(encoder, input, contractive({ weight }));
  const plain = (await build(encoder, input)).model;
  const x = noise(rows * size, 3);
  for (const deterministic of [true, false]) {
    const name = `${JSON.stringify(encoder)} on [${input}] × ${rows}, ${deterministic}`;
    const [with1, without] = [
      await trainer(model, rows, x, { deterministic }),
      await trainer(plain, rows, x, { deterministic }),
    ];
    const added = with1.computeGradients(rows, 0) - without.computeGradients(rows, 0);
    const expected = weight * norm(encoder, input, x, rows, weights);
    assert.ok(Math.abs(added - expected) <= 3e-5 * Math.max(1, expected), `${name}: ${added}, expected ${expected}`);
    const [a, b] = [gradientsOf(model, with1), gradientsOf(plain, without)];
    for (const [path, { data }] of Object.entries(weights)) {
      const difference = a[path]!.map((v, i) => v - b[path]![i]!);
      const top = Math.max(...difference.map(Math.abs), ...a[path]!.map(Math.abs), 1e-3);
      for (let k = 0; k < Math.min(5, data.length); k++) {
        const i = Math.floor((k * data.length) / Math.min(5, data.length));
        const slope = weight * slopeAt(data, i, () => norm(encoder, input, x, rows, weights), 1e-4);
        assert.ok(
          Math.abs(difference[i]! - slope) <= 3e-4 * top,
          `${name}: ${path}[${i}] ${difference[i]}, expected ${slope}`,
        );
      }
    }
  }
}

describe('contractive encoders, against float64', () => {
  for (const activation of Object.keys(activationCodes).filter((name) => name !== 'softmax') as isthmus.Activation[])
    it(`one dense layer and three dense layers, ${activation}`, async () => {
      for (const [inputs, units, rows] of [
        [1, 1, 1],
        [5, 3, 3],
        [7, 5, 33],
      ] as const) {
        await check([dense({ units, activation })], [inputs], rows);
        await check(
          [
            dense({ units: 4, activation }),
            dense({ units: 6, activation, useBias: false }),
            dense({ units, activation: 'tanh' }),
          ],
          [inputs],
          rows,
        );
      }
    });

  it('two and four dense layers, with more and with less units than inputs', async () => {
    const [relu, gelu] = [{ activation: 'relu' }, { activation: 'gelu' }] as const;
    await check([dense({ units: 3, ...gelu }), dense({ units: 2, activation: 'sigmoid' })], [6], 5);
    await check([dense({ units: 9, ...gelu }), dense({ units: 5, activation: 'tanh' })], [2], 3);
    await check(
      [
        dense({ units: 5, activation: 'swish' }),
        dense({ units: 7, ...gelu }),
        dense({ units: 3, ...relu }),
        dense({ units: 4 }),
      ],
      [4],
      3,
    );
  });

  it('layers and batches that need several panels and several groups of samples', async () => {
    for (const [inputs, hidden, units, rows] of [
      [110, 70, 40, 33],
      [30, 70, 40, 33],
    ] as const) {
      const weight = 0.7;
      const encoder = [dense({ units: hidden, activation: 'tanh' }), dense({ units, activation: 'sigmoid' })];
      const { model, weights } = await build(encoder, [inputs], contractive({ weight }));
      const plain = (await build(encoder, [inputs])).model;
      const x = noise(rows * inputs, 3).map((value) => value / 8);
      const layers = [Math.tanh, (z: number) => 1 / (1 + Math.exp(-z))].map((activation, i): TwinLayer => {
        const [kernel, bias] = ['kernel', 'bias'].map((name) => weights[`encoder.${i}.${name}`]!.data);
        const slope = (z: number): number => (activation(z + 1e-5) - activation(z - 1e-5)) / 2e-5;
        return { kernel: kernel!, bias: bias!, units: bias!.length, activation, slope };
      });
      const penalty = (): number => {
        let sum = 0;
        for (let r = 0; r < rows; r++) sum += squaredNorm(layers, x.subarray(r * inputs, (r + 1) * inputs));
        return (weight * sum) / rows;
      };
      const [with1, without] = [await trainer(model, rows, x), await trainer(plain, rows, x)];
      const added = with1.computeGradients(rows, 0) - without.computeGradients(rows, 0);
      const expected = penalty();
      assert.ok(Math.abs(added - expected) <= 1e-5 * expected, `${added}, expected ${expected}`);
      const [a, b] = [gradientsOf(model, with1), gradientsOf(plain, without)];
      for (const { kernel, bias } of layers) {
        for (const data of [kernel, bias]) {
          const path = Object.keys(weights).find((name) => weights[name]!.data === data)!;
          const top = Math.max(...a[path]!.map((value, i) => Math.abs(value - b[path]![i]!)));
          for (const i of [0, Math.floor(data.length / 2), data.length - 1]) {
            const slope = slopeAt(data, i, penalty, 1e-4);
            assert.ok(Math.abs(a[path]![i]! - b[path]![i]! - slope) <= 1e-4 * top, `${path}[${i}], expected ${slope}`);
          }
        }
      }
    }
  });

  it('an encoder that flattens its input', () =>
    check([isthmus.flatten(), dense({ units: 3, activation: 'gelu' }), dense({ units: 2 })], [2, 3], 3));

  it('the estimate by random directions has the norm and its gradient as its mean', async () => {
    const encoder = [isthmus.conv1d({ filters: 2, kernelSize: 3, padding: 'same', activation: 'tanh' }), isthmus.flatten(), isthmus.batchNormalization(), dense({ units: 3, activation: 'sigmoid' })]; // biome-ignore format: a list
    const without = encoder.filter((layer) => layer.type !== 'batchNormalization');
    const { model, weights, size } = await build(without, [5, 2], contractive({ weight: 1, projections: 64 }));
    const plain = (await build(without, [5, 2])).model;
    const rows = 3;
    const x = noise(rows * size, 3);
    const [a, b] = [await trainer(model, rows, x), await trainer(plain, rows, x)];
    const expected = norm(without, [5, 2], x, rows, weights);
    const base = b.computeGradients(rows, 0);
    const still = gradientsOf(plain, b);
    let mean = 0;
    const gradient = new Map<string, Float64Array>();
    const steps = 200;
    for (let step = 0; step < steps; step++) {
      mean += (a.computeGradients(rows, step) - base) / steps;
      for (const [path, g] of Object.entries(gradientsOf(model, a))) {
        const sum = gradient.get(path) ?? new Float64Array(g.length);
        g.forEach((v, i) => {
          sum[i]! += (v - still[path]![i]!) / steps;
        });
        gradient.set(path, sum);
      }
    }
    assert.ok(Math.abs(mean - expected) < 0.02 * expected, `${mean}, expected ${expected}`);
    for (const path of ['encoder.0.kernel', 'encoder.2.kernel']) {
      const { data } = weights[path]!;
      const top = Math.max(...gradient.get(path)!.map(Math.abs));
      for (let i = 0; i < data.length; i += 3) {
        const slope = slopeAt(data, i, () => norm(without, [5, 2], x, rows, weights), 1e-4);
        assert.ok(
          Math.abs(gradient.get(path)![i]! - slope) < 0.05 * top,
          `${path}[${i}] ${gradient.get(path)![i]}, expected ${slope}`,
        );
      }
    }
    assert.equal(a.computeGradients(rows, 5), a.computeGradients(rows, 5), 'a step is the same twice');
    const normalised = (await build(encoder, [5, 2], contractive({ weight: 1 }))).model;
    assert.ok((await trainer(normalised, rows, x)).computeGradients(rows, 0) > 0);
  });

  it('the penalty makes the code less sensitive, is resumed to the bit, and can be combined with bottlenecks', async () => {
    const x = Float32Array.from({ length: 12 * 80 }, (_, i) => Math.sin(i * 0.7) * Math.cos(i * 0.013));
    const spec = {
      input: [12],
      encoder: [dense({ units: 6, activation: 'tanh' })],
      decoder: [dense({ units: 12 })],
    } as const;
    const moved = async (latent?: isthmus.Layer, options: isthmus.FitOptions = {}): Promise<number> => {
      const model = await isthmus.autoencoder({ ...spec, ...(latent && { latent }) }, { seed: 1 });
      await isthmus.fit(model, x, { epochs: 60, optimizer: isthmus.adam(0.01), ...options });
      const [a, b] = [model.encode(x), model.encode(x.map((v, i) => v + 0.01 * Math.sin(i * 7)))];
      return a.reduce((sum, v, i) => sum + (v - b[i]!) ** 2, 0);
    };
    const free = await moved();
    assert.ok((await moved(contractive({ weight: 0.1 }))) < free / 2);
    assert.ok((await moved(undefined, { contractive: contractive({ weight: 0.1 }) })) < free / 2);
    assert.ok((await moved(isthmus.kSparse({ k: 3 }), { contractive: contractive({ weight: 0.1 }) })) > 0);
    const make = () => isthmus.autoencoder({ ...spec, latent: contractive({ weight: 0.1 }) }, { seed: 1 });
    const [whole, half] = [await make(), await make()];
    await isthmus.fit(whole, x, { epochs: 4, deterministic: true });
    const history = await isthmus.fit(half, x, { epochs: 2, deterministic: true });
    const back = await isthmus.loadCheckpoint(isthmus.saveCheckpoint(half, history));
    await isthmus.fit(back.model, x, { epochs: 4, deterministic: true, resume: back.history });
    assert.deepEqual(isthmus.saveModel(back.model), isthmus.saveModel(whole));
    assert.deepEqual((await isthmus.loadModel(isthmus.saveModel(whole))).encode(x), whole.encode(x));
  });

  it('a layer object that encoder and decoder share is penalized in the encoder only', async () => {
    const x = Float32Array.from({ length: 4 * 20 }, (_, i) => Math.sin(i * 0.7));
    const make = () => dense({ units: 4, activation: 'tanh' });
    const files: Uint8Array[] = [];
    const one = make();
    for (const [a, b] of [
      [one, one],
      [make(), make()],
    ]) {
      const spec = { input: [2, 2], encoder: [flatten(), a!], latent: contractive({ weight: 1 }) };
      const decoder = [b!, reshape({ targetShape: [2, 2] })];
      const model = await isthmus.autoencoder({ ...spec, decoder }, { seed: 1 });
      await isthmus.fit(model, x, { epochs: 3, deterministic: true });
      files.push(isthmus.saveModel(model));
    }
    assert.deepEqual(files[0], files[1]);
  });

  it('the extra passes of the penalty do not change running statistics', async () => {
    const x = Float32Array.from({ length: 6 * 20 }, (_, i) => Math.sin(i * 0.7));
    const statistics: unknown[] = [];
    for (const options of [{}, { contractive: contractive({ weight: 1, projections: 2 }) }]) {
      const encoder = [isthmus.conv1d({ filters: 2, kernelSize: 2 }), isthmus.batchNormalization({ momentum: 0.5 })];
      const decoder = [flatten(), dense({ units: 6 }), reshape({ targetShape: [6, 1] })];
      const model = await isthmus.autoencoder({ input: [6, 1], encoder, decoder }, { seed: 1 });
      await isthmus.fit(model, x, { deterministic: true, ...options });
      statistics.push([model.weights['encoder.1.movingMean'], model.weights['encoder.1.movingVariance']]);
    }
    assert.deepEqual(statistics[0], statistics[1]);
  });

  it('refuses an encoder without trainable weights', async () => {
    for (const layer of [flatten(), isthmus.dropout({ rate: 0.1 })]) {
      const spec = { input: [4], encoder: [layer], latent: contractive({ weight: 1 }), decoder: [dense({ units: 4 })] };
      const model = await isthmus.autoencoder(spec);
      await assert.rejects(
        isthmus.fit(model, new Float32Array(4)),
        /"contractive" expected an encoder with trainable weights, got none/,
      );
    }
  });

  it('refuses invalid options', async () => {
    assert.throws(() => contractive({ weight: 0 }), /"contractive.weight" expected a number above 0, got 0/);
    assert.throws(
      () => contractive({ weight: 1, projections: 0 }),
      /"contractive.projections" expected integer 1\.\.1024/,
    );
    const model = await isthmus.autoencoder({
      input: [2],
      encoder: [dense({ units: 1 })],
      decoder: [dense({ units: 2 })],
    });
    const go = (value: unknown) => isthmus.fit(model, new Float32Array(4), { contractive: value as never });
    await assert.rejects(go(5), /"contractive" expected a penalty such as contractive\(\), got 5/);
    await assert.rejects(go(dense({ units: 1 })), /"contractive" expected a penalty.*got "dense"/);
  });
});
