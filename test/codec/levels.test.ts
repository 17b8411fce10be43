// The bounded mode with bytes and with bounds by channel, against the reference decoder.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ValueFormat } from '../../src/codec/mode.ts';
import { bounded as mode } from '../../src/codec/modes/bounded/mode.ts';
import { noise } from '../kernels/harness.ts';
import { type Coded, decodeBounded } from '../reference/bounded.ts';
import { atOnce, modelOf } from './modes.ts';

type Values = Float32Array | Uint8Array;

/** Sines with noise, with three amplitudes in turn. */
const waves = (count: number, noiseLevel: number, seed: number): Float32Array => {
  const random = noise(count, seed);
  return Float32Array.from({ length: count }, (_, i) => Math.sin(i / 9) / (1 + (i % 3)) + noiseLevel * random[i]!);
};
const bytes = (count: number, noiseLevel: number, seed: number): Uint8Array =>
  Uint8Array.from(waves(count, noiseLevel, seed), (v) => Math.min(255, Math.max(0, 128 + 120 * v)));

/** Encodes x, and decodes it with the coder and with the reference decoder, which must agree. */
async function roundTrip(
  shape: readonly number[],
  first: Values,
  x: Values,
  kind: ValueFormat,
  own: number,
  bound: number,
) {
  const model = await modelOf(mode, shape);
  const { calibrate, coder: make } = atOnce(mode, kind);
  const tables = calibrate(model, first, { maxError: kind.bounds ?? own });
  const coder = make(model, tables);
  const rows = x.length / shape.reduce((a, b) => a * b, 1);
  const payload = coder.encode(x, rows, bound);
  const y = coder.decode(payload, rows, bound);
  const coded: Coded = {
    shape,
    latent: 2,
    encode: (v) => model.encode(v),
    decode: (z) => model.decode(z),
    pixels: kind.pixels,
    ...(kind.bounds && { bounds: kind.bounds }),
  };
  const twin = decodeBounded(coded, tables, payload, rows, bound);
  assert.equal(
    Buffer.compare(Buffer.from(y.buffer), Buffer.from(twin.slice().buffer)),
    0,
    `${shape}, flags ${payload[0]}`,
  );
  return { y, payload };
}

/** Checks that every value is within its bound, in float64. */
function checkBounds(x: Values, y: Values, bounds: readonly number[]): void {
  assert.equal(y.constructor.name, x.constructor.name);
  const far = x.findIndex((v, i) => !(Math.abs(v - y[i]!) <= bounds[i % bounds.length]! || Object.is(v, y[i])));
  assert.equal(far, -1, `value ${far}: ${x[far]} became ${y[far]}`);
}

const shapes = [[24], [6, 3], [5, 4, 2]];

describe('bytes within bounds in levels', () => {
  it('are kept, and agree with the reference decoder, at the bound of calibration and at others', async () => {
    for (const shape of shapes) {
      const size = shape.reduce((a, b) => a * b, 1);
      for (const [own, bound] of [
        [0, 0],
        [2, 2],
        [2, 2.9],
        [2, 1],
        [7, 0.3],
        [1, 40],
        [300, 1e308],
      ] as const) {
        const x = bytes(30 * size, 0.1, 7);
        const { y } = await roundTrip(shape, bytes(8 * size, 0.1, 5), x, { pixels: true }, own, bound);
        checkBounds(x, y, [bound]);
      }
    }
  });

  it('take at most one byte more than the values, for random bytes', async () => {
    const x = Uint8Array.from(noise(24 * 40, 3), (v) => 128 + 128 * v);
    const { y, payload } = await roundTrip([24], x.slice(0, 240), x, { pixels: true }, 0, 0);
    assert.deepEqual(y, x);
    assert.ok(payload.length <= x.length + 1, `${payload.length}`);
  });

  it('of ±1 and ±2 save log2(3) and log2(5) bits a value, the bits of a step', async () => {
    const x = bytes(24 * 400, 0.05, 3);
    const sizes: number[] = [];
    for (const bound of [0, 1, 2])
      sizes.push((await roundTrip([24], x.slice(0, 2400), x, { pixels: true }, bound, bound)).payload.length);
    const bits = sizes.map((size) => (8 * size) / x.length) as [number, number, number];
    assert.ok(Math.abs(bits[0] - bits[1] - Math.log2(3)) < 0.15, `${bits}`);
    assert.ok(Math.abs(bits[1] - bits[2] - Math.log2(5 / 3)) < 0.15, `${bits}`);
  });
});

describe('bounds by channel', () => {
  it('are kept, and agree with the reference decoder', async () => {
    for (const [shape, bounds] of [
      [
        [6, 3],
        [0.1, 2, 0.001],
      ],
      [
        [6, 3],
        [0, 1e-7, 1e30],
      ],
      [
        [5, 4, 2],
        [0.01, 0.3],
      ],
      [[3], [0.5, 0, 0.02]],
      [[4, 1], [0.02]],
    ] as const) {
      const size = (shape as readonly number[]).reduce((a, b) => a * b, 1);
      for (const pixels of [false, true]) {
        const list = pixels ? bounds.map((bound) => bound * 10) : bounds;
        const [first, x] = pixels
          ? [bytes(20 * size, 0.1, 5), bytes(60 * size, 0.1, 7)]
          : [waves(20 * size, 0.1, 5), waves(60 * size, 0.1, 7)];
        const kind = { pixels, bounds: list };
        const { y } = await roundTrip(shape, first, x, kind, Number.NaN, Math.max(...list));
        checkBounds(x, y, list);
      }
    }
  });

  it('cost about as much as a codec for each channel', async () => {
    // Independent channels.
    const random = noise(3 * 4000, 4);
    const bounds = [0.5, 0.001, 0.03];
    const { payload } = await roundTrip([3], random.slice(0, 900), random, { pixels: false, bounds }, 0, 0.5);
    let alone = 0;
    for (const [channel, bound] of bounds.entries()) {
      const x = random.filter((_, i) => i % 3 === channel);
      alone += (await roundTrip([1], x.slice(0, 300), x, { pixels: false }, bound, bound)).payload.length;
    }
    assert.ok(payload.length < 1.01 * alone, `${payload.length} bytes, ${alone} alone`);
  });
});

describe('bounds of any size, in float64', () => {
  const word = new Uint32Array(1);
  const float = new Float32Array(word.buffer);
  const bits = fc.integer({ min: 0, max: 2 ** 32 - 1 }).map((i) => {
    word[0] = i;
    return float[0]!;
  });
  /** A value of a random binary order of magnitude, from subnormal float64 up. */
  const magnitude = fc.tuple(fc.integer({ min: -1074, max: 1023 }), fc.double({ min: 1, max: 2, noNaN: true }));
  const bound = magnitude.map(([e, m]) => m * 2 ** e).filter((b) => b > 0 && b < Infinity);
  const near = fc.tuple(fc.integer({ min: -149, max: 127 }), fc.double({ min: -1, max: 1, noNaN: true }));
  const values = fc.oneof(
    fc.array(bits, { minLength: 6, maxLength: 60 }),
    near.chain(([e]) =>
      fc
        .array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 6, maxLength: 60 })
        .map((list) => list.map((v) => Math.fround(v * 2 ** e))),
    ),
  );

  it('floats of all magnitudes and bit patterns', async () => {
    const model = await modelOf(mode, [6]);
    const { calibrate, coder } = atOnce(mode);
    fc.assert(
      fc.property(values, bound, bound, (list, own, at) => {
        const x = Float32Array.from(list.slice(0, list.length - (list.length % 6)));
        const made = coder(model, calibrate(model, x, { maxError: own }));
        for (const b of [own, at]) checkBounds(x, made.decode(made.encode(x, x.length / 6, b), x.length / 6, b), [b]);
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  it('bounds of all magnitudes by channel, and bytes', async () => {
    const model = await modelOf(mode, [2, 3]);
    fc.assert(
      fc.property(values, fc.array(bound, { minLength: 3, maxLength: 3 }), fc.boolean(), (list, bounds, pixels) => {
        const x = Float32Array.from(list.slice(0, list.length - (list.length % 6)));
        const own = pixels ? Uint8Array.from(new Uint8Array(x.buffer).slice(0, x.length)) : x;
        const { calibrate, coder } = atOnce(mode, { pixels, bounds });
        const made = coder(model, calibrate(model, own, { maxError: bounds }));
        const most = Math.max(...bounds);
        checkBounds(own, made.decode(made.encode(own, x.length / 6, most), x.length / 6, most), bounds);
      }),
      { numRuns: 60, seed: 2 },
    );
  });
});
