// Gradients of networks, as the trainer computes them, against the float64 twin.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LossName } from '../../src/engine/losses.ts';
import { type Activation, activationCodes } from '../../src/layers/activations.ts';
import { dense } from '../../src/layers/dense.ts';
import { autoencoder } from '../../src/model/autoencoder.ts';
import { engineSymbol } from '../../src/model/model.ts';
import { adam } from '../../src/train/optimizers/adam.ts';
import { Trainer } from '../../src/train/trainer.ts';
import { noise } from '../kernels/harness.ts';
import { kinds } from '../reference/losses.ts';
import { type DenseLayer, gradients, loss, type Mix } from '../reference/network.ts';
import { gradientsOf } from './read.ts';

/** Largest difference of gradients, relative to the largest gradient of its tensor. */
async function compare(
  inner: Activation,
  last: Activation,
  mix: Mix,
  sizes: [number, number],
  rows: number,
  deterministic: boolean,
  hasSampleWeights = false,
): Promise<void> {
  const [inputs, units] = sizes;
  const model = await autoencoder(
    {
      input: [inputs],
      encoder: [dense({ units, activation: inner, l1: 1e-3, l2: 1e-2 })],
      decoder: [
        dense({ units: inputs + 1, activation: inner, useBias: false }),
        dense({ units: inputs, activation: last, l2: 1e-3 }),
      ],
    },
    { seed: 3 },
  );
  const engine = model[engineSymbol];
  const { weights } = model;
  const layers = engine.network.nodes.map((node): DenseLayer => {
    const o = node.layer as ReturnType<typeof dense>;
    const bias = weights[`${node.path}.bias`]?.data ?? new Float32Array(o.units);
    const kernel = Float64Array.from(weights[`${node.path}.kernel`]!.data);
    return {
      inputs: node.inputSize,
      units: o.units,
      activation: o.activation!,
      kernel,
      bias: Float64Array.from(bias),
      l1: o.l1 ?? 0,
      l2: o.l2 ?? 0,
    };
  });
  const terms = Object.entries(mix).map(([name, weight]) => ({ name: name as LossName, weight }));
  const trainer = await Trainer.create(engine, {
    optimizer: adam(), loss: terms, corruption: [], batchSize: rows, seed: 1, deterministic, hasTargets: true, hasSampleWeights, clipNorm: 0, clipValue: 0,
  }); // biome-ignore format: a list
  trainer.reset();
  const x = noise(rows * inputs, 5);
  const target = noise(rows * inputs, 6).map((v) => 0.5 + 0.4 * v);
  engine.memory.write(trainer.input, x);
  engine.memory.write(trainer.target, target);
  const sampleWeights = Float64Array.from({ length: rows }, (_, r) => (r % 4) * 0.7);
  if (hasSampleWeights) trainer.sampleWeights.set(sampleWeights);
  const name = `${inner} ${last} ${Object.keys(mix)} ${inputs}-${units} × ${rows} ${deterministic ? 'strict' : 'relaxed'}`;
  const value = trainer.computeGradients(rows, 0);
  const expected = loss(layers, x, target, rows, mix, hasSampleWeights ? sampleWeights : undefined);
  assert.ok(
    Math.abs(value - expected) <= 2e-6 * Math.max(1, Math.abs(expected)),
    `${name}: loss ${value}, expected ${expected}`,
  );
  const twins = gradients(layers, x, target, rows, mix, hasSampleWeights ? sampleWeights : undefined);
  const ours = gradientsOf(model, trainer);
  engine.network.nodes.forEach((node, l) => {
    for (const part of ['kernel', 'bias'] as const) {
      const g = ours[`${node.path}.${part}`];
      if (!g) continue;
      const top = Math.max(...twins[l]![part].map(Math.abs), 1e-6);
      twins[l]![part].forEach((twin, i) => {
        assert.ok(
          Math.abs(g[i]! - twin) <= 3e-5 * top,
          `${name}: ${node.path}.${part}[${i}] ${g[i]}, expected ${twin}`,
        );
      });
    }
  });
}

describe('gradients of a network, against float64', () => {
  for (const activation of Object.keys(activationCodes) as Activation[]) {
    it(`${activation}, inside and at the end, at odd sizes and batches, in both flavours`, async () => {
      for (const deterministic of [true, false]) {
        for (const [sizes, rows] of [
          [[1, 1], 1],
          [[2, 3], 3],
          [[5, 7], 33],
          [[17, 5], 3],
        ] as const) {
          await compare(activation, activation, { meanSquaredError: 1 }, [...sizes], rows, deterministic);
        }
      }
    });
  }

  for (const kind of kinds) {
    it(`${kind}, alone and mixed`, async () => {
      for (const deterministic of [true, false]) {
        await compare('tanh', 'sigmoid', { [kind]: 1 }, [7, 5], 33, deterministic);
        await compare('tanh', 'sigmoid', { [kind]: 0.5, huber: 2 }, [7, 5], 3, deterministic);
        await compare('gelu', 'softmax', { [kind]: 1 }, [3, 2], 5, deterministic);
      }
    });

    it(`${kind} with a weight for each sample, alone and mixed`, async () => {
      for (const deterministic of [true, false]) {
        await compare('tanh', 'sigmoid', { [kind]: 1 }, [7, 5], 33, deterministic, true);
        await compare('tanh', 'sigmoid', { [kind]: 0.5, meanSquaredError: 2 }, [70, 5], 5, deterministic, true);
        await compare('gelu', 'softmax', { [kind]: 1 }, [3, 2], 5, deterministic, true);
      }
    });
  }
});
