import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lossless as mode } from '../../src/codec/modes/lossless/mode.ts';
import { noise } from '../kernels/harness.ts';
import { decodeLossless } from '../reference/bounded.ts';
import { atOnce, modelOf } from './modes.ts';

const lossless = atOnce(mode, { pixels: true });

/** Pictures of gray discs on black. */
function discs(rows: number, height: number, width: number, channels: number, seed: number): Uint8Array {
  const random = noise(3 * rows, seed);
  return Uint8Array.from({ length: rows * height * width * channels }, (_, i) => {
    const pixel = Math.floor(i / channels);
    const row = Math.floor(pixel / height / width);
    const y = Math.floor(pixel / width) % height;
    const [a, b, r] = [0, 1, 2].map((k) => random[3 * row + k]!) as [number, number, number];
    const d = Math.hypot(y - height * (0.5 + a / 3), (pixel % width) - width * (0.5 + b / 3));
    return Math.max(0, 255 - (d * 60) / (1 + Math.abs(r)) - 9 * (i % channels));
  });
}

describe('the lossless mode', () => {
  it('returns every byte, and agrees with the reference decoder', async () => {
    for (const [shape, h, w, c] of [
      [[9, 8, 1], 9, 8, 1],
      [[7, 5, 3], 7, 5, 3],
      [[12, 2], 1, 12, 2],
      [[72], 9, 8, 1],
      [[1], 1, 1, 1],
    ] as const) {
      const model = await modelOf(mode, shape);
      const tables = lossless.calibrate(model, discs(12, h, w, c, 3), { lossless: true });
      const coder = lossless.coder(model, tables);
      for (const rows of [1, 10]) {
        for (const x of [
          discs(rows, h, w, c, 4),
          Uint8Array.from(noise(rows * h * w * c, 5), (v) => 128 + 127 * v),
          new Uint8Array(rows * h * w * c),
        ]) {
          const payload = coder.encode(x, rows, 0);
          assert.ok(payload.length <= x.length + 1);
          assert.deepEqual(coder.decode(payload, rows, 0), x);
          assert.deepEqual(decodeLossless(shape, tables, payload, rows), x);
        }
      }
    }
  });

  it('finds the width of pictures whose samples have one axis', async () => {
    const model = await modelOf(mode, [20 * 14]);
    const tables = lossless.calibrate(model, discs(60, 20, 14, 1, 9), { lossless: true });
    assert.equal(new DataView(tables.buffer).getUint32(0, true), 14);
  });

  it('refuses floats, and bytes that no encoder wrote', async () => {
    const model = await modelOf(mode, [9, 8, 1]);
    assert.throws(() => lossless.calibrate(model, new Float32Array(72), { lossless: true }), { name: 'TypeError' });
    const x = discs(20, 9, 8, 1, 2);
    const tables = lossless.calibrate(model, x, { lossless: true });
    const coder = lossless.coder(model, tables);
    const payload = coder.encode(x, 20, 0);
    const format = { name: 'FormatError', code: 'corrupt' };
    for (const bad of [
      payload.slice(0, 0),
      payload.slice(0, -9),
      Uint8Array.of(...payload, 1, 2, 3, 4, 5),
      Uint8Array.of(7),
    ])
      assert.throws(() => coder.decode(bad, 20, 0), format);
    const wide = tables.slice();
    wide[0] = 5;
    for (const bad of [tables.slice(0, 7), wide]) assert.throws(() => lossless.coder(model, bad), format);
    // The samples in the tables are decoded with the first block.
    assert.throws(() => lossless.coder(model, tables.slice(0, -9)).decode(payload, 20, 0), format);
  });
});
