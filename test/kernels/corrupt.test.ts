import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as twin from '../reference/corruptions.ts';
import { Bench, flavours, noise, within } from './harness.ts';

const seed = 2 ** 33 + 12345;
const [low, high] = [seed >>> 0, Math.floor(seed / 2 ** 32)];
const words = { step: 3, stream: 9, seed };

/** |measured - expected| within five standard errors of a share of n. */
function share(measured: number, expected: number, n: number, name: string): void {
  const bound = 5 * Math.sqrt((expected * (1 - expected)) / n);
  assert.ok(Math.abs(measured - expected) <= bound, `${name}: ${measured}, expected ${expected} ± ${bound}`);
}

for (const flavour of flavours) {
  describe(`corruptions, ${flavour}`, () => {
    it('what is drawn for a sample is the number of the twin', () => {
      const { kernels, scratch } = new Bench(flavour);
      for (const i of [0, 1, 3, 4, 15, 16, 37, 4 * 2 ** 20 + 3])
        assert.equal(kernels.uniformAt(i, scratch, 3, 9, low, high), twin.draw(i, words));
    });

    it('values are replaced where the twin replaces them, at odd counts, in place or not, from any group on', () => {
      for (const n of [1, 3, 17, 500]) {
        for (const first of [0, 5]) {
          const bench = new Bench(flavour);
          const x = noise(n, 3);
          const [px, py] = [bench.put(x, 4), bench.put(new Float32Array(n), 8)];
          const expected = Float32Array.from(twin.replace(x, Math.fround(0.3), -2, 2, { ...words, first }));
          for (const to of [py, px]) {
            bench.kernels.saltAndPepper(to, px, n, 0.3, -2, 2, first, bench.scratch, 3, 9, low, high);
            assert.deepEqual(bench.get(to, n), expected);
          }
        }
      }
    });

    it('a block that begins with a later group is the end of the longer one', () => {
      const bench = new Bench(flavour);
      const [px, py, pz] = [320, 320, 240].map((n) => bench.put(new Float32Array(n).fill(0.7))) as [
        number,
        number,
        number,
      ];
      const { kernels: k, scratch } = bench;
      const runs: ((y: number, n: number, first: number) => void)[] = [
        (y, n, first) => k.saltAndPepper(y, px, n, 0.5, 0, 1, first, scratch, 3, 9, low, high),
        (y, n, first) => k.poisson(y, px, n, 9, first, scratch, 3, 9, low, high),
        (y, n, first) => k.addNormal(y, px, n, 1, -9, 9, first, scratch, 3, 9, low, high),
      ];
      for (const run of runs) {
        run(py, 320, 2);
        run(pz, 240, 7);
        assert.deepEqual(bench.get(pz, 240), bench.get(py, 320).slice(80));
      }
    });

    it('rates are met, one half each way, and no two steps, streams, seeds or neighbours know of one another', () => {
      const n = 200_000;
      const bench = new Bench(flavour);
      const [px, py] = [bench.put(new Float32Array(n)), bench.put(new Float32Array(n))];
      for (const rate of [0, 0.01, 0.3, 0.9]) {
        const run = (step: number, stream: number, seedLow: number, seedHigh: number): Float32Array => {
          bench.kernels.saltAndPepper(py, px, n, rate, -1, 1, 0, bench.scratch, step, stream, seedLow, seedHigh);
          return bench.get(py, n);
        };
        const a = run(3, 9, 5, 6);
        assert.deepEqual(run(3, 9, 5, 6), a, 'the same again');
        share(a.filter((v) => v < 0).length / n, rate / 2, n, `low at ${rate}`);
        share(a.filter((v) => v > 0).length / n, rate / 2, n, `high at ${rate}`);
        if (rate === 0) continue;
        const others = [
          run(4, 9, 5, 6),
          run(3, 10, 5, 6),
          run(3, 9, 6, 6),
          run(3, 9, 5, 7),
          a.map((_, i) => a[(i + 1) % n]!),
        ];
        for (const b of others) {
          const both = a.filter((v, i) => v !== 0 && b[i] !== 0).length;
          share(both / n, rate * rate, n, `both at ${rate}`);
        }
      }
    });

    it('Poisson counts are the quantiles of their words: within the stated shares, and off by one', () => {
      const n = 100_000;
      const bench = new Bench(flavour);
      const [px, py] = [bench.put(new Float32Array(n)), bench.put(new Float32Array(n))];
      const pw = bench.put(new Float32Array(n));
      let [few, fewOff] = [0, 0];
      for (const m of [0, 0.01, 0.3, 1, 3, 7.5, 12, 15.99, 16, 17, 20, 40, 300, 690]) {
        const mean = Math.fround(m);
        new Float32Array(bench.memory.buffer, px, n).fill(mean);
        bench.kernels.poisson(py, px, n, 1, 0, bench.scratch, 3, 9, low, high);
        bench.kernels.randomWords(pw, 0, n, 3, 9, low, high);
        const y = bench.get(py, n);
        const bits = new Uint32Array(bench.memory.buffer, pw, n);
        let off = 0;
        // Words in order, so that the quantile of the twin is asked for once a count.
        const order = Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) => bits[a]! - bits[b]!);
        let [k, p, total] = [0, Math.exp(-mean), Math.exp(-mean)];
        for (const i of order) {
          while (twin.openUniform(bits[i]!) > total) {
            k++;
            p *= mean / k;
            total += p;
          }
          if (y[i] === k) continue;
          off++;
          assert.ok(Math.abs(y[i]! - k) <= (m < 16 ? 2 : 1), `${y[i]} of a mean of ${m}, expected ${k}`);
        }
        if (m < 16) [few, fewOff] = [few + n, fewOff + off];
        else assert.ok(off / n < 4e-4, `${off} of ${n} off at a mean of ${m}`);
      }
      assert.ok(fewOff / few < 2e-5, `${fewOff} of ${few} off at means below 16`);
    });

    it('Poisson counts at odd counts are those of the twin; below 0 is 0; both kinds of mean side by side', () => {
      for (const n of [1, 2, 5, 18, 301]) {
        const bench = new Bench(flavour);
        const x = noise(n, 3).map((v, i) => (i % 3 ? 8 * v : v));
        const [px, py, pw] = [bench.put(x, 4), bench.put(new Float32Array(n), 8), bench.put(new Float32Array(320))];
        bench.kernels.poisson(py, px, n, 10, 2, bench.scratch, 3, 9, low, high);
        bench.kernels.randomWords(pw, 32, 304, 3, 9, low, high);
        const bits = new Uint32Array(bench.memory.buffer, pw, n);
        const expected = x.map(
          (v, i) => twin.poissonQuantile(twin.openUniform(bits[i]!), Math.fround(Math.max(v, 0) * 10)) / 10,
        );
        assert.deepEqual(bench.get(py, n), expected);
      }
    });

    it('Poisson counts have their mean and variance at every size, and are finite far beyond', () => {
      const n = 400_000;
      const bench = new Bench(flavour);
      const [px, py] = [bench.put(new Float32Array(n).fill(0.5)), bench.put(new Float32Array(n))];
      for (const m of [0.02, 0.7, 5, 15.9, 16, 25, 100, 1e4, 1e6]) {
        const peak = 2 * m;
        bench.kernels.poisson(py, px, n, peak, 0, bench.scratch, 5, 9, low, high);
        const y = bench.get(py, n);
        const mean = y.reduce((sum, v) => sum + v, 0) / n;
        const variance = y.reduce((sum, v) => sum + (v - mean) ** 2, 0) / n;
        // The fourth central moment of a Poisson variable is m + 3m².
        const [error, spread] = [Math.sqrt(m / n) / peak, Math.sqrt((m + 2 * m * m) / n) / peak ** 2];
        assert.ok(Math.abs(mean - 0.5) < 5 * error, `mean ${mean} at ${m}`);
        assert.ok(Math.abs(variance - m / peak ** 2) < 5 * spread, `variance ${variance} at ${m}`);
      }
      new Float32Array(bench.memory.buffer, px, 4).set([3e30, 1e-40, 0, -0]);
      bench.kernels.poisson(py, px, 4, 1, 0, bench.scratch, 5, 9, low, high);
      within(bench.get(py, 4), [3e30, 0, 0, 0], 0, 1e-6, 'ends');
    });

    it('a block is filled line by line, and nothing else', () => {
      const bench = new Bench(flavour);
      const x = noise(60, 3);
      const p = bench.put(x);
      bench.kernels.fillRuns(p + 4 * 13, 3, 12, 5, 7);
      const inside = (i: number): boolean => i >= 12 && i < 48 && i % 12 >= 1 && i % 12 < 6;
      assert.deepEqual(
        bench.get(p, 60),
        x.map((v, i) => (inside(i) ? 7 : v)),
      );
    });

    it('samples move and mirror as the twin, whatever comes in from outside', () => {
      for (const size of [[1, 1, 1], [1, 7, 2], [5, 3, 1], [4, 6, 3]] as [number, number, number][]) {
        const [h, w, c] = size;
        const x = noise(h * w * c, 3);
        for (const flips of [0, 1, 2, 3]) {
          for (const [down, right] of [[0, 0], [1, -2], [-3, 2], [h, 0], [0, -w]] as [number, number][]) {
            for (const value of [undefined, 0.5]) {
              const bench = new Bench(flavour);
              const [p, aside] = [bench.put(x, 4), bench.put(x.map(() => 9), 8)]; // biome-ignore format: a pair
              bench.kernels.shiftFlip(p, aside, h, w, c, flips, down, right, value ?? Number.NaN);
              const expected = twin.move(x, size, { horizontal: flips % 2 > 0, vertical: flips > 1 }, down, right, value);
              assert.deepEqual(bench.get(p, x.length), Float32Array.from(expected), `${size} ${flips} ${down} ${right}`);
            }
          }
        }
      } // biome-ignore format: tables
    });

    it('contrast and brightness are those of the twin, at odd counts', () => {
      for (const n of [1, 2, 7, 33, 784]) {
        const bench = new Bench(flavour);
        const x = noise(n, 3);
        const p = bench.put(x, 4);
        bench.kernels.brightnessContrast(p, n, 1.25, -0.1, -Infinity, Infinity);
        within(bench.get(p, n), twin.stretch(x, 1.25, -0.1), 3e-7, 0, `n ${n}`);
        bench.kernels.brightnessContrast(p, n, 0.8, 0.4, 0, 1);
        const twice = twin.stretch(twin.stretch(x, 1.25, -0.1), 0.8, 0.4, 0, 1);
        within(bench.get(p, n), twice, 6e-7, 0, `clipped, n ${n}`);
      }
    });
  });
}
