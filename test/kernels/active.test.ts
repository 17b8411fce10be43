// A product that skips zeros against the one that does not: the same bits.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as isthmus from '../../src/index.ts';
import { Bench, noise } from './harness.ts';

describe('a product that skips zeros', () => {
  it('gives the bits of the strict one, at odd sizes and any share of zeros', () => {
    for (const [m, n, k] of [
      [1, 1, 1],
      [3, 5, 7],
      [2, 33, 513],
      [5, 100, 1200],
      [33, 17, 40],
      [1, 64, 5000],
    ] as const)
      for (const density of [0, 0.001, 0.05, 0.5, 1])
        for (const biased of [true, false]) {
          const bench = new Bench('strict');
          const a = noise(m * k, 2).map((v, i) => (((i * 2654435761) >>> 0) / 2 ** 32 < density ? v : i % 2 ? 0 : -0));
          const [pa, pb] = [bench.put(a), bench.put(noise(k * n, 3))];
          const bias = biased ? bench.put(noise(n, 4)) : 0;
          const [c, d] = [bench.put(new Float32Array(m * n).fill(9)), bench.put(new Float32Array(m * n).fill(8))];
          bench.kernels.gemm(c, pa, pb, bias, m, n, k, 0, bench.scratch);
          bench.kernels.gemmSparse(d, pa, pb, bias, m, n, k, bench.scratch);
          const name = `${m}×${n}×${k}, ${density * 100} %, bias ${biased}`;
          assert.deepEqual(bench.get(d, m * n), bench.get(c, m * n), name);
          assert.equal(bench.kernels.countNonZero(pa, m * k), a.filter((v) => v !== 0).length, name);
        }
  });

  it('is what decoding a sparse code does: its parts are those of the whole, to the bit', async () => {
    const { autoencoder, dense, flatten, kSparse } = isthmus;
    for (const between of [[], [flatten()]]) {
      const spec = {
        input: [4, 5],
        encoder: [dense({ units: 50 })],
        decoder: [...between, dense({ units: between.length ? 20 : 5, activation: 'tanh' as const })],
      };
      const decoder = between.length ? [...spec.decoder, isthmus.reshape({ targetShape: [4, 5] })] : spec.decoder;
      const sparse = await autoencoder({ ...spec, decoder, latent: kSparse({ k: 7 }) }, { seed: 1 });
      const plain = await autoencoder({ ...spec, decoder }, { seed: 1 });
      plain.setWeights(sparse.weights);
      const x = noise(20 * 37, 5);
      const code = sparse.encode(x);
      assert.equal(code.filter((v) => v !== 0).length, 37 * 7);
      assert.deepEqual(sparse.decode(code), plain.decode(code));
      assert.deepEqual(sparse.reconstruct(x), plain.decode(code));
      const full = noise(code.length, 8);
      assert.deepEqual(sparse.decode(full), plain.decode(full), 'too much that counts: the plain product');
    }
  });
});
