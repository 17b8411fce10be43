import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { allClose, close, wave } from './check.ts';
import { move, openUniform, poissonQuantile, proportions, replace, stretch } from './corruptions.ts';

// Cumulative probabilities by mean and count, worked out with 40 digits.
const cumulative = [
  [0.5, 0, 0.6065306597126334],
  [3, 2, 0.42319008112684353],
  [10, 10, 0.5830397501929855],
  [20, 25, 0.8878150272820301],
] as const;

describe('corruptions in float64', () => {
  it('the Poisson quantile increases where the cumulative probability does', () => {
    for (const [m, k, p] of cumulative) {
      assert.equal(poissonQuantile(p * (1 - 1e-12), m), k);
      assert.equal(poissonQuantile(p * (1 + 1e-12), m), k + 1);
    }
    assert.equal(poissonQuantile(1 - 2 ** -24, 0), 0);
  });

  it('Poisson quantiles have the mean and the variance of the distribution', () => {
    for (const m of [0.1, 2, 30, 400]) {
      const n = 20_000;
      const counts = Array.from({ length: n }, (_, i) => poissonQuantile((i + 0.5) / n, m));
      const mean = counts.reduce((sum, k) => sum + k, 0) / n;
      close(mean, m, 1e-3, 0, 'mean');
      close(counts.reduce((sum, k) => sum + (k - mean) ** 2, 0) / n, m, 5e-3, 0, 'variance');
    }
  });

  it('open uniform numbers are above 0 and below 1', () => {
    assert.deepEqual([openUniform(0), openUniform(0xffffffff)], [2 ** -24, 1 - 2 ** -24]);
  });

  it('replaced values are low and high equally often, and their share is the rate', () => {
    const n = 4000;
    const y = replace(wave(n), 0.3, 7, 8, { step: 1, stream: 2, seed: 3 });
    const [low, high] = [7, 8].map((v) => y.filter((w) => w === v).length / n) as [number, number];
    // Five standard errors.
    const bound = 5 * Math.sqrt((0.15 * 0.85) / n);
    allClose([low, high], [0.15, 0.15], 0, bound, 'shares');
    assert.deepEqual(
      y.filter((v) => v < 7),
      wave(n).filter((_, i) => y[i]! < 7),
    );
  });

  it('rectangles cover their share, up to the rounding of their sides', () => {
    for (const share of [0.02, 0.25, 0.5, 0.9]) {
      for (const u of [0, 0.3, 0.99]) {
        const [high, wide] = proportions(100, 200, share, u);
        assert.ok(high <= 100 && wide <= 200);
        close((high * wide) / 20_000, share, 0, (0.5 * (high + wide) + 0.25) / 20_000, `${share}`);
        const ratio = (2 * high) / wide;
        assert.ok(ratio > 0.45 && ratio < 2.3, `${ratio}`);
      }
    }
    assert.deepEqual(proportions(3, 3, 0.001, 0.5), [1, 1]);
  });

  it('shifted and mirrored samples equal those computed by hand', () => {
    const x = [1, 2, 3, 4, 5, 6];
    const size = [2, 3, 1] as const;
    assert.deepEqual([...move(x, size, {}, 0, 1, 0)], [0, 1, 2, 0, 4, 5]);
    assert.deepEqual([...move(x, size, {}, -1, 0)], [4, 5, 6, 4, 5, 6]);
    assert.deepEqual([...move(x, size, { horizontal: true }, 0, 0)], [3, 2, 1, 6, 5, 4]);
    assert.deepEqual([...move(x, size, { vertical: true }, 0, 0)], [4, 5, 6, 1, 2, 3]);
    assert.deepEqual([...move(x, [1, 3, 2], { horizontal: true }, 0, 0)], [5, 6, 3, 4, 1, 2]);
  });

  it('contrast keeps the mean, brightness changes it', () => {
    assert.deepEqual([...stretch([1, 2, 6], 2, 0.5)], [-0.5, 1.5, 9.5]);
    assert.deepEqual([...stretch([1, 2, 6], 2, 0.5, 0, 9)], [0, 1.5, 9]);
  });
});
