// The kernels of the exact contractive penalty against their twins.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as twin from '../reference/jacobian.ts';
import { Bench, flavours, noise, within } from './harness.ts';

const sizes = [
  [1, 1, 1],
  [3, 5, 2],
  [2, 4, 7],
  [5, 19, 6],
] as const;

for (const flavour of flavours) {
  describe(`Jacobians, ${flavour}`, () => {
    for (const shared of [true, false]) {
      it(`are scaled by the factors of codes and units, ${shared ? 'from one kernel' : 'each sample from its own values'}`, () => {
        for (const [samples, codes, n] of sizes) {
          const bench = new Bench(flavour);
          const x = noise(shared ? n * codes : n * samples * codes, 3);
          const [codeFactors, unitFactors] = [noise(samples * codes, 4), noise(samples * n, 5)];
          const factors = { x, shared, codeFactors, unitFactors, samples, codes, n };
          const count = n * samples * codes;
          const [px, pc, pu] = [bench.put(x, 4), bench.put(codeFactors, 8), bench.put(unitFactors, 4)];
          const y = bench.put(new Float32Array(count));
          bench.kernels.scaleJacobian(y, px, Number(shared), pc, pu, samples, codes, n);
          within(bench.get(y, count), twin.scaleJacobian(factors), 1e-7, 3e-7, 'y');

          const dy = noise(count, 6);
          const before = noise(x.length, 7);
          const expected = twin.scaleJacobianBackward(factors, dy);
          const [pdy, dx] = [bench.put(dy, 8), bench.put(before, 4)];
          const [dc, du] = [bench.put(new Float32Array(samples * codes)), bench.put(new Float32Array(samples * n))];
          const backward = (to: number): number =>
            bench.kernels.scaleJacobianBackward(to, pdy, px, Number(shared), pc, dc, pu, du, samples, codes, n);
          const total = backward(dx);
          within([total], [expected.total], 1e-5, 1e-5, 'total');
          within(bench.get(dc, samples * codes), expected.codeFactors, 3e-6, 3e-6, 'gradients by the factors of codes');
          within(bench.get(du, samples * n), expected.unitFactors, 3e-6, 3e-6, 'gradients by the factors of units');
          const byX = shared ? expected.x.map((value, i) => value + before[i]!) : expected.x;
          within(bench.get(dx, x.length), byX, 3e-6, 3e-6, 'gradients by x');
          if (shared) continue;
          assert.equal(backward(pdy), total, 'in place');
          assert.deepEqual(bench.get(pdy, x.length), bench.get(dx, x.length), 'in place');
        }
      });
    }

    it('panels of the upper triangle become a symmetric matrix', () => {
      for (const n of [1, 2, 5, 9]) {
        const matrix = Float32Array.from({ length: n * n }, (_, at) => {
          const [i, j] = [Math.floor(at / n), at % n];
          return Math.min(i, j) * 100 + Math.max(i, j);
        });
        for (const height of [1, 2, 4, 9]) {
          const panels: number[] = [];
          for (let i = 0; i < n; i++)
            panels.push(...matrix.subarray(i * n + Math.floor(i / height) * height, (i + 1) * n));
          const bench = new Bench(flavour);
          const y = bench.put(new Float32Array(n * n), 4);
          bench.kernels.joinPanels(y, bench.put(panels, 4), n, height);
          assert.deepEqual(bench.get(y, n * n), matrix);
        }
      }
    });
  });
}
