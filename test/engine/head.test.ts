// A classification head against float64: the loss, its gradients by central differences, and frozen weights.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import * as isthmus from '../../src/index.ts';
import { engineSymbol } from '../../src/model/model.ts';
import { Trainer } from '../../src/train/trainer.ts';
import { noise } from '../kernels/harness.ts';
import { slopeAt } from '../reference/check.ts';
import { chainForward, type Weights } from '../reference/layers.ts';
import { gradientsOf } from './read.ts';

const { dense, dropout, batchNormalization } = isthmus;
const clip = (p: number): number => Math.max(p, 1e-7);

async function check(
  classes: number,
  rows: number,
  freeze: boolean,
  oneHotTargets: boolean,
  mixed: boolean,
): Promise<void> {
  const encoder = [dense({ units: 5, activation: 'tanh' })];
  const head = [dense({ units: 4, activation: 'gelu' }), dense({ units: classes, activation: 'softmax' })];
  const whole = await isthmus.autoencoder({ input: [3], encoder, decoder: [dense({ units: 3 })] }, { seed: 2 });
  const model = await isthmus.addHead(whole, head, { seed: 3, freeze });
  const entries = Object.entries(model.weights);
  assert.deepEqual(model.weights['encoder.0.kernel'], whole.weights['encoder.0.kernel']);
  const weights: Weights = Object.fromEntries(
    entries.map(([path, { shape, data }]) => [path, { shape, data: Float64Array.from(data) }]),
  );
  const x = noise(rows * 3, 5);
  const t = new Float32Array(rows * classes);
  for (let r = 0; r < rows; r++) t[r * classes + ((r * 7) % classes)] = 1;
  if (!oneHotTargets)
    noise(t.length, 6).forEach((v, i) => {
      t[i]! += 0.3 + 0.2 * v;
    });
  const loss = (): number => {
    const code = chainForward(encoder, { shape: [3], data: Float64Array.from(x) }, rows, 'encoder', weights);
    const p = chainForward(head, code, rows, 'head', weights).data;
    const entropy = p.reduce((sum, v, i) => sum - t[i]! * Math.log(clip(v)), 0) / rows;
    return mixed ? entropy + (2 * p.reduce((sum, v, i) => sum + (v - t[i]!) ** 2, 0)) / p.length : entropy;
  };
  const name = `${classes} classes × ${rows}, freeze ${freeze}, one-hot ${oneHotTargets}, mixed ${mixed}`;
  for (const deterministic of [true, false]) {
    const engine = model[engineSymbol];
    const trainer = await Trainer.create(engine, {
      optimizer: isthmus.adam(), corruption: [], batchSize: rows, seed: 1, deterministic, hasTargets: true, oneHotTargets, clipNorm: 0,
      clipValue: 0,
      loss: [
        { name: 'categoricalCrossentropy' as const, weight: 1 },
        ...(mixed ? [{ name: 'meanSquaredError' as const, weight: 2 }] : []),
      ],
    }); // biome-ignore format: a list
    trainer.reset();
    engine.memory.write(trainer.input, x);
    engine.memory.write(trainer.target, t);
    const [ours, value] = [trainer.computeGradients(rows, 0), loss()];
    assert.ok(Math.abs(ours - value) <= 2e-6 * Math.max(1, value), `${name}: loss ${ours}, expected ${value}`);
    const gradients = gradientsOf(model, trainer);
    assert.deepEqual(
      Object.keys(gradients).some((path) => path.startsWith('encoder')),
      !freeze,
      name,
    );
    for (const [path, gradient] of Object.entries(gradients)) {
      const { data } = weights[path]!;
      const top = Math.max(...gradient.map(Math.abs), 1e-4);
      data.forEach((_, i) => {
        const slope = slopeAt(data, i, loss);
        assert.ok(
          Math.abs(gradient[i]! - slope) <= 2e-4 * top + 1e-6,
          `${name}: ${path}[${i}] ${gradient[i]}, ${slope}`,
        );
      });
    }
  }
}

it('categorical cross-entropy of a softmax: for any targets, in a mixture of losses, and with a frozen encoder', async () => {
  for (const [classes, rows] of [
    [2, 1],
    [3, 5],
    [10, 33],
  ] as const)
    for (const freeze of [true, false])
      for (const oneHot of [true, false])
        for (const mixed of [true, false]) await check(classes, rows, freeze, oneHot, mixed);
});

it('training a head changes neither weights nor running statistics of a frozen encoder', async () => {
  const encoder = [dense({ units: 5 }), batchNormalization(), dropout({ rate: 0.5 })];
  const latent = isthmus.variational({ units: 2 });
  const whole = await isthmus.autoencoder({ input: [3], encoder, latent, decoder: [dense({ units: 3 })] }, { seed: 2 });
  const x = noise(60, 5);
  const labels = Array.from({ length: 20 }, (_, i) => (x[i * 3]! > 0 ? 1 : 0));
  await isthmus.fit(whole, x, { epochs: 3 });
  const model = await isthmus.addHead(whole, [dense({ units: 2, activation: 'softmax' })], { seed: 1, freeze: true });
  assert.equal(model.parameterCount, 6);
  const before = Object.entries(model.weights);
  const code = model.encode(x);
  const history = await isthmus.fit(model, x, { labels, epochs: 60, optimizer: isthmus.adam(0.05) });
  assert.ok(history.loss.at(-1)! < history.loss[0]!, `${history.loss}`);
  for (const [path, { data }] of before)
    if (!path.startsWith('head')) assert.deepEqual(model.weights[path]!.data, data, path);
  assert.deepEqual(model.encode(x), code);
  assert.notDeepEqual(model.weights['head.0.kernel'], Object.fromEntries(before)['head.0.kernel']);
});

it('the penalties of frozen weights are part of the loss and do not change the state of the optimizer', async () => {
  const encoder = [dense({ units: 5, l2: 0.1 }), dense({ units: 2, l1: 0.1 })];
  const whole = await isthmus.autoencoder({ input: [3], encoder, decoder: [dense({ units: 3 })] }, { seed: 2 });
  const model = await isthmus.addHead(whole, [dense({ units: 2, activation: 'softmax' })], { seed: 1, freeze: true });
  const engine = model[engineSymbol];
  const trainer = await Trainer.create(engine, {
    optimizer: isthmus.adam(), corruption: [], batchSize: 3, seed: 1, deterministic: true,
    loss: [{ name: 'meanSquaredError', weight: 1 }], clipNorm: 0, clipValue: 0, hasTargets: true,
  }); // biome-ignore format: a list
  trainer.reset();
  engine.memory.write(trainer.input, noise(9, 5));
  engine.memory.write(trainer.target, noise(6, 6));
  const { weights } = model;
  const { data: first } = weights['encoder.0.kernel']!;
  const { data: second } = weights['encoder.1.kernel']!;
  const penalty = 0.1 * (first.reduce((sum, w) => sum + w * w, 0) + second.reduce((sum, w) => sum + Math.abs(w), 0));
  assert.ok(trainer.computeGradients(3, 0) > penalty);
  // The slots follow the gradients of the trained weights in memory.
  const slots = trainer.slots.flatMap((slot) => [...engine.memory.read(slot, engine.network.trainedBytes / 4)]);
  assert.ok(slots.length > 0 && slots.every((value) => value === 0), `${slots}`);
});
