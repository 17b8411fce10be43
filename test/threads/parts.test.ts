// The gradients of parts of a batch, in one thread: their weighted mean is the gradient of the batch, for every layer that says so.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as isthmus from '../../src/index.ts';
import { engineSymbol } from '../../src/model/model.ts';
import { rowsOfParts } from '../../src/train/parallel-parts.ts';
import { Trainer } from '../../src/train/trainer.ts';
import { noise } from '../kernels/harness.ts';
import { layerTable } from '../reference/layer-table.ts';
import type { Isthmus } from '../suites/assert.ts';

const { adam, autoencoder, dense, flatten, reshape } = isthmus;
const ROWS = 24;
const PART = 8;

/** The trainer of a spec with a batch of `ROWS` random samples in its memory. */
async function trainerOf(spec: isthmus.AutoencoderSpec, rateWeight = 0) {
  const model = await autoencoder(spec, { seed: 5 });
  const engine = model[engineSymbol];
  const trainer = await Trainer.create(engine, {
    optimizer: adam(),
    loss: [{ name: 'meanSquaredError', weight: 1 }, { name: 'huber', weight: 0.5 }],
    corruption: [],
    batchSize: ROWS,
    seed: 1,
    deterministic: false,
    hasTargets: true,
    hasSampleWeights: true,
    clipNorm: 0,
    clipValue: 0,
    rateWeight,
  }); // biome-ignore format: a list
  trainer.reset();
  trainer.sampleWeights.set(Array.from({ length: ROWS }, (_, r) => (r % 4) * 0.7));
  const size = spec.input.reduce((product, n) => product * n, 1);
  const write = (): void => {
    engine.memory.write(trainer.input, noise(ROWS * size, 3).map(Math.abs));
    engine.memory.write(trainer.target, noise(ROWS * size, 4));
  };
  const gradients = (): Float32Array => engine.memory.read(trainer.gradients, engine.network.trainedBytes / 4);
  return { engine, trainer, write, gradients };
}

/** The largest difference between the gradients of a batch and the mean of those of its parts, relative to the largest gradient. */
async function differenceOf(
  spec: isthmus.AutoencoderSpec,
  rateWeight = 0,
): Promise<{ divisible: boolean; value: number }> {
  const { engine, trainer, write, gradients } = await trainerOf(spec, rateWeight);
  const weights = engine.memory.read(engine.memory.parameters, engine.network.weightBytes / 4);
  const step = { step: 3, batchFraction: 1 };
  write();
  const loss = trainer.backpropagate(trainer.kernels, { rows: ROWS, firstRow: 0, ...step });
  const batchGradients = gradients();
  const mean = new Float64Array(batchGradients.length);
  let meanLoss = 0;
  for (let firstRow = 0; firstRow < ROWS; firstRow += PART) {
    // A step changes running statistics, and the blocks of the batch.
    engine.memory.write(engine.memory.parameters, weights);
    write();
    for (const { address, rowBytes } of trainer.rowBlocks)
      engine.memory.bytes.copyWithin(address, address + firstRow * rowBytes, address + (firstRow + PART) * rowBytes);
    meanLoss += (trainer.backpropagate(trainer.kernels, { rows: PART, firstRow, ...step }) * PART) / ROWS;
    for (const [i, gradient] of gradients().entries()) mean[i]! += (gradient * PART) / ROWS;
  }
  const largest = batchGradients.reduce((max, gradient) => Math.max(max, Math.abs(gradient)), 0);
  const value = batchGradients.reduce((max, gradient, i) => Math.max(max, Math.abs(gradient - mean[i]!)), 0) / largest;
  return { divisible: trainer.isDivisible, value: Math.max(value, Math.abs(meanLoss / loss - 1)) };
}

/** Rounding of float32 sums. */
const ROUNDING = 3e-5;

describe('the gradients of a batch', () => {
  const divided: string[] = [];
  const undivided: string[] = [];
  for (const [type, row] of Object.entries(layerTable))
    for (const [title, make] of Object.entries(row.cases))
      it(`are the means of those of its parts unless the layer has statistics of the batch: ${type}, ${title}`, async () => {
        // 16 values a row, as random words come in groups of 16.
        const input = row.signal ? [8, 2] : [4, 4, 1];
        const layer = make(isthmus as unknown as Isthmus, input) as unknown as isthmus.Layer;
        const encoder = [dense({ units: input.at(-1)!, activation: 'tanh' }), layer];
        const decoder = [flatten(), dense({ units: 16 }), reshape({ targetShape: input })];
        const { divisible, value } = await differenceOf({ input, encoder, decoder });
        (divisible ? divided : undivided).push(type);
        if (divisible) assert.ok(value < ROUNDING, `${value}`);
        else assert.ok(value > 10 * ROUNDING, `${value}: the layer could say that they are`);
      });

  const bottlenecks: Readonly<Record<string, { latent: isthmus.Layer; divisible: boolean; rateWeight?: number }>> = {
    variational: { latent: isthmus.variational({ units: 4, warmup: 10 }), divisible: true },
    'variational with free bits': { latent: isthmus.variational({ units: 4, freeBits: 0.05 }), divisible: false },
    'quantized with a rate': { latent: isthmus.quantized({ step: 0.5 }), divisible: true, rateWeight: 0.1 },
    quantized: { latent: isthmus.quantized(), divisible: true },
    'kSparse, whose units that are 0 in all samples have a gradient': {
      latent: isthmus.kSparse({ k: 3 }),
      divisible: false,
    },
    'sparse by l1': { latent: isthmus.sparse({ l1: 0.01 }), divisible: true },
    'sparse by a share': { latent: isthmus.sparse({ target: 0.3 }), divisible: false },
    'sparse by a mean': { latent: isthmus.sparse({ target: 0.1, activity: 'mean', weight: 50 }), divisible: false },
  };
  for (const [name, { latent, divisible, rateWeight }] of Object.entries(bottlenecks))
    it(`${divisible ? 'are' : 'are not'} the means of those of its parts: ${name}`, async () => {
      const encoder = [dense({ units: 16, activation: 'sigmoid' })];
      const spec = { input: [16], encoder, latent, decoder: [dense({ units: 16 })] };
      const difference = await differenceOf(spec, rateWeight);
      assert.equal(difference.divisible, divisible);
      if (divisible) assert.ok(difference.value < ROUNDING, `${difference.value}`);
      else assert.ok(difference.value > 10 * ROUNDING, `${difference.value}`);
    });

  it('are not divided with a penalty on the encoder', async () => {
    const encoder = [dense({ units: 4, activation: 'tanh' })];
    const latent = isthmus.contractive({ weight: 0.1 });
    const { trainer } = await trainerOf({ input: [16], encoder, latent, decoder: [dense({ units: 16 })] });
    assert.equal(trainer.isDivisible, false);
  });

  it('are divided for all layers but those with statistics of the batch', () => {
    assert.deepEqual([...new Set(undivided)], ['batchNormalization']);
    assert.ok(divided.includes('conv2d') && divided.includes('dropout') && divided.includes('gru'));
  });
});

describe('the samples of a part', () => {
  const networkOf = async (spec: isthmus.AutoencoderSpec) =>
    (await autoencoder(spec, { seed: 1 }))[engineSymbol].network;
  const same = { kernelSize: 3, padding: 'same' } as const;

  it('are few where a network has few weights, and fill groups of random words', async () => {
    const spec = (channels: number): isthmus.AutoencoderSpec => ({
      input: [15, 15, 1],
      encoder: [isthmus.conv2d({ filters: channels, ...same })],
      decoder: [isthmus.conv2d({ filters: 1, ...same })],
    });
    // 225 values a sample are odd: 16 samples fill groups of 16 words.
    assert.equal(rowsOfParts(await networkOf(spec(32)), 64), 16);
    const even = { ...spec(32), input: [16, 16, 1] };
    assert.equal(rowsOfParts(await networkOf(even), 64), 8);
    assert.equal(rowsOfParts(await networkOf(even), 60), 16);
    assert.equal(rowsOfParts(await networkOf(even), 1024), 64);
  });

  it('are many, or all, where a network has as many weights as multiplications', async () => {
    const network = await networkOf({
      input: [784],
      encoder: [dense({ units: 128 })],
      decoder: [dense({ units: 784 })],
    });
    assert.equal(rowsOfParts(network, 128), undefined);
    assert.equal(rowsOfParts(network, 256), 88);
  });

  it('are all where a step is short', async () => {
    const network = await networkOf({ input: [8, 8, 1], encoder: [isthmus.conv2d({ filters: 4, ...same })], decoder: [isthmus.conv2d({ filters: 1, ...same })] }); // biome-ignore format: one line
    assert.equal(rowsOfParts(network, 32), undefined);
  });
});
