// Corruptions and augmentations sample by sample: levels, places and choices against the numbers they are drawn from.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { definitionOf } from '../../src/engine/define-layer.ts';
import { newCall } from '../../src/engine/executor.ts';
import type { Node } from '../../src/engine/graph.ts';
import type { LayerCall } from '../../src/engine/layer-call.ts';
import type { Layer, SampleTransform } from '../../src/engine/layer-definition.ts';
import * as isthmus from '../../src/index.ts';
import type { Kernels } from '../../src/wasm/kernels.ts';
import { Bench, noise, within } from '../kernels/harness.ts';
import * as twin from '../reference/corruptions.ts';

const { blockMask, brightness, flip, gaussianNoise, maskingNoise, mixture, poissonNoise, saltAndPepper, shift } =
  isthmus;
const SEED = 2 ** 33 + 3;
const STREAM = 0x60000002;
/** Where a corruption draws what a sample has for itself. */
const own = (step: number, stream = STREAM): twin.Words => ({ step, stream: stream + 0x08000000, seed: SEED });

/** What a layer makes of samples; in place for augmentations. */
function run(
  layer: Layer,
  x: Float32Array,
  shape: number[],
  { step = 3, row: firstRow = 0, inPlace = false } = {},
): Float32Array {
  const bench = new Bench('strict');
  const size = shape.reduce((a, b) => a * b);
  const definition = definitionOf<SampleTransform>(layer, 'layer');
  const address = bench.put(x);
  const y = inPlace ? address : bench.put(new Float32Array(x.length));
  const sizes = { inputSize: size, outputSize: size };
  const node = { layer, definition, weights: [], inputShape: shape, ...sizes } as unknown as Node;
  const rows = x.length / size;
  const workspace = bench.put(new Float32Array((definition.workspace?.(layer, shape, rows) ?? 0) / 4));
  const random = { step, stream: STREAM, seedLow: SEED >>> 0, seedHigh: Math.floor(SEED / 2 ** 32) };
  const call: LayerCall = { ...newCall(node, bench as never), random, rows, firstRow, x: address, y, workspace };
  const before = structuredClone(call);
  definition.forward(bench.kernels as unknown as Kernels, call, layer);
  assert.deepEqual(call, before, `${layer.type} leaves its call as it was`);
  return bench.get(y, x.length);
}

const rowsOf = (y: Float32Array, size: number): Float32Array[] =>
  Array.from({ length: y.length / size }, (_, r) => y.slice(r * size, (r + 1) * size));
const groups = (size: number): number => Math.ceil(size / 16);

describe('corruptions, sample by sample', () => {
  const [rows, size] = [7, 21];
  const x = noise(rows * size, 5).map((v) => 0.5 + v / 2);

  it('at one level they are one block of words', () => {
    const words = { step: 3, stream: STREAM, seed: SEED };
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

  it('with a range every sample has a level of its own, and words of its own', () => {
    const level = (r: number, low: number, high: number): number => low + (high - low) * twin.draw(4 * r, own(3));
    const words = (r: number): twin.Words => ({ step: 3, stream: STREAM, seed: SEED, first: r * groups(size) });
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

  it('levels are uniform over their range', () => {
    const n = 4000;
    const share = rowsOf(run(maskingNoise({ rate: [0.2, 0.8] }), new Float32Array(n * 64).fill(1), [64]), 64).map(
      (row) => row.filter((v) => v === 0).length / 64,
    );
    const mean = share.reduce((sum, v) => sum + v, 0) / n;
    const variance = share.reduce((sum, v) => sum + (v - mean) ** 2, 0) / n;
    // Of the level, 0.6²/12; of 64 values at it, the mean of p(1 - p)/64 = (0.5 - 0.28)/64.
    const expected = 0.03 + 0.22 / 64;
    assert.ok(Math.abs(mean - 0.5) < 5 * Math.sqrt(expected / n), `mean ${mean}`);
    assert.ok(Math.abs(variance / expected - 1) < 5 * Math.sqrt(1 / n), `variance ${variance}, expected ${expected}`);
  });

  it('the same step gives the same again; another gives another', () => {
    const shape = [3, 7, 1];
    const all = [
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
    for (const layer of all) {
      const options = { inPlace: definitionOf<SampleTransform>(layer, 'layer').augments === true };
      const a = run(layer, x, shape, options);
      assert.deepEqual(run(layer, x, shape, options), a, layer.type);
      assert.notDeepEqual(run(layer, x, shape, { ...options, step: 4 }), a, layer.type);
      assert.notDeepEqual(a, x, layer.type);
      // Samples are not all changed alike.
      const same = Float32Array.from({ length: rows * size }, (_, i) => x[i % size]!);
      const kinds = new Set(rowsOf(run(layer, same, shape, options), size).map(String));
      assert.ok(kinds.size > 2, `${layer.type}: ${kinds.size}`);
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
  /** Top, left, height and width of what is not 1, if it is a filled rectangle. */
  function rectangle(row: Float32Array, w: number): [number, number, number, number] {
    const places = [...row.keys()].filter((i) => row[i] !== 1);
    const [ys, xs] = [places.map((i) => Math.floor(i / w)), places.map((i) => i % w)];
    const [top, left] = [Math.min(...ys), Math.min(...xs)];
    const [high, wide] = [Math.max(...ys) - top + 1, Math.max(...xs) - left + 1];
    assert.equal(places.length, high * wide, 'a rectangle');
    return [top, left, high, wide];
  }

  it('covers a rectangle of its size, at every place alike', () => {
    const n = 4000;
    const y = rowsOf(run(blockMask({ size: [2, 3], value: 7 }), new Float32Array(n * 30).fill(1), [5, 6, 1]), 30);
    const counts = new Map<string, number>();
    y.forEach((row, r) => {
      const [top, left, high, wide] = rectangle(row, 6);
      assert.deepEqual([high, wide], [2, 3]);
      assert.ok(row.every((v) => v === 1 || v === 7));
      const at = (i: number, most: number): number => Math.floor(twin.draw(4 * r + i, own(3)) * most);
      assert.deepEqual([top, left], [at(2, 4), at(3, 4)]);
      counts.set(`${top} ${left}`, (counts.get(`${top} ${left}`) ?? 0) + 1);
    });
    assert.equal(counts.size, 16);
    const bound = 5 * Math.sqrt((n / 16) * (15 / 16));
    for (const count of counts.values()) assert.ok(Math.abs(count - n / 16) < bound, `${count}`);
  });

  it('covers a share, in proportions that vary, all channels', () => {
    const y = rowsOf(run(blockMask({ share: 0.25 }), new Float32Array(50 * 800).fill(1), [20, 20, 2]), 800);
    const seen = new Set<number>();
    y.forEach((row, r) => {
      assert.deepEqual(
        row.filter((_, i) => i % 2 === 0),
        row.filter((_, i) => i % 2 === 1),
      );
      const [, , high, wide] = rectangle(
        row.filter((_, i) => i % 2 === 0),
        20,
      );
      assert.deepEqual([high, wide], twin.proportions(20, 20, 0.25, twin.draw(4 * r + 1, own(3))));
      seen.add(high);
    });
    assert.ok(seen.size > 3, `${[...seen]}`);
  });

  it('covers a span of signals', () => {
    const y = rowsOf(run(blockMask({ size: 4 }), new Float32Array(40 * 20).fill(1), [10, 2]), 20);
    for (const row of y) assert.deepEqual(rectangle(row, 2).slice(1), [0, 4, 2]);
    assert.equal(new Set(y.map(String)).size, 7);
    const half = rowsOf(run(blockMask({ share: [0.2, 0.5] }), new Float32Array(60 * 20).fill(1), [20, 1]), 20);
    const lengths = half.map((row) => row.filter((v) => v === 0).length);
    assert.deepEqual([Math.min(...lengths), Math.max(...lengths)], [4, 10]);
  });
});

describe('mixture', () => {
  const parts = [maskingNoise({ rate: 0.5 }), maskingNoise({ rate: 0.5, value: 2 }), maskingNoise({ rate: 0 })];
  const [n, size] = [6000, 24];

  it('gives each sample one of its corruptions, as often as the weights say', () => {
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
      const kinds = y.map((row) => (row.includes(0) ? 0 : row.includes(2) ? 1 : 2));
      y.forEach((row, r) => {
        assert.ok(!(row.includes(0) && row.includes(2)), 'one, not both');
        const u = twin.draw(4 * r, own(3));
        const chosen = expected.findIndex((_, j) => u < expected.slice(0, j + 1).reduce((sum, p) => sum + p, 0) - 1e-9);
        // Of 24 values at one half, all may stay with probability 2^-24.
        assert.equal(kinds[r], chosen < 0 ? 2 : chosen);
      });
      expected.forEach((p, k) => {
        const share = kinds.filter((kind) => kind === k).length / n;
        assert.ok(Math.abs(share - p) <= 5 * Math.sqrt((p * (1 - p)) / n), `${k}: ${share}, expected ${p}`);
      });
    }
  });

  it('draws other noise for every sample, whichever neighbours have the same corruption', () => {
    const layer = mixture([maskingNoise({ rate: 0.5 }), gaussianNoise({ stddev: [0.1, 0.2] })]);
    const y = rowsOf(run(layer, new Float32Array(500 * size).fill(1), [size]), size);
    assert.equal(new Set(y.map(String)).size, 500);
  });

  it('the level of a corruption does not depend on its being chosen', () => {
    const layer = mixture([maskingNoise({ rate: [0.2, 0.8] }), maskingNoise({ rate: 0 })]);
    const y = rowsOf(run(layer, new Float32Array(n * size).fill(1), [size]), size);
    const shares = y.map((row) => row.filter((v) => v === 0).length / size).filter((share) => share > 0);
    const mean = shares.reduce((sum, v) => sum + v, 0) / shares.length;
    // The variance of a share is 0.03 by the level and 0.22 / 24 beside it.
    assert.ok(Math.abs(mean - 0.5) < 5 * Math.sqrt(0.04 / shares.length), `${mean}`);
  });

  it('a call for the second half of a batch gives the second half', () => {
    const layer = mixture([gaussianNoise({ stddev: [0.1, 0.2] }), saltAndPepper({ rate: [0.1, 0.9] })]);
    const x = noise(40 * size, 3);
    const whole = run(layer, x, [size]);
    assert.deepEqual(run(layer, x.slice(20 * size), [size], { row: 20 }), whole.slice(20 * size));
  });
});

describe('augmentations, sample by sample', () => {
  const inPlace = true;
  const shape = [5, 6, 2] as [number, number, number];
  const [rows, size] = [40, 60];
  const x = noise(rows * size, 5);

  it('shift moves within its bounds, by what it drew', () => {
    const y = rowsOf(run(shift({ x: 2, y: 1, value: 0 }), x, shape, { inPlace }), size);
    const edge = rowsOf(run(shift({ x: 2, y: 1 }), x, shape, { inPlace }), size);
    const seen = new Set<string>();
    rowsOf(x, size).forEach((row, r) => {
      const right = Math.floor(twin.draw(4 * r, own(3)) * 5) - 2;
      const down = Math.floor(twin.draw(4 * r + 1, own(3)) * 3) - 1;
      assert.deepEqual(y[r], Float32Array.from(twin.move(row, shape, {}, down, right, 0)));
      assert.deepEqual(edge[r], Float32Array.from(twin.move(row, shape, {}, down, right)));
      seen.add(`${right} ${down}`);
    });
    assert.ok(seen.size > 10, `${seen.size}`);
  });

  it('flip mirrors about half of the samples, each way by itself', () => {
    const y = rowsOf(run(flip({ horizontal: true, vertical: true }), x, shape, { inPlace }), size);
    const counts = [0, 0, 0, 0];
    rowsOf(x, size).forEach((row, r) => {
      const [horizontal, vertical] = [twin.draw(4 * r, own(3)) < 0.5, twin.draw(4 * r + 1, own(3)) < 0.5];
      assert.deepEqual(y[r], Float32Array.from(twin.move(row, shape, { horizontal, vertical }, 0, 0)));
      counts[Number(horizontal) + 2 * Number(vertical)]!++;
    });
    assert.ok(Math.min(...counts) > 2, `${counts}`);
    const only = rowsOf(run(flip({ vertical: true }), x, shape, { inPlace }), size);
    const turned = rowsOf(x, size).map((row) => Float32Array.from(twin.move(row, shape, { vertical: true }, 0, 0)));
    assert.ok(
      only.every(
        (row, r) => String(row) === String(x.slice(r * size, (r + 1) * size)) || String(row) === String(turned[r]),
      ),
    );
  });

  it('brightness and contrast stay within their bounds, and within the clip', () => {
    const layer = brightness({ delta: 0.2, contrast: 0.5, clip: [-0.9, 0.9] });
    const y = rowsOf(run(layer, x, shape, { inPlace }), size);
    rowsOf(x, size).forEach((row, r) => {
      const add = 0.2 * (2 * twin.draw(4 * r, own(3)) - 1);
      const factor = 1 + 0.5 * (2 * twin.draw(4 * r + 1, own(3)) - 1);
      within(y[r]!, twin.stretch(row, factor, add, -0.9, 0.9), 1e-6, 0, `row ${r}`);
    });
  });

  it('signals move and mirror along their length', () => {
    const y = rowsOf(run(shift({ x: 3, value: 0 }), x, [30, 2], { inPlace }), size);
    const z = rowsOf(run(flip({ horizontal: true }), x, [30, 2], { inPlace }), size);
    rowsOf(x, size).forEach((row, r) => {
      const right = Math.floor(twin.draw(4 * r, own(3)) * 7) - 3;
      assert.deepEqual(y[r], Float32Array.from(twin.move(row, [1, 30, 2], {}, 0, right, 0)));
      const horizontal = twin.draw(4 * r, own(3)) < 0.5;
      assert.deepEqual(z[r], Float32Array.from(twin.move(row, [1, 30, 2], { horizontal }, 0, 0)));
    });
  });
});
