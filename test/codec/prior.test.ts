// Tables of a learnt prior against its probabilities in float64.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { priorTables } from '../../src/codec/modes/quantized/prior.ts';
import { exponential } from '../../src/core/portable-math.ts';
import { autoencoder, dense, type Layer, quantized } from '../../src/index.ts';
import { noise } from '../kernels/harness.ts';
import { mass } from '../reference/latents.ts';

const CHANNELS = 7;

async function modelOf(prior?: Float32Array, latent: Layer | undefined = quantized({ step: 0.5 })) {
  const [encoder, decoder] = [[dense({ units: CHANNELS })], [dense({ units: 3 })]];
  const model = await autoencoder({ input: [3], encoder, ...(latent && { latent }), decoder }, { seed: 1 });
  if (prior) model.setWeights({ 'latent.prior': { shape: [9 * CHANNELS], data: prior } });
  return model;
}

const random = (centre: number, scale: number, share: number): Float32Array =>
  noise(9 * CHANNELS, 4).map((v, i) => v * [centre, 0.5, share][Math.floor(i / (3 * CHANNELS))]! + (Math.floor(i / (3 * CHANNELS)) === 1 ? scale : 0)); // biome-ignore format: one expression

describe('priorTables', () => {
  it('have all likely symbols, the right sum, and a code length within 0.01 bits of the entropy', async () => {
    for (const total of [2 ** 14, 2 ** 16])
      for (const [centre, scale, share] of [
        [0.5, 0, 1],
        [6, -1, 2],
        [3, -2.5, 1],
        [20, 1.5, 1],
        [4, -9, 9],
      ] as const) {
        const prior = random(centre, scale, share);
        const tables = priorTables(await modelOf(prior), total)!;
        // Clamped as in the kernel.
        const held = Float64Array.from(prior, (v, i) => {
          const kind = Math.floor(i / (3 * CHANNELS));
          return kind === 0 ? v : kind === 1 ? Math.max(-3, v) : Math.min(8, Math.max(-8, v));
        });
        const name = `${total}, ${centre}, ${scale}, ${share}`;
        assert.equal(tables.length, CHANNELS);
        tables.forEach(({ step, low, frequencies: f }, channel) => {
          assert.equal(step, 0.5);
          assert.equal(f.reduce((sum, v) => sum + v, 0), total, name); // biome-ignore format: one line
          assert.ok(f.every((v) => v >= 1), name); // biome-ignore format: one line
          const at = (s: number): number => mass(s, held, channel, CHANNELS);
          const [first, end] = [low, low + f.length - 1];
          for (const s of [first - 1, end]) assert.ok(at(s) < 1 / total, `${name}: ${s} has no symbol`);
          const outside = f[f.length - 1]! / total;
          let [ideal, real, inside] = [0, 0, 0];
          for (let s = first; s < end; s++) {
            const p = at(s);
            inside += p;
            ideal -= p * Math.log2(p);
            real -= p * Math.log2(f[s - first]! / total);
          }
          assert.ok(Math.abs(outside - (1 - inside)) < 2 / total, `${name}: escape ${outside}, expected ${1 - inside}`);
          assert.ok(real - ideal < 0.01 && real > ideal - 0.01, `${name}: ${real} bits, of ${ideal}`);
        });
      }
  });

  it('have at most the largest number of symbols, the likeliest ones', async () => {
    const tables = priorTables(await modelOf(random(1, 5, 1)), 2 ** 14, 255)!;
    for (const { low, frequencies: f } of tables) {
      assert.equal(f.length, 256);
      assert.ok(Math.abs(low + 127) < 110, `${low}`);
      assert.ok(f[255]! > 2 ** 14 / 10, `escape ${f[255]}`);
    }
  });

  it('are undefined without a learnt prior, and for other bottlenecks', async () => {
    assert.equal(priorTables(await modelOf()), undefined);
    const plain = { input: [3], encoder: [dense({ units: 2 })], decoder: [dense({ units: 3 })] };
    assert.equal(priorTables(await autoencoder(plain)), undefined);
  });
});

describe('exponential', () => {
  it('is e^x to thirteen digits', () => {
    for (const x of [0, 1, -1, 0.5, -0.5, 3.3, -20.7, 87.3, -300.1, 700, -700]) {
      assert.ok(Math.abs(exponential(x) / Math.exp(x) - 1) < 1e-13, `${x}: ${exponential(x)}`);
    }
  });
});
