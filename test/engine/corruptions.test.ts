// Corruptions sample by sample: levels, positions and choices against the random numbers that they are drawn from.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { definitionOf } from '../../src/engine/define-layer.ts';
import type { SampleTransform } from '../../src/engine/layer-definition.ts';
import * as isthmus from '../../src/index.ts';
import { noise, within } from '../kernels/harness.ts';
import * as twin from '../reference/corruptions.ts';
import { rowsOf, runTransform as run, sampleWords, valueWords } from './run-transform.ts';

const { blockMask, brightness, flip, gaussianNoise, maskingNoise, mixture, poissonNoise, saltAndPepper, shift } =
  isthmus;

/** The number of blocks of 16 random words that a sample of `size` values draws from. */
const blocksOf = (size: number): number => Math.ceil(size / 16);

describe('corruptions, sample by sample', () => {
  const [rows, size] = [7, 21];
  const x = noise(rows * size, 5).map((v) => 0.5 + v / 2);

  it('with one level all samples draw from one block of random words', () => {
    const words = valueWords();
    const rate = Math.fround(0.3);
    assert.deepEqual(
      run(maskingNoise({ rate: 0.3 }), x, [size]),
      Float32Array.from(twin.replace(x, rate, 0, 0, words)),
    );
    assert.deepEqual(
      run(saltAndPepper({ rate: 0.3, low: -1, high: 2 }), x, [size]),
      Float32Array.from(twin.replace(x, rate, -1, 2, words)),
    );
    within(run(gaussianNoise({ stddev: 0.5 }), x, [size]), twin.addNormal(x, 0.5, words), 1e-6, 2e-6, 'normal');
  });

  it('with a range each sample draws its own level and its own random words', () => {
    const level = (r: number, low: number, high: number): number =>
      low + (high - low) * twin.draw(4 * r, sampleWords());
    const words = (r: number): twin.Words => valueWords(3, r * blocksOf(size));
    const masked = rowsOf(run(maskingNoise({ rate: [0.1, 0.9], value: 5 }), x, [size]), size);
    const noisy = rowsOf(run(gaussianNoise({ stddev: [0, 2] }), x, [size]), size);
    rowsOf(x, size).forEach((row, r) => {
      const rate = Math.fround(level(r, 0.1, 0.9));
      assert.deepEqual(masked[r], Float32Array.from(twin.replace(row, rate, 5, 5, words(r))));
      within(noisy[r]!, twin.addNormal(row, level(r, 0, 2), words(r)), 2e-6, 2e-6, `row ${r}`);
    });
    const levels = Array.from({ length: rows }, (_, r) => level(r, 0, 1));
    assert.ok(Math.max(...levels) - Math.min(...levels) > 0.3, `${levels}`);
  });

  it('levels are distributed uniformly over their range', () => {
    const n = 4000;
    const share = rowsOf(run(maskingNoise({ rate: [0.2, 0.8] }), new Float32Array(n * 64).fill(1), [64]), 64).map(
      (row) => row.filter((v) => v === 0).length / 64,
    );
    const mean = share.reduce((sum, v) => sum + v, 0) / n;
    const variance = share.reduce((sum, v) => sum + (v - mean) ** 2, 0) / n;
    // The variance of the level is 0.6²/12, that of 64 values at a level p is p(1 - p)/64, on average (0.5 - 0.28)/64.
    const expected = 0.03 + 0.22 / 64;
    assert.ok(Math.abs(mean - 0.5) < 5 * Math.sqrt(expected / n), `mean ${mean}`);
    assert.ok(Math.abs(variance / expected - 1) < 5 * Math.sqrt(1 / n), `variance ${variance}, expected ${expected}`);
  });

  it('the same step draws the same corruption, another step another, and samples differ', () => {
    const shape = [3, 7, 1];
    const layers = [
      maskingNoise({ rate: 0.3 }),
      saltAndPepper({ rate: [0.1, 0.5] }),
      poissonNoise({ peak: [5, 50] }),
      blockMask({ size: 2 }),
      blockMask({ share: [0.1, 0.5] }),
      mixture([maskingNoise({ rate: 0.4 }), poissonNoise({ peak: 9 })]),
      shift({ x: 2, y: 1 }),
      flip({ horizontal: true, vertical: true }),
      brightness({ delta: 0.2, contrast: 0.5 }),
    ];
    for (const layer of layers) {
      const options = { inPlace: definitionOf<SampleTransform>(layer, 'layer').augments === true };
      const a = run(layer, x, shape, options);
      assert.deepEqual(run(layer, x, shape, options), a, layer.type);
      assert.notDeepEqual(run(layer, x, shape, { ...options, step: 4 }), a, layer.type);
      assert.notDeepEqual(a, x, layer.type);
      // Equal samples become different ones.
      const equalSamples = Float32Array.from({ length: rows * size }, (_, i) => x[i % size]!);
      const distinct = new Set(rowsOf(run(layer, equalSamples, shape, options), size).map(String));
      assert.ok(distinct.size > 2, `${layer.type}: ${distinct.size}`);
    }
  });

  it('Poisson noise has a variance of x / peak', () => {
    const n = 100_000;
    const y = run(poissonNoise({ peak: 20 }), new Float32Array(n).fill(0.3), [10]);
    const mean = y.reduce((sum, v) => sum + v, 0) / n;
    const variance = y.reduce((sum, v) => sum + (v - mean) ** 2, 0) / n;
    assert.ok(Math.abs(mean - 0.3) < 5 * Math.sqrt(0.015 / n), `mean ${mean}`);
    assert.ok(Math.abs(variance / 0.015 - 1) < 5 * Math.sqrt(2.2 / n), `variance ${variance}`);
  });
});

describe('blockMask', () => {
  /** The rectangle of the values that are not 1. Fails where these values do not fill a rectangle. */
  function rectangleOf(row: Float32Array, w: number): { top: number; left: number; height: number; width: number } {
    const masked = [...row.keys()].filter((i) => row[i] !== 1);
    const [ys, xs] = [masked.map((i) => Math.floor(i / w)), masked.map((i) => i % w)];
    const [top, left] = [Math.min(...ys), Math.min(...xs)];
    const [height, width] = [Math.max(...ys) - top + 1, Math.max(...xs) - left + 1];
    assert.equal(masked.length, height * width, 'the masked values fill a rectangle');
    return { top, left, height, width };
  }

  it('covers a rectangle of its size, at each position equally often', () => {
    const n = 4000;
    const y = rowsOf(run(blockMask({ size: [2, 3], value: 7 }), new Float32Array(n * 30).fill(1), [5, 6, 1]), 30);
    const counts = new Map<string, number>();
    y.forEach((row, r) => {
      const { top, left, height, width } = rectangleOf(row, 6);
      assert.deepEqual([height, width], [2, 3]);
      assert.ok(row.every((v) => v === 1 || v === 7));
      const position = (i: number, count: number): number => Math.floor(twin.draw(4 * r + i, sampleWords()) * count);
      assert.deepEqual([top, left], [position(2, 4), position(3, 4)]);
      counts.set(`${top} ${left}`, (counts.get(`${top} ${left}`) ?? 0) + 1);
    });
    assert.equal(counts.size, 16);
    const bound = 5 * Math.sqrt((n / 16) * (15 / 16));
    for (const count of counts.values()) assert.ok(Math.abs(count - n / 16) < bound, `${count}`);
  });

  it('covers a share of the image in all channels, with different proportions', () => {
    const y = rowsOf(run(blockMask({ share: 0.25 }), new Float32Array(50 * 800).fill(1), [20, 20, 2]), 800);
    const heights = new Set<number>();
    y.forEach((row, r) => {
      assert.deepEqual(
        row.filter((_, i) => i % 2 === 0),
        row.filter((_, i) => i % 2 === 1),
      );
      const { height, width } = rectangleOf(
        row.filter((_, i) => i % 2 === 0),
        20,
      );
      assert.deepEqual([height, width], twin.proportions(20, 20, 0.25, twin.draw(4 * r + 1, sampleWords())));
      heights.add(height);
    });
    assert.ok(heights.size > 3, `${[...heights]}`);
  });

  it('covers a range of time steps in all channels of a signal', () => {
    const y = rowsOf(run(blockMask({ size: 4 }), new Float32Array(40 * 20).fill(1), [10, 2]), 20);
    for (const row of y) {
      const { left, height, width } = rectangleOf(row, 2);
      assert.deepEqual([left, height, width], [0, 4, 2]);
    }
    assert.equal(new Set(y.map(String)).size, 7);
    const shares = rowsOf(run(blockMask({ share: [0.2, 0.5] }), new Float32Array(60 * 20).fill(1), [20, 1]), 20);
    const lengths = shares.map((row) => row.filter((v) => v === 0).length);
    assert.deepEqual([Math.min(...lengths), Math.max(...lengths)], [4, 10]);
  });
});

describe('mixture', () => {
  const parts = [maskingNoise({ rate: 0.5 }), maskingNoise({ rate: 0.5, value: 2 }), maskingNoise({ rate: 0 })];
  const [n, size] = [6000, 24];
  /** The index of the part that was applied to a sample of ones, by the values that it writes. */
  const kindOf = (row: Float32Array): number => {
    if (row.includes(0)) return 0;
    return row.includes(2) ? 1 : 2;
  };

  it('applies one corruption to each sample, with the probability of its weight', () => {
    for (const [weights, expected] of [
      [undefined, [1 / 3, 1 / 3, 1 / 3]],
      [
        [1, 4, 5],
        [0.1, 0.4, 0.5],
      ],
      [
        [0, 3, 1],
        [0, 0.75, 0.25],
      ],
    ] as const) {
      const layer = mixture(parts, weights && { weights });
      const y = rowsOf(run(layer, new Float32Array(n * size).fill(1), [size]), size);
      const kinds = y.map(kindOf);
      y.forEach((row, r) => {
        assert.ok(!(row.includes(0) && row.includes(2)), 'a sample has one corruption');
        const u = twin.draw(4 * r, sampleWords());
        const chosen = expected.findIndex((_, j) => u < expected.slice(0, j + 1).reduce((sum, p) => sum + p, 0) - 1e-9);
        // A rate of 0.5 leaves all 24 values of a sample unchanged with a probability of 2^-24.
        assert.equal(kinds[r], chosen < 0 ? 2 : chosen);
      });
      expected.forEach((p, k) => {
        const share = kinds.filter((kind) => kind === k).length / n;
        assert.ok(Math.abs(share - p) <= 5 * Math.sqrt((p * (1 - p)) / n), `${k}: ${share}, expected ${p}`);
      });
    }
  });

  it('draws different noise for each sample, also where neighbours have the same corruption', () => {
    const layer = mixture([maskingNoise({ rate: 0.5 }), gaussianNoise({ stddev: [0.1, 0.2] })]);
    const y = rowsOf(run(layer, new Float32Array(500 * size).fill(1), [size]), size);
    assert.equal(new Set(y.map(String)).size, 500);
  });

  it('draws the level of a corruption independently of the choice of the corruption', () => {
    const layer = mixture([maskingNoise({ rate: [0.2, 0.8] }), maskingNoise({ rate: 0 })]);
    const y = rowsOf(run(layer, new Float32Array(n * size).fill(1), [size]), size);
    const shares = y.map((row) => row.filter((v) => v === 0).length / size).filter((share) => share > 0);
    const mean = shares.reduce((sum, v) => sum + v, 0) / shares.length;
    // The variance of a share is 0.03 for the level plus 0.22 / 24 for the values at that level.
    assert.ok(Math.abs(mean - 0.5) < 5 * Math.sqrt(0.04 / shares.length), `${mean}`);
  });

  it('gives the second half of a batch the same noise when called for that half alone', () => {
    const layer = mixture([gaussianNoise({ stddev: [0.1, 0.2] }), saltAndPepper({ rate: [0.1, 0.9] })]);
    const x = noise(40 * size, 3);
    const batch = run(layer, x, [size]);
    assert.deepEqual(run(layer, x.slice(20 * size), [size], { row: 20 }), batch.slice(20 * size));
  });
});
