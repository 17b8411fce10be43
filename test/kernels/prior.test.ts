// What rounded codes cost by a prior, against float64: the bits, and every gradient by central differences.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rate } from '../reference/latents.ts';
import { Bench, noise, within } from './harness.ts';

const shapes = [
  [1, 1],
  [3, 5],
  [33, 4],
  [2, 19],
] as const;

/** Centres, logarithms of scales and of shares of `components` × n, about as far from nothing as asked. */
const priorOf = (n: number, components: number, spread: number, scale: number): Float64Array =>
  Float64Array.from(noise(3 * components * n, n + 2), (v, i) => Math.fround(spread * v + (Math.floor(i / (components * n)) === 1 ? scale : 0))); // biome-ignore format: one expression

describe('rate', () => {
  it('is -log2 of the mass of a step: near, far, narrow and wide', () => {
    for (const [positions, n] of shapes)
      for (const components of [1, 2, 3, 5])
        for (const [step, scale, reach] of [
          [1, 0, 4],
          [0.25, -2, 2],
          [8, -2.5, 1.5],
          [1, 4, 100],
          [1, 6, 3],
          [0.5, -1, 8],
        ] as const) {
          const bench = new Bench('strict');
          const prior = priorOf(n, components, 0.4, scale);
          const y = Float64Array.from(noise(positions * n, 3), (v) => Math.fround(v * reach * step));
          const name = `${positions}×${n}, ${components}, ${step}, ${scale}, ${reach}`;
          const [py, pp] = [bench.put(y), bench.put(prior)];
          const args = [py, pp, positions, n, components, step] as const;
          const value = bench.kernels.logisticMixtureBits(0, 0, ...args, 0, bench.scratch);
          const bits = (): number => rate(y, prior, n, step, components);
          assert.ok(Math.abs(value - bits()) <= 3e-6 * (bits() + y.length), `${name}: ${value}, expected ${bits()}`);
          const factor = 0.3;
          const [slope, gradient] = [bench.put(y), bench.put(prior)];
          assert.equal(bench.kernels.logisticMixtureBits(slope, gradient, ...args, factor, bench.scratch), value, name);
          const differences = (values: Float64Array, h: number): number[] =>
            Array.from(values, (v, i) => {
              values[i] = v + h;
              const high = bits();
              values[i] = v - h;
              const low = bits();
              values[i] = v;
              return (factor * (high - low)) / (2 * h);
            });
          const [dy, dp] = [differences(y, 1e-4 * step), differences(prior, 1e-4)];
          const top = (list: number[]): number => list.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
          within(bench.get(slope, y.length), dy, 2e-5 * top(dy) + 1e-6, 1e-4, `${name}: by y`);
          within(bench.get(gradient, prior.length), dp, 2e-5 * top(dp) + 1e-6, 1e-4, `${name}: by the prior`);
        }
  });

  it('is a number, with a way back, for any value and any prior', () => {
    for (const scale of [-40, -3, 0, 7, 40])
      for (const share of [-50, 0, 50])
        for (const far of [0, 1e3, -1e6, 3e38]) {
          const bench = new Bench('strict');
          const n = 5;
          const prior = Float32Array.from({ length: 9 * n }, (_, i) =>
            i < 3 * n ? 0 : i < 6 * n ? scale : i < 7 * n ? share : -share,
          );
          const y = Float32Array.from({ length: n }, () => far);
          const [slope, gradient] = [bench.put(y), bench.put(prior)];
          const bits = bench.kernels.logisticMixtureBits(
            slope,
            gradient,
            bench.put(y),
            bench.put(prior),
            1,
            n,
            3,
            1,
            1,
            bench.scratch,
          );
          const name = `${scale}, ${share}, ${far}`;
          assert.ok(bits >= 0 && bits < 130 * n, `${name}: ${bits} bits`);
          const dy = bench.get(slope, n);
          assert.ok([...dy, ...bench.get(gradient, 9 * n)].every(Number.isFinite), name);
          if (far !== 0)
            assert.ok(
              dy.every((v) => Math.sign(v) === Math.sign(far)),
              `${name}: ${dy}`,
            );
        }
  });
});
