import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Block, type CoderState, code, initialState } from '../reference/residual.ts';
import { noise } from './harness.ts';
import { FloatCoder as Coder } from './residual-coders.ts';

const bitsOf = (values: Float32Array): Uint32Array => new Uint32Array(values.slice().buffer);

/** Curves with noise, columns alike, and a jump now and then. */
function signal(lines: number, row: number, channels: number, seed: number): Float32Array {
  const random = noise(2 * lines * row, seed);
  return Float32Array.from({ length: lines * row }, (_, i) => {
    const column = Math.floor((i % row) / channels);
    const jump = random[lines * row + i]! > 0.98 ? 40 : 0;
    return Math.fround((column * (40 - column)) / 40 + (i % channels) * 3 + 0.3 * random[i]! + jump);
  });
}

const strange = [Number.NaN, Infinity, -Infinity, -0, 0, 1e-45, -1e-45, 3.4e38, -3.4e38, 1e30, 1e-30, 0.5];
const shapes = [
  { plane: true, lines: 9, width: 40, channels: 1 },
  { plane: true, lines: 40, width: 9, channels: 3 },
  { plane: true, lines: 1, width: 1, channels: 1 },
  { plane: true, lines: 60, width: 1, channels: 2 },
  { plane: false, lines: 1, width: 300, channels: 1 },
  { plane: false, lines: 1, width: 40, channels: 13 },
  { plane: false, lines: 1, width: 5, channels: 70 },
];

describe('residuals', () => {
  it('are the bytes of the twin, block after block, and come back within the bound', () => {
    for (const shape of shapes) {
      for (const bound of [0.01, 0.37, 40]) {
        for (const guessed of [false, true]) {
          const { lines, width, channels } = shape;
          const row = width * channels;
          const unit = bound / 32;
          const [there, back] = [new Coder(row), new Coder(row)];
          const [twin, reader] = [initialState(), initialState()] as [CoderState, CoderState];
          for (const seed of [1, 2]) {
            const x = signal(lines, row, channels, seed);
            const modelPrediction = guessed
              ? Array.from(x, (v, i) => Math.floor(v / unit + 50 * Math.sin(i)))
              : undefined;
            const block = { ...shape, unit, bound: bound * 1.001, escapes: seed === 2, modelPrediction };
            const name = JSON.stringify({ ...shape, bound, guessed, seed });
            const { used, bytes } = there.run(block, x);
            assert.deepEqual(bytes, code(twin, block, x), name);
            assert.equal(used, bytes.length, name);
            const y = back.run(block, bytes);
            assert.ok(y.used >= used && y.used <= used + 4, name);
            assert.deepEqual(bitsOf(y.values), bitsOf(code(reader, block, bytes) as Float32Array), name);
            const far = x.findIndex((v, i) => !(Math.abs(v - y.values[i]!) <= block.bound));
            assert.equal(far, -1, name);
          }
        }
      }
    }
  });

  it('keep what is off the grid bit for bit, as the twin does, and say so where they may not', () => {
    const random = noise(400, 5);
    const x = Float32Array.from(random, (v, i) => (v > 0.5 ? strange[i % strange.length]! : v));
    for (const bound of [1e-40, 1e-6, 0.1, 1e20, 1e38]) {
      const block: Block = { plane: true, lines: 20, width: 20, channels: 1, unit: bound / 32, bound, escapes: true };
      const { bytes } = new Coder(20).run(block, x);
      assert.deepEqual(bytes, code(initialState(), block, x), `bound ${bound}`);
      const { values } = new Coder(20).run(block, bytes);
      assert.deepEqual(bitsOf(values), bitsOf(code(initialState(), block, bytes) as Float32Array), `bound ${bound}`);
      x.forEach((v, i) => {
        const same = bitsOf(x)[i] === bitsOf(values)[i];
        const near = Number.isFinite(v) && !Object.is(v, -0) && Math.abs(v - values[i]!) <= bound;
        assert.ok(same || near, `bound ${bound} at ${i}: ${v} became ${values[i]}`);
      });
      assert.equal(new Coder(20).run({ ...block, escapes: false }, x).used, -1);
    }
  });

  it('a bound near the spacing of floats is kept, by an escape where no step of the grid will do', () => {
    const block = { plane: false, lines: 1, width: 1, channels: 1, escapes: true };
    for (const x of [1 + 2 ** -23, 1, 1 - 2 ** -24, 2 ** 24 + 2, 3e38, -1e-40]) {
      for (const share of [1, 0.5, 2 ** -23, 2 ** -24, 2 ** -27]) {
        const bound = Math.abs(x) * share;
        const one: Block = { ...block, unit: (bound * 4095) / 131072, bound };
        const { bytes } = new Coder(1).run(one, Float32Array.of(x));
        const y = new Coder(1).run(one, bytes).values[0]!;
        assert.ok(Math.abs(Math.fround(x) - y) <= bound, `${x} within ${bound}: ${y}`);
      }
    }
  });

  it('bytes that nobody wrote end in values or in a refusal, the same as the twin’s', () => {
    const block: Block = { plane: true, lines: 5, width: 8, channels: 1, unit: 0.01, bound: 1, escapes: true };
    for (let seed = 0; seed < 40; seed++) {
      const bytes = Uint8Array.from(noise(seed * 3, seed + 1), (v) => (seed % 2 ? 255 * v * v : 128 + 127 * v));
      const { used, values } = new Coder(8).run(block, bytes);
      if (used === -3) continue;
      assert.ok(used >= 4);
      assert.deepEqual(bitsOf(values), bitsOf(code(initialState(), block, bytes) as Float32Array), `seed ${seed}`);
    }
  });

  it('a stream without room is refused, not written', () => {
    const coder = new Coder(64);
    const x = noise(64, 9);
    const { bench } = coder;
    const [px, m, r] = [x, x, x].map((values) => bench.put(values)) as [number, number, number];
    const stream = bench.put(new Float32Array(40));
    const used = bench.kernels.codeResiduals(
      coder.state,
      px,
      0,
      m,
      r,
      1,
      64,
      1,
      0,
      1e-9,
      32e-9,
      stream,
      stream + 160,
      0,
      1,
      0,
      0,
    );
    assert.equal(used, -2);
    bench.checkGuards();
  });
});
