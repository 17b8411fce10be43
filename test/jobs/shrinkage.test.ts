// The autoencoder of the cosine transform.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { patchStride } from '../../jobs/picture/index.ts';
import { shrinkageAutoencoder } from '../../jobs/shrinkage/autoencoder.ts';
import { normalNumbers } from '../../tools/random.ts';

const SIDE = 64;
const MARGIN = 7;
const options = {
  input: { height: SIDE, width: SIDE },
  patch: { height: 8, width: 8 },
  low: 2.5,
  high: 2.9,
  windowed: false,
  keepsMean: true,
};

/** The values that all patches cover. */
const inner = (values: Float32Array): Float32Array =>
  values.filter((_, i) => {
    const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
    return Math.min(x, y) >= MARGIN && Math.max(x, y) < SIDE - MARGIN;
  });

const deviation = (values: Float32Array): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

describe('the shrinkage autoencoder', () => {
  for (const stride of [1, 2]) {
    it(`keeps large coefficients and removes noise, with a distance of ${stride} between patches`, async () => {
      const model = await shrinkageAutoencoder({ ...options, stride });
      const large = Float32Array.from({ length: SIDE * SIDE }, (_, i) => 1000 + 500 * Math.sign((i % 16) - 7.5));
      const kept = inner(model.reconstruct(large));
      inner(large).forEach((value, i) => {
        assert.ok(Math.abs(kept[i]! - value) < 0.5, `${kept[i]} in place of ${value}`);
      });
      const normal = normalNumbers(1);
      const noise = Float32Array.from({ length: SIDE * SIDE }, () => normal());
      const rest = deviation(inner(model.reconstruct(noise)));
      // The mean of each patch has a deviation of 1/8.
      assert.ok(rest < 0.2, String(rest));
    });
  }

  it('restores a signal of large values', async () => {
    const model = await shrinkageAutoencoder({
      ...options,
      input: { height: 256, width: 1 },
      patch: { height: 32, width: 1 },
      stride: 4,
      windowed: true,
      keepsMean: false,
    });
    const signal = Float32Array.from({ length: 256 }, (_, i) => 1e5 * Math.sin(i / 3));
    const restored = model.reconstruct(signal);
    for (let i = 32; i < 224; i++) assert.ok(Math.abs(restored[i]! - signal[i]!) < 3, `${restored[i]} at ${i}`);
  });
});

describe('the distance of patches', () => {
  it('is 1 up to 4 megapixels, then 2', () => {
    assert.equal(patchStride({ width: 2000, height: 2000 }), 1);
    assert.equal(patchStride({ width: 2001, height: 2000 }), 2);
  });
});
