import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bounded as mode } from '../../src/codec/modes/bounded/mode.ts';
import { noise } from '../kernels/harness.ts';
import { type Coded, decodeBounded } from '../reference/bounded.ts';
import { atOnce, modelOf } from './modes.ts';

const bounded = atOnce(mode);

const shapes = [[24], [6, 3], [5, 4, 2]];
const bits = (values: ArrayLike<number>): Uint32Array => new Uint32Array(Float32Array.from(values).buffer);
const strange = [Number.NaN, Infinity, -Infinity, -0, 1e-45, -1e-45, 1e-38, 3.4e38, -3.4e38];

/** Samples that two values determine up to noise. */
function alike(rows: number, size: number, noiseLevel: number, seed: number): Float32Array {
  const random = noise(rows * size + 2 * rows, seed);
  return Float32Array.from({ length: rows * size }, (_, i) => {
    const row = Math.floor(i / size);
    const position = i % size;
    const [a, b] = [random[rows * size + 2 * row]!, random[rows * size + 2 * row + 1]!];
    return a * Math.sin(position * position) + b * Math.cos(position * 5) + noiseLevel * random[i]!;
  });
}

/** Encodes x, and decodes it with the coder and with the reference decoder, which must agree. */
async function roundTrip(shape: readonly number[], first: Float32Array, x: Float32Array, own: number, bound: number) {
  const model = await modelOf(mode, shape);
  const tables = bounded.calibrate(model, first, { maxError: own });
  const coder = bounded.coder(model, tables);
  const rows = x.length / shape.reduce((a, b) => a * b, 1);
  const payload = coder.encode(x, rows, bound);
  const y = coder.decode(payload, rows, bound) as Float32Array;
  const coded: Coded = { shape, latent: 2, encode: (v) => model.encode(v), decode: (z) => model.decode(z) };
  assert.deepEqual(bits(y), bits(decodeBounded(coded, tables, payload, rows, bound)), `${shape}, flags ${payload[0]}`);
  return { y, payload, model, tables };
}

function checkBound(x: Float32Array, y: Float32Array, bound: number, name: string): void {
  assert.equal(y.length, x.length, name);
  const far = x.findIndex((v, i) => {
    const exact = !Number.isFinite(v) || Object.is(v, -0);
    return exact ? bits([v])[0] !== bits([y[i]!])[0] : !(Math.abs(v - y[i]!) <= bound);
  });
  assert.equal(far, -1, `${name}: ${x[far]} became ${y[far]}`);
}

describe('the bounded mode', () => {
  it('keeps the bound, and agrees with the reference decoder, for all shapes, at the bound of calibration and at others', async () => {
    for (const shape of shapes) {
      const size = shape.reduce((a, b) => a * b, 1);
      for (const [own, bound] of [
        [0.02, 0.02],
        [0.02, 0.005],
        [1e-5, 0.4],
      ] as const) {
        const x = alike(9, size, 0.1, 7);
        const { y } = await roundTrip(shape, alike(6, size, 0.1, 5), x, own, bound);
        checkBound(x, y, bound, `${shape} at ${bound}`);
      }
    }
  });

  it('agrees with the reference decoder at the ends of the grid, where predictions overflow 32 bits', async () => {
    const far = 2 ** 24 * 0.9997;
    for (const shape of shapes)
      for (const bound of [0.5, 2]) {
        const x = noise(
          shape.reduce((a, b) => a * b, 20),
          3,
        ).map((v) => (v > 0 ? far : -far) * bound);
        const { y } = await roundTrip(shape, x.slice(0, x.length / 10), x, bound, bound);
        checkBound(x, y, bound, `${shape} at ${bound}`);
      }
  });

  it('calibrates on the range of the finite values', async () => {
    const model = await modelOf(mode, [24]);
    const x = alike(6, 24, 0.1, 5);
    const range = x.reduce((a, b) => Math.max(a, b)) - x.reduce((a, b) => Math.min(a, b));
    const withInfinities = Float32Array.of(
      ...x,
      ...new Float32Array(24).fill(Infinity),
      ...new Float32Array(24).fill(-Infinity),
    );
    const boundOf = (tables: Uint8Array): number => new DataView(tables.buffer).getFloat64(0, true);
    assert.equal(boundOf(bounded.calibrate(model, withInfinities, { relativeError: 0.01 })), 0.01 * range);
    assert.equal(boundOf(bounded.calibrate(model, withInfinities, { psnr: 40 })), 0.01 * range);
  });

  it('uses the model where its prediction saves more bytes than its code takes', async () => {
    const model = await modelOf(mode, [40]);
    // Decoded random codes, with a little noise.
    const z = noise(800, 4).map((v) => 9 * v);
    const random = noise(400 * 40, 6);
    const x = model.decode(z).map((v, i) => v + 0.01 * random[i]!);
    const { y, payload } = await roundTrip([40], x.slice(0, 200 * 40), x.slice(200 * 40, 260 * 40), 0.02, 0.02);
    checkBound(x.slice(200 * 40, 260 * 40), y, 0.02, 'samples that the model predicts');
    assert.ok(payload[0]! & 2, 'the block does not use the model');
    const { payload: other } = await roundTrip([40], x.slice(0, 40), noise(40 * 60, 3), 0.02, 0.02);
    assert.ok(!(other[0]! & 2), 'a block of noise uses the model');
  });

  it('keeps NaN, infinities, -0 and extreme values exactly, and constants in few bytes', async () => {
    const random = noise(600, 8);
    const mixed = Float32Array.from(random, (v, i) => (v > 0.6 ? strange[i % strange.length]! : v));
    for (const bound of [1e-45, 1e-4, 1, 1e38]) {
      const { y } = await roundTrip([24], mixed.slice(0, 120), mixed, bound, bound);
      checkBound(mixed, y, bound, `strange at ${bound}`);
    }
    for (const value of [...strange, 0, 0.7, 1e10]) {
      const x = new Float32Array(24 * 100).fill(value);
      const { y, payload } = await roundTrip([24], x.slice(0, 24), x, 1e-3, 1e-3);
      checkBound(x, y, 1e-3, `constant ${value}`);
      assert.ok(payload.length < 100, `${value} takes ${payload.length} bytes`);
    }
  });

  it('stores random bit patterns with one more byte', async () => {
    const x = new Float32Array(Uint32Array.from(noise(240, 2), (v) => (v + 1) * 2 ** 31).buffer);
    const { y, payload } = await roundTrip([24], x, x, 1e-12, 1e-12);
    checkBound(x, y, 1e-12, 'bit patterns');
    assert.ok(payload.length <= 4 * x.length + 1);
  });

  it('decodes any bytes to values or a FormatError', async () => {
    const x = alike(30, 24, 0.1, 2);
    const { payload, model, tables } = await roundTrip([24], x.slice(0, 240), x, 0.01, 0.01);
    const coder = bounded.coder(model, tables);
    const refused = (use: () => unknown): boolean => {
      try {
        use();
        return false;
      } catch (error) {
        assert.ok((error as Error).name === 'FormatError', String(error));
        return true;
      }
    };
    for (let i = 0; i < payload.length; i += 40)
      assert.ok(
        refused(() => coder.decode(payload.slice(0, i), 30, 0.01)),
        `${i} bytes`,
      );
    assert.ok(refused(() => coder.decode(new Uint8Array([...payload, 1, 2, 3, 4, 5]), 30, 0.01)));
    for (let i = 0; i < payload.length; i++) {
      const bent = payload.slice();
      bent[i]! ^= 1 << (i % 8);
      refused(() => assert.equal(coder.decode(bent, 30, 0.01).length, x.length));
    }
    assert.ok(refused(() => bounded.coder(model, tables.slice(0, 20))));
    // The samples in the tables are decoded with the first block.
    assert.ok(refused(() => bounded.coder(model, tables.slice(0, -9)).decode(payload, 30, 0.01)));
    const many = tables.slice();
    new DataView(many.buffer).setUint32(16, 2 ** 31, true);
    assert.ok(refused(() => bounded.coder(model, many)));
    for (let i = 0; i < tables.length; i++) {
      const bent = tables.slice();
      bent[i]! ^= 1 << (i % 8);
      refused(() => bounded.coder(model, bent).decode(payload, 30, 0.01));
    }
  });
});
