// The gated recurrent unit against its float64 twin.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { autoencoder, contractive, dense, fit, gru, reshape, residual, sgd, skip } from '../../src/index.ts';
import { noise } from '../kernels/harness.ts';
import { check } from './layer-check.ts';

describe('gru, against float64', () => {
  for (const resetAfter of [true, false])
    for (const returnSequences of [true, false])
      it(`resetAfter ${resetAfter}, returnSequences ${returnSequences}: steps, units, features, batches`, async () => {
        const options = { resetAfter, returnSequences };
        for (const time of [1, 2, 7]) await check([gru({ units: 3, ...options })], [time, 2], 3);
        for (const units of [1, 2, 4, 5, 8, 17]) await check([gru({ units, ...options })], [3, 3], 2);
        for (const rows of [1, 5, 33]) await check([gru({ units: 4, ...options })], [4, 1], rows);
        await check([gru({ units: 5, goBackwards: true, ...options })], [4, 3], 3);
        await check([gru({ units: 5, useBias: false, ...options })], [4, 3], 3);
        await check([gru({ units: 3, recurrentInitializer: 'heUniform', ...options })], [5, 2], 1, false);
        await check([gru({ units: 3, returnSequences: true }), gru({ units: 4, ...options })], [5, 2], 3);
      });

  it('in residual and skip branches', async () => {
    for (const resetAfter of [true, false]) {
      const layers = [gru({ units: 3, returnSequences: true, resetAfter })];
      await check([residual({ layers })], [4, 3], 3);
      await check([skip({ layers }), gru({ units: 2, resetAfter })], [4, 2], 3);
    }
  });
});

const input = [5, 2];
const size = 10;
const build = (latent = {}) =>
  autoencoder(
    {
      input,
      encoder: [gru({ units: 4, returnSequences: true }), gru({ units: 3 })],
      decoder: [dense({ units: size }), reshape({ targetShape: input })],
      ...latent,
    },
    { seed: 1 },
  );

describe('gru in training', () => {
  it('a short batch gives the bits of a batch of that size', async () => {
    const x = noise(13 * size, 2);
    const options = { batchSize: 8, optimizer: sgd(0.1), shuffle: false, deterministic: true };
    const [together, apart] = [await build(), await build()];
    await fit(together, x, options);
    await fit(apart, x.subarray(0, 8 * size), options);
    await fit(apart, x.subarray(8 * size), { ...options, batchSize: 5 });
    assert.deepEqual(apart.weights, together.weights);
  });

  it('a contractive penalty reduces the change of the code for a change of the input', async () => {
    const x = noise(60 * size, 3);
    const moved: number[] = [];
    for (const latent of [{}, { latent: contractive({ weight: 0.1 }) }]) {
      const model = await build(latent);
      await fit(model, x, { epochs: 60, batchSize: 20, deterministic: true });
      const [a, b] = [model.encode(x), model.encode(x.map((v, i) => v + 0.01 * Math.sin(i * 7)))];
      moved.push(a.reduce((sum, v, i) => sum + (v - b[i]!) ** 2, 0));
    }
    assert.ok(moved[1]! < moved[0]! / 2, `moved by ${moved}`);
  });
});
