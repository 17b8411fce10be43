import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { optimizers, type Slots } from '../reference/optimizers.ts';
import { normal, uniform, word } from '../reference/philox.ts';
import { Bench, flavours, noise, within } from './harness.ts';

const seed = 2 ** 33 + 12345;
const [low, high] = [seed >>> 0, Math.floor(seed / 2 ** 32)];

for (const flavour of flavours) {
  describe(`random numbers, ${flavour}`, () => {
    it('words are those of the twin, from any place on', () => {
      const bench = new Bench(flavour);
      const out = bench.put(new Float32Array(160));
      bench.kernels.randomWords(out, 32, 160, 7, 0x40000003, low, high);
      const words = new Uint32Array(bench.memory.buffer, out, 160);
      words.forEach((w, i) => {
        assert.equal(w, word(32 + i, 7, 0x40000003, seed), `word ${i}`);
      });
      bench.checkGuards();
    });

    it('normal noise is the quantile of the twin', () => {
      for (const n of [1, 3, 17, 2000]) {
        const bench = new Bench(flavour);
        const x = noise(n, 3);
        const [px, py] = [bench.put(x, 4), bench.put(new Float32Array(n), 8)];
        bench.kernels.addNormal(py, px, n, 0.5, -Infinity, Infinity, 0, bench.scratch, 3, 9, low, high);
        within(
          bench.get(py, n),
          x.map((v, i) => v + 0.5 * normal(i, 3, 9, seed)),
          1e-6,
          2e-6,
          `n ${n}`,
        );
        bench.kernels.addNormal(py, px, n, 0.5, 0, 1, 0, bench.scratch, 3, 9, low, high);
        assert.ok(bench.get(py, n).every((v) => v >= 0 && v <= 1));
      }
    });

    it('a million normal numbers have the moments of the normal distribution, and its tails', () => {
      const n = 250_000;
      const bench = new Bench(flavour);
      const [px, py] = [bench.put(new Float32Array(n)), bench.put(new Float32Array(n))];
      const sums = [0, 0, 0, 0];
      let tail = 0;
      for (let step = 0; step < 4; step++) {
        bench.kernels.addNormal(py, px, n, 1, -Infinity, Infinity, 0, bench.scratch, step, 1, 1, 0);
        for (const v of bench.get(py, n)) {
          for (let k = 0; k < 4; k++) sums[k]! += v ** (k + 1);
          if (Math.abs(v) > 3) tail++;
        }
      }
      const moments = sums.map((sum) => sum / (4 * n));
      // Five standard errors of each moment.
      within(moments, [0, 1, 0, 3], 0.025, 0.02, 'moments');
      assert.ok(Math.abs(moments[0]!) < 0.005, `mean ${moments[0]}`);
      assert.ok(Math.abs(tail / 2699.8 - 1) < 0.1, `${tail} beyond three deviations, expected about 2700`);
    });

    it('dropout keeps what its uniform numbers say, and is its own backward', () => {
      for (const n of [1, 5, 18, 1000]) {
        const bench = new Bench(flavour);
        const x = noise(n, 3);
        const [px, py] = [bench.put(x, 4), bench.put(new Float32Array(n), 8)];
        bench.kernels.dropout(py, px, n, 0.3, 0, bench.scratch, 3, 9, low, high);
        const rate = Math.fround(0.3);
        const expected = x.map((v, i) => (uniform(i, 3, 9, seed) >= rate ? v / (1 - rate) : 0));
        within(bench.get(py, n), expected, 0, 2e-7, `n ${n}`);
      }
    });

    it('random kernels give a part of a batch the numbers that it has in the batch', () => {
      const [n, from] = [200, 48];
      const bench = new Bench(flavour);
      const k = bench.kernels;
      const px = bench.put(noise(n, 3));
      const random = [bench.scratch, 3, 9, low, high] as const;
      const calls = {
        dropout: (y: number, x: number, count: number, first: number) => k.dropout(y, x, count, 0.3, first, ...random),
        addUniform: (y: number, x: number, count: number, first: number) => k.addUniform(y, x, count, 2, first, ...random),
        reparameterize: (y: number, x: number, count: number, first: number) => k.reparameterize(y, x, x, count, first, ...random),
      }; // biome-ignore format: a table
      for (const [name, call] of Object.entries(calls)) {
        const [all, part] = [bench.put(new Float32Array(n)), bench.put(new Float32Array(n - from))];
        call(all, px, n, 0);
        call(part, px + from * 4, n - from, from / 16);
        assert.deepEqual(bench.get(part, n - from), bench.get(all, n).subarray(from), name);
      }
    });
  });

  describe(`updates, ${flavour}`, () => {
    for (const name of Object.keys(optimizers)) {
      it(`${name} follows its twin over 20 steps, at odd counts`, () => {
        for (const n of [1, 3, 7, 33]) {
          const bench = new Bench(flavour);
          const k = bench.kernels;
          const w = Float64Array.from(noise(n, 3));
          const slots: Slots = {};
          const zero = new Float32Array(n);
          const [pw, pg, p1, p2] = [bench.put(w, 4), bench.put(zero, 4), bench.put(zero, 8), bench.put(zero, 12)];
          for (let t = 1; t <= 20; t++) {
            const g = noise(n, 100 + t);
            new Float32Array(bench.memory.buffer, pg, n).set(g);
            optimizers[name]!(w, g, slots, t, 0.01);
            const alpha = (0.01 * Math.sqrt(1 - 0.999 ** t)) / (1 - 0.9 ** t);
            if (name === 'sgd') k.sgd(pw, pg, n, 0.01);
            else if (name === 'rmsprop') k.rmsprop(pw, pg, p1, n, 0.01, 0.9, 1e-7);
            else if (name.startsWith('adam'))
              k.adam(pw, pg, p1, p2, n, alpha, 0.1, 0.001, 1e-7, name === 'adamw' ? 1 - 0.01 * 0.004 : 1);
            else k.momentum(pw, pg, p1, n, 0.01, 0.9, name === 'nesterov' ? 1 : 0);
          }
          within(bench.get(pw, n), w, 2e-5, 2e-5, `${name} of ${n}`);
        }
      });
    }

    it('moments that nothing feeds end at zero, not in denormals; what is no number stays so', () => {
      const bench = new Bench(flavour);
      const k = bench.kernels;
      const n = 9;
      const [w, g] = [bench.put(noise(n, 1), 4), bench.put(new Float32Array(n), 4)];
      const slots = Array.from({ length: 4 }, () => bench.put(noise(n, 2).map(Math.abs), 4));
      const [m, v, speed, squares] = slots as [number, number, number, number];
      for (let t = 0; t < 1100; t++) {
        k.adam(w, g, m, v, n, 1e-3, 0.1, 0.1, 1e-7, 1);
        k.momentum(w, g, speed, n, 0.01, 0.9, 0);
        k.rmsprop(w, g, squares, n, 0.01, 0.9, 1e-7);
      }
      for (const slot of slots) assert.deepEqual([...bench.get(slot, n)], new Array(n).fill(0));
      const lost = bench.put(new Float32Array(n).fill(Number.NaN), 4);
      k.adam(w, lost, m, v, n, 1e-3, 0.1, 0.001, 1e-7, 1);
      k.momentum(w, lost, speed, n, 0.01, 0.9, 0);
      k.rmsprop(w, lost, squares, n, 0.01, 0.9, 1e-7);
      for (const slot of [...slots, w]) assert.ok(bench.get(slot, n).every(Number.isNaN));
    });

    it('a value that is not finite is found at each index', () => {
      const largest = (2 - 2 ** -23) * 2 ** 127;
      for (const n of [1, 2, 3, 4, 5, 11]) {
        const bench = new Bench(flavour);
        const values = new Float32Array(n).fill(largest);
        assert.ok(bench.kernels.allFinite(bench.put(values, 4), n));
        for (const other of [Number.NaN, Infinity, -Infinity])
          for (let i = 0; i < n; i++) assert.ok(!bench.kernels.allFinite(bench.put(values.with(i, other), 4), n));
      }
    });

    it('sums, penalties, scaling and clamping at odd counts', () => {
      for (const n of [1, 2, 3, 5, 7, 17, 33]) {
        const bench = new Bench(flavour);
        const k = bench.kernels;
        const [a, w] = [noise(3 * n, 3), noise(n, 4)];
        w[0] = 0;
        const [pa, pw, po] = [bench.put(a, 4), bench.put(w, 8), bench.put(new Float32Array(n).fill(1), 4)];
        const squares = w.reduce((sum, v) => sum + v * v, 0);
        const sizes = w.reduce((sum, v) => sum + Math.abs(v), 0);
        within(
          [k.sumOfSquares(pw, n), k.penalty(pw, n, 0.5, 2)],
          [squares, 0.5 * sizes + 2 * squares],
          1e-9,
          1e-6,
          'sums',
        );
        k.penaltyGradient(po, pw, n, 0.5, 2);
        within(
          bench.get(po, n),
          w.map((v) => 1 + 0.5 * Math.sign(v) + 4 * v),
          1e-6,
          1e-6,
          'penalty gradient',
        );
        k.columnSums(po, pa, 3, n);
        within(
          bench.get(po, n),
          w.map((_, i) => a[i]! + a[n + i]! + a[2 * n + i]!),
          1e-6,
          1e-6,
          'column sums',
        );
        k.clamp(po, pw, n, -0.25, 0.5);
        assert.deepEqual(
          bench.get(po, n),
          w.map((v) => Math.min(Math.max(v, -0.25), 0.5)),
        );
        k.clampBackward(po, pw, po, n, -0.25, 0.5);
        assert.deepEqual(
          bench.get(po, n),
          w.map((v) => (v > -0.25 && v < 0.5 ? v : 0)),
        );
        k.scale(po, n, 0.5);
        assert.deepEqual(
          bench.get(po, n),
          w.map((v) => (v > -0.25 && v < 0.5 ? v / 2 : 0)),
        );
      }
    });

    it('pixels are divided by 255 and rounded once, at odd counts', () => {
      for (const n of [1, 15, 16, 17, 256]) {
        const bench = new Bench(flavour);
        const out = bench.put(new Float32Array(n), 4);
        const bytes = new Uint8Array(bench.memory.buffer, 40_001, n).map((_, i) => 255 - i);
        new Uint8Array(bench.memory.buffer, 40_001, n).set(bytes);
        bench.kernels.pixelsToFloats(out, 40_001, n);
        assert.deepEqual(
          bench.get(out, n),
          Float32Array.from(bytes, (v) => v / 255),
        );
      }
    });
  });
}
