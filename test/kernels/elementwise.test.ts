import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { crossentropyOfSigmoid, lossCodes, squaredOfSigmoid } from '../../src/engine/losses.ts';
import { type Activation, activationCodes, needsInput } from '../../src/layers/activations.ts';
import * as twin from '../reference/activations.ts';
import * as lossTwin from '../reference/losses.ts';
import { Bench, flavours, noise, within } from './harness.ts';

const kinds = Object.keys(activationCodes) as Activation[];
/** Values over the whole range that matters, and the corners. */
const range = Float32Array.from([
  ...Array.from({ length: 4001 }, (_, i) => (i - 2000) / 23),
  ...Array.from({ length: 801 }, (_, i) => (i - 400) / 4e3),
  0, -0, 1e-30, -1e-30, 1e-7, -1e-7, 0.625, -0.625, 87, -87,
]); // biome-ignore format: a list
const counts = [1, 2, 3, 5, 7, 17, 33, 300];

/**
 * Bounds of the kernels: absolute, and relative to the value. elu and selu are differences of a number near 1,
 * gelu multiplies a distribution function known to 2e-7 by x.
 */
const bounds: Record<Activation, [number, number]> = {
  linear: [0, 0],
  relu: [0, 0],
  leakyRelu: [0, 1e-7],
  elu: [3e-7, 3e-7],
  selu: [6e-7, 3e-7],
  sigmoid: [1e-37, 4e-7],
  tanh: [0, 3e-7],
  softplus: [1e-37, 6e-7],
  swish: [1e-35, 5e-7],
  gelu: [4e-7, 4e-7],
  softmax: [1e-37, 2e-6],
};

for (const flavour of flavours) {
  describe(`activations, ${flavour}`, () => {
    for (const kind of kinds) {
      it(`${kind} and its gradient are within their bounds`, () => {
        const bench = new Bench(flavour);
        const n = kind === 'softmax' ? 7 : 1;
        const values = range.subarray(0, range.length - (range.length % n));
        const rows = values.length / n;
        const [absolute, relative] = bounds[kind];
        const [z, y] = [bench.put(values), bench.put(values)];
        bench.kernels.activate(y, z, rows, n, activationCodes[kind]);
        within(bench.get(y, values.length), twin.forward(kind, values, rows, n), absolute, relative, kind);
        const dy = noise(values.length, 9);
        const dz = bench.put(dy);
        bench.kernels.activateBackward(dz, dz, needsInput(kind) ? z : y, rows, n, activationCodes[kind]);
        // 1 - y² and y·(1 - y) lose digits where y is near 1: their bound is absolute.
        within(
          bench.get(dz, values.length),
          twin.backward(kind, dy, values, rows, n),
          2e-6,
          2e-6,
          `gradient of ${kind}`,
        );
      });

      it(`${kind} at odd counts touches nothing beyond its block, in place or not`, () => {
        for (const n of counts) {
          for (const shift of [0, 4, 12]) {
            const bench = new Bench(flavour);
            const values = noise(3 * n, 4);
            const [z, y] = [bench.put(values, shift), bench.put(new Float32Array(3 * n), shift)];
            bench.kernels.activate(y, z, 3, n, activationCodes[kind]);
            const apart = bench.get(y, 3 * n);
            bench.kernels.activate(z, z, 3, n, activationCodes[kind]);
            assert.deepEqual(bench.get(z, 3 * n), apart);
          }
        }
      });

      it(`${kind} keeps NaN, and is finite or itself at the ends`, () => {
        const bench = new Bench(flavour);
        const z = bench.put([Number.NaN, 3e38, -3e38, 0]);
        bench.kernels.activate(z, z, 4, 1, activationCodes[kind]);
        const [nan, high, low] = bench.get(z, 4) as unknown as [number, number, number];
        assert.ok(Number.isNaN(nan), `NaN became ${nan}`);
        assert.ok(Number.isFinite(high) || high > 3e38, `${high}`);
        assert.ok(Number.isFinite(low) || kind === 'swish' || kind === 'gelu', `${low}`);
      });
    }
  });

  describe(`normalisation, ${flavour}`, () => {
    it('a value has the same bits in any number of values, except in softmax', () => {
      for (const kind of kinds.filter((name) => name !== 'softmax')) {
        const bench = new Bench(flavour);
        const n = 47;
        const values = noise(n, 4).map((v) => 9 * v);
        const [all, alone] = [bench.put(values), bench.put(values)];
        bench.kernels.activate(all, all, 1, n, activationCodes[kind]);
        for (let i = 0; i < n; i++) bench.kernels.activate(alone + 4 * i, alone + 4 * i, 1, 1, activationCodes[kind]);
        assert.deepEqual(bench.get(all, n), bench.get(alone, n), kind);
      }
    });

    it('standardize and back, in place too, far from 0, with a deviation of 0 and without a mean', () => {
      for (const c of [1, 2, 3, 4, 5, 7, 17])
        for (const rows of [1, 3, 10]) {
          const bench = new Bench(flavour);
          const mean = noise(c, 3).map((v, i) => [v, 1e6 + 2 * v, -1e-3 * v, 1e15 * v][i % 4]!);
          const deviation = noise(c, 4).map((v, i) => [1 + 0.5 * v, 1, 1e-4, 1e15, 0][i % 5]!);
          const x = noise(rows * c, 5).map((v, i) => mean[i % c]! + v * (deviation[i % c]! || 1));
          const [px, pm, pd] = [bench.put(x, 4), bench.put(mean, 8), bench.put(deviation, 4)];
          const y = bench.put(x);
          const [m, d] = [(i: number) => mean[i % c]!, (i: number) => deviation[i % c]!];
          const go = (to: number, from: number, means: number, back: 0 | 1): Float32Array => {
            bench.kernels.standardize(to, from, means, pd, rows, c, back);
            return bench.get(to, rows * c);
          };
          const values = [...x];
          const there = values.map((v, i) => (v - m(i)) / (d(i) || 1));
          within(go(y, px, pm, 0), there, 1e-37, 1.3e-7, 'standardize');
          // In units of the largest of the terms.
          const off = (
            got: Float32Array,
            expected: (v: number, i: number) => number,
            terms: (v: number, i: number) => number,
          ) =>
            within(
              got.map((v, i) => (v - expected(values[i]!, i)) / (terms(values[i]!, i) || 1)),
              new Float32Array(rows * c),
              2e-7,
              0,
              'back',
            );
          off(
            go(y, y, pm, 1),
            (v, i) => (d(i) ? v : m(i)),
            (v, i) => Math.abs(v) + Math.abs(m(i)),
          );
          within(
            go(y, px, 0, 0),
            values.map((v, i) => v / (d(i) || 1)),
            1e-37,
            7e-8,
            'the factor alone',
          );
          within(
            go(y, px, 0, 1),
            values.map((v, i) => v * d(i)),
            1e-37,
            7e-8,
            'the factor alone, back',
          );
          off(
            go(px, px, pm, 1),
            (v, i) => v * d(i) + m(i),
            (v, i) => Math.abs(v * d(i)) + Math.abs(m(i)),
          );
        }
    });
  });

  describe(`losses, ${flavour}`, () => {
    for (const kind of lossTwin.kinds) {
      it(`${kind} and its gradient at odd counts`, () => {
        for (const n of [...counts, 1000]) {
          const bench = new Bench(flavour);
          const soft = (v: number): number => (kind === 'binaryCrossentropy' ? 0.5 + v * 0.49 : v * 3);
          const [y, t] = [noise(n, 5).map(soft), noise(n, 6).map(soft)];
          t[0] = y[0]!;
          const [py, pt, pd] = [bench.put(y, 4), bench.put(t, 8), bench.put(new Float32Array(n).fill(2), 4)];
          const code = lossCodes[kind];
          const expected = lossTwin.value(kind, y, t);
          within([bench.kernels.lossSum(py, pt, n, code) / n], [expected], 1e-9, 2e-6, 'sum');
          within(
            [bench.kernels.lossGradient(pd, py, pt, n, code, 1 / n, 0) / n],
            [expected],
            1e-9,
            2e-6,
            'sum with gradient',
          );
          const gradient = lossTwin.gradient(kind, y, t);
          within(bench.get(pd, n), gradient, 1e-7 / n, 1e-5, 'gradient');
          bench.kernels.lossGradient(pd, py, pt, n, code, 1 / n, 1);
          within(
            bench.get(pd, n),
            gradient.map((g) => 2 * g),
            2e-7 / n,
            1e-5,
            'added gradient',
          );
        }
      });
    }

    it('squares of a sigmoid have the gradient before it, in whole blocks and beyond', () => {
      for (const n of [...counts, 256, 512, 1000]) {
        const bench = new Bench(flavour);
        const [y, t] = [noise(n, 5).map((v) => 0.5 + v * 0.49), noise(n, 6)];
        const [py, pt, pd] = [bench.put(y, 4), bench.put(t, 8), bench.put(new Float32Array(n), 4)];
        const sum = bench.kernels.lossGradient(pd, py, pt, n, squaredOfSigmoid, 1 / n, 0);
        within([sum / n], [lossTwin.value('meanSquaredError', y, t)], 1e-9, 2e-6, 'sum');
        const gradient = lossTwin.gradient('meanSquaredError', y, t).map((g, i) => g * y[i]! * (1 - y[i]!));
        within(bench.get(pd, n), gradient, 1e-7 / n, 1e-5, 'gradient');
      }
    });

    it('cross-entropy stays finite at 0 and 1, and its gradient before a sigmoid is y - t', () => {
      const bench = new Bench(flavour);
      const [y, t, d] = [bench.put([0, 1, 0, 1]), bench.put([0, 1, 1, 0]), bench.put([0, 0, 0, 0])];
      const sum = bench.kernels.lossGradient(d, y, t, 4, crossentropyOfSigmoid, 1, 0);
      // The float32 nearest to 1 - 1e-7 is 1 - 1.19e-7.
      within([sum], [2 * -Math.log(1.1920929e-7) + 2 * 1e-7], 0.2, 0, 'sum');
      assert.deepEqual([...bench.get(d, 4)], [0, 0, -1, 1]);
      bench.kernels.lossGradient(d, y, t, 4, lossCodes.binaryCrossentropy, 1, 0);
      assert.deepEqual([...bench.get(d, 4)], [0, 0, 0, 0]);
    });
  });
}
