// One time step of a gated recurrent unit, each kernel against its formula in float64. Gradients of the whole layer are
// compared with central differences in test/engine.
import { describe, it } from 'node:test';
import { Bench, noise, within } from './harness.ts';

const [rows, steps, step] = [3, 2, 1];
const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));

describe('kernels of gru, against float64', () => {
  for (const n of [1, 3, 4, 5, 8, 17]) {
    /** Values of z (0), r (1) or the candidate (2) of gates[rows][steps][3][n] at the step that is tested. */
    const part = (gates: ArrayLike<number>, which: number): number[] =>
      Array.from(
        { length: rows * n },
        (_, i) => gates[((Math.floor(i / n) * steps + step) * 3 + which) * n + (i % n)]!,
      );
    /** Values of z (0) or r (1) of products[rows][2][n]. */
    const product = (products: ArrayLike<number>, which: number): number[] =>
      Array.from({ length: rows * n }, (_, i) => products[(Math.floor(i / n) * 2 + which) * n + (i % n)]!);
    const block = (seed: number): Float32Array => noise(rows * n, seed);
    const start = () => {
      const bench = new Bench('strict');
      const gates = noise(rows * steps * 3 * n, 2);
      const address = bench.put(gates);
      /** Checks the three parts of the gates, of which undefined ones and all other steps are as before. */
      const check = (...expected: (readonly number[] | undefined)[]): void => {
        const after = bench.get(address, gates.length);
        for (const which of [0, 1, 2])
          within(part(after, which), expected[which] ?? part(gates, which), 2e-7, 1e-6, `gate ${which}`);
        for (let row = 0; row < rows; row++) {
          const other = row * steps * 3 * n;
          within(after.subarray(other, other + 3 * n), gates.subarray(other, other + 3 * n), 0, 0, 'another step');
        }
      };
      return { bench, k: bench.kernels, gates, at: address + step * 3 * n * 4, check };
    };

    it(`gruGates, ${n} units`, () => {
      const { bench, k, gates, at, check } = start();
      const [products, factor] = [noise(rows * 2 * n, 3), block(4)];
      const reset = bench.put(new Float32Array(rows * n));
      k.gruGates(reset, at, bench.put(products), bench.put(factor), rows, n, steps);
      const gate = (which: number): number[] =>
        part(gates, which).map((v, i) => sigmoid(v + product(products, which)[i]!));
      check(gate(0), gate(1), undefined);
      within(bench.get(reset, rows * n), gate(1).map((r, i) => r * factor[i]!), 2e-7, 1e-6, 'reset'); // biome-ignore format: a line
    });

    it(`gruState, ${n} units, also in place`, () => {
      for (const inPlace of [false, true]) {
        const { bench, k, gates, at, check } = start();
        const [h, inner] = [block(5), block(6)];
        const from = bench.put(h);
        const next = inPlace ? from : bench.put(new Float32Array(rows * n));
        k.gruState(next, from, at, bench.put(inner), rows, n, steps);
        const candidate = part(gates, 2).map((v, i) => Math.tanh(v + inner[i]!));
        check(undefined, undefined, candidate);
        const expected = part(gates, 0).map((z, i) => z * h[i]! + (1 - z) * candidate[i]!);
        within(bench.get(next, rows * n), expected, 4e-7, 1e-6, 'next');
      }
    });

    it(`gruStateBackward, ${n} units, with and without a gradient of the output`, () => {
      for (const returned of [false, true]) {
        const { bench, k, gates, at, check } = start();
        const [h, dNext, dy] = [block(7), block(8), noise(rows * steps * n, 9)];
        const [state, inner] = [bench.put(dNext), bench.put(new Float32Array(rows * n))];
        const output = returned ? bench.put(dy) + step * n * 4 : 0;
        k.gruStateBackward(state, inner, at, bench.put(h), output, rows, n, steps);
        const d = Array.from(dNext, (v, i) =>
          returned ? v + dy[(Math.floor(i / n) * steps + step) * n + (i % n)]! : v,
        );
        const [z, candidate] = [part(gates, 0), part(gates, 2)];
        const dz = d.map((v, i) => v * (h[i]! - candidate[i]!) * z[i]! * (1 - z[i]!));
        const dCandidate = d.map((v, i) => v * (1 - z[i]!) * (1 - candidate[i]! ** 2));
        check(dz, undefined, dCandidate);
        within(bench.get(inner, rows * n), dCandidate, 4e-7, 1e-6, 'dInner');
        within(bench.get(state, rows * n), d.map((v, i) => v * z[i]!), 4e-7, 1e-6, 'dNext'); // biome-ignore format: a line
      }
    });

    it(`gruGatesBackward, ${n} units, also in place`, () => {
      for (const inPlace of [false, true]) {
        const { bench, k, gates, at, check } = start();
        const [dReset, factor] = [block(10), block(11)];
        const [products, reset] = [bench.put(new Float32Array(rows * 2 * n)), bench.put(dReset)];
        const dFactor = inPlace ? reset : bench.put(new Float32Array(rows * n));
        k.gruGatesBackward(dFactor, reset, at, products, bench.put(factor), rows, n, steps);
        const r = part(gates, 1);
        const dr = r.map((v, i) => dReset[i]! * factor[i]! * v * (1 - v));
        check(undefined, dr, undefined);
        const gradients = bench.get(products, rows * 2 * n);
        within(product(gradients, 0), part(gates, 0), 0, 0, 'gradient of the product of z');
        within(product(gradients, 1), dr, 4e-7, 1e-6, 'gradient of the product of r');
        within(bench.get(dFactor, rows * n), r.map((v, i) => dReset[i]! * v), 4e-7, 1e-6, 'dFactor'); // biome-ignore format: a line
      }
    });
  }
});
