import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Bench, flavours, noise } from './harness.ts';

const sizes = [1, 2, 3, 5, 7, 8, 9, 17, 33];
const shapes: [number, number, number][] = [
  ...sizes.flatMap((m) => sizes.flatMap((n) => [1, 4, 7, 33].map((k): [number, number, number] => [m, n, k]))),
  [32, 64, 784], [6, 16, 513], [10, 9, 1200], [12, 8, 512],
]; // biome-ignore format: a table

/** Few rows read B in strips of 6, of 16 or of 4096 / n of its rows, 32 columns at a time: sizes around these. */
const orderedShapes: [number, number, number][] = [
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((m) => [9, 31, 32, 33, 72, 512].map((n): [number, number, number] => [m, n, 40])),
  ...[1, 5, 6, 7, 8, 15, 16, 17, 33, 64, 65, 130].flatMap((k) => [1, 2, 3].flatMap((m) => [64, 300, 512].map((n): [number, number, number] => [m, n, k]))),
]; // biome-ignore format: a table

/** Every element's exact sum, and the bound that the rounding of k products and sums in a row allows. */
function product(
  a: (i: number, p: number) => number,
  b: (p: number, j: number) => number,
  start: (i: number, j: number) => number,
  m: number,
  n: number,
  k: number,
) {
  const c = new Float64Array(m * n);
  const bound = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = start(i, j);
      let size = Math.abs(sum);
      for (let p = 0; p < k; p++) {
        sum += a(i, p) * b(p, j);
        size += Math.abs(a(i, p) * b(p, j));
      }
      c[i * n + j] = sum;
      bound[i * n + j] = (k + 2) * 2 ** -24 * size;
    }
  }
  return { c, bound };
}

for (const flavour of flavours) {
  describe(`gemm, ${flavour}`, () => {
    for (const form of ['gemm', 'gemmNT', 'gemmTN'] as const) {
      it(`${form} is the product at odd sizes, within the bound of its rounding`, () => {
        for (const [m, n, k] of shapes) {
          for (const mode of form === 'gemm' ? ['plain', 'bias', 'add'] : ['plain', 'add']) {
            const bench = new Bench(flavour);
            const [a, b, c0, bias] = [noise(m * k, 2), noise(k * n, 3), noise(m * n, 4), noise(n, 5)];
            const [pa, pb, pc, pbias] = [bench.put(a, 4), bench.put(b, 8), bench.put(c0, 4), bench.put(bias, 12)];
            const add = mode === 'add' ? 1 : 0;
            if (form === 'gemm')
              bench.kernels.gemm(pc, pa, pb, mode === 'bias' ? pbias : 0, m, n, k, add, bench.scratch);
            else if (form === 'gemmNT') bench.kernels.gemmNT(pc, pa, pb, m, n, k, add, bench.scratch);
            else bench.kernels.gemmTN(pc, pa, pb, m, n, k, add, bench.scratch, m);
            const { c, bound } = product(
              (i, p) => (form === 'gemmTN' ? a[p * m + i]! : a[i * k + p]!),
              (p, j) => (form === 'gemmNT' ? b[j * k + p]! : b[p * n + j]!),
              (i, j) => (add ? c0[i * n + j]! : mode === 'bias' ? bias[j]! : 0),
              m, n, k,
            ); // biome-ignore format: a call
            bench.get(pc, m * n).forEach((v, i) => {
              assert.ok(
                Math.abs(v - c[i]!) <= bound[i]!,
                `${m}×${n}×${k} ${mode} at ${i}: expected ${c[i]} ± ${bound[i]}, got ${v}`,
              );
            });
          }
        }
      });
    }
  });
}

describe('gemm, strict', () => {
  it('gives the rows of a transposed product the same bits in every division', () => {
    for (const [m, n, k] of [[13, 9, 5], [40, 24, 300], [7, 1, 130]] as const) {
      const bench = new Bench('strict');
      const [a, b] = [bench.put(noise(k * m, 2)), bench.put(noise(k * n, 3))];
      const [all, parts] = [bench.put(new Float32Array(m * n)), bench.put(new Float32Array(m * n))];
      bench.kernels.gemmTN(all, a, b, m, n, k, 0, bench.scratch, m);
      for (const first of [0, 3, 4, m - 1]) {
        bench.kernels.gemmTN(parts, a, b, first, n, k, 0, bench.scratch, m);
        bench.kernels.gemmTN(parts + first * n * 4, a + first * 4, b, m - first, n, k, 0, bench.scratch, m);
        assert.deepEqual(bench.get(parts, m * n), bench.get(all, m * n), `${m}×${n}×${k}, divided at ${first}`);
      }
    }
  }); // biome-ignore format: a list

  it('gives a row the same bits in a batch of any size', () => {
    const [n, k] = [13, 700];
    const [a, b, bias] = [noise(40 * k, 2), noise(k * n, 3), noise(n, 4)];
    const run = (m: number): Float32Array => {
      const bench = new Bench('strict');
      const [pa, pb, pbias, pc] = [
        bench.put(a.subarray(0, m * k)),
        bench.put(b),
        bench.put(bias),
        bench.put(new Float32Array(m * n)),
      ];
      bench.kernels.gemm(pc, pa, pb, pbias, m, n, k, 0, bench.scratch);
      return bench.get(pc, m * n);
    };
    const all = run(40);
    for (const m of [1, 2, 3, 4, 5, 7, 11, 33]) assert.deepEqual(run(m), all.slice(0, m * n));
  });

  it('is multiply, round, add, round, in the order of k', () => {
    for (const [m, n, k] of orderedShapes) {
      const [a, b, c, bias] = [noise(m * k, 2), noise(k * n, 3), noise(m * n, 4), noise(n, 5)];
      for (const mode of ['plain', 'bias', 'add'] as const) {
        const bench = new Bench('strict');
        const [pa, pb, pc, pbias] = [bench.put(a, 4), bench.put(b, 8), bench.put(c, 4), bench.put(bias, 12)];
        const pointer = mode === 'bias' ? pbias : 0;
        bench.kernels.gemm(pc, pa, pb, pointer, m, n, k, mode === 'add' ? 1 : 0, bench.scratch);
        const expected = { plain: c.map(() => 0), bias: c.map((_, i) => bias[i % n]!), add: c.slice() }[mode];
        for (let i = 0; i < m; i++)
          for (let p = 0; p < k; p++)
            for (let j = 0; j < n; j++) expected[i * n + j]! += Math.fround(a[i * k + p]! * b[p * n + j]!);
        assert.deepEqual(bench.get(pc, m * n), expected, `${m}×${k}×${n}, ${mode}`);
      }
    }
  });
});
