import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { unzipSync, zipSync } from 'fflate';
import { FormatError } from 'isthmus';
import { type CompressFileOptions, compressFile } from '../../jobs/compress/compress.ts';
import { decompressFile } from '../../jobs/compress/decompress.ts';
import { describeFile } from '../../jobs/compress/describe.ts';
import {
  bytesOf,
  isFloat,
  type NumberCode,
  numberTypes,
  readNumbers,
  writeNumbers,
} from '../../jobs/compress/number-bytes.ts';
import type { PictureData } from '../../jobs/dataset.ts';

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));
const concat = (...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

const descriptors: Partial<Record<NumberCode, string>> = {
  i8: 'i1', u8: 'u1', i16: 'i2', u16: 'u2', i32: 'i4', u32: 'u4', i64: 'i8', u64: 'u8', f32: 'f4', f64: 'f8',
}; // biome-ignore format: a table

/** A file of NumPy. */
function npy(
  values: Float64Array,
  type: NumberCode,
  shape: readonly number[],
  bigEndian = false,
): Uint8Array<ArrayBuffer> {
  const sides = shape.map((side) => `${side},`).join(' ');
  const header = `{'descr': '${bigEndian ? '>' : '<'}${descriptors[type]}', 'fortran_order': False, 'shape': (${sides}), }\n`;
  const start = Uint8Array.of(0x93, 78, 85, 77, 80, 89, 1, 0, header.length & 255, header.length >> 8);
  return concat(start, ascii(header), writeNumbers(values, type, bigEndian));
}

/** A WAV file with a chunk before the samples and one after them. */
function wav(samples: Float64Array, type: NumberCode, channels: number): Uint8Array<ArrayBuffer> {
  const data = writeNumbers(samples, type, false);
  const view = new DataView(new ArrayBuffer(16));
  view.setUint16(0, isFloat(type) ? 3 : 1, true);
  view.setUint16(2, channels, true);
  view.setUint32(4, 8000, true);
  view.setUint32(8, 8000 * channels * bytesOf(type), true);
  view.setUint16(12, channels * bytesOf(type), true);
  view.setUint16(14, 8 * bytesOf(type), true);
  const chunk = (code: string, bytes: Uint8Array): Uint8Array =>
    concat(ascii(code), new Uint8Array(Uint32Array.of(bytes.length).buffer), bytes, new Uint8Array(bytes.length % 2));
  const body = concat(
    ascii('WAVE'),
    chunk('JUNK', ascii('abc')),
    chunk('fmt ', new Uint8Array(view.buffer)),
    chunk('data', data),
    chunk('LIST', ascii('INFO')),
  );
  return concat(ascii('RIFF'), new Uint8Array(Uint32Array.of(body.length).buffer), body);
}

async function roundTrip(input: Uint8Array, options: CompressFileOptions) {
  const compressed = await compressFile(input, options);
  const restored = await decompressFile(compressed.bytes);
  return { compressed, restored, bytes: restored.kind === 'png' ? new Uint8Array() : restored.bytes };
}

const sine = (n: number, scale: number, offset = 0): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => offset + scale * Math.sin(i / 15) * Math.cos(i / 230));

function largestDifference(a: Float64Array, b: Float64Array): number {
  assert.equal(a.length, b.length);
  return a.reduce((max, value, i) => (Object.is(value, b[i]) ? max : Math.max(max, Math.abs(value - b[i]!))), 0);
}

describe('numbers in bytes', () => {
  it('are read and written in every type and order of bytes', () => {
    for (const type of numberTypes) {
      const values = Float64Array.of(0, 1, 5, 127);
      if (!type.startsWith('u')) values[1] = -3;
      for (const bigEndian of [false, true]) {
        const bytes = writeNumbers(values, type, bigEndian);
        assert.equal(bytes.length, 4 * bytesOf(type));
        assert.deepEqual(readNumbers(bytes, type, bigEndian), values, type);
      }
    }
    assert.deepEqual([...writeNumbers(Float64Array.of(-2), 'i24', false)], [254, 255, 255]);
    assert.deepEqual([...writeNumbers(Float64Array.of(-2), 'i24', true)], [255, 255, 254]);
    assert.deepEqual([...writeNumbers(Float64Array.of(300, -5), 'u8', false)], [255, 0]);
  });
});

describe('compressFile', () => {
  it('keeps the bound of arrays of every type, and every other byte', async () => {
    for (const type of numberTypes) {
      if (!descriptors[type]) continue;
      const values = type.startsWith('u')
        ? sine(3000, 50, 100).map(Math.round)
        : sine(3000, 50).map(isFloat(type) ? Number : Math.round);
      const input = npy(values, type, [1000, 3], type === 'i16');
      const { compressed, bytes } = await roundTrip(input, { maxError: 2 });
      assert.equal(compressed.kind, 'npy');
      assert.equal(compressed.stored, 'values', type);
      const offset = input.length - 3000 * bytesOf(type);
      assert.deepEqual(bytes.subarray(0, offset), input.subarray(0, offset));
      const error = largestDifference(
        readNumbers(bytes.subarray(offset), type, type === 'i16'),
        readNumbers(input.subarray(offset), type, type === 'i16'),
      );
      assert.ok(error > 0 && error <= 2, `${type}: ${error}`);
      assert.equal(compressed.parts[0]!.maxError, error);
      const exact = await roundTrip(input, { lossless: true });
      assert.deepEqual(exact.bytes, input);
    }
  });

  it('restores NaN, infinities, extremes, no numbers and one number', async () => {
    const special = Float64Array.of(Number.NaN, Infinity, -Infinity, -0, 1e308, 5e-324, 0.1, 2 ** 53);
    const inputs = [
      npy(special, 'f64', [8]),
      npy(special, 'f32', [4, 2]),
      npy(Float64Array.of(), 'f32', [0]),
      npy(Float64Array.of(7), 'i32', []),
      npy(Float64Array.of(-(2 ** 31), 2 ** 31 - 1), 'i32', [2]),
      concat(
        npy(Float64Array.of(), 'i64', [2]),
        Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 127, 1, 0, 0, 0, 0, 0, 0, 128),
      ),
    ];
    for (const input of inputs) {
      const exact = await roundTrip(input, { lossless: true });
      assert.deepEqual(exact.bytes, input);
      const bounded = await roundTrip(input, { maxError: 0.001 });
      assert.equal(bounded.bytes.length, input.length);
    }
  });

  it('keeps the bound of any array of floats', async () => {
    const float = fc.oneof(fc.float({ noNaN: true }), fc.double(), fc.float({ min: -10, max: 10, noNaN: true }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(float, { maxLength: 40 }),
        fc.constantFrom(1e-6, 0.01, 1),
        fc.constantFrom('f32', 'f64'),
        async (list, maxError, type) => {
          const values = Float64Array.from(list);
          const input = npy(values, type, [list.length]);
          const { bytes } = await roundTrip(input, { maxError });
          const offset = input.length - list.length * bytesOf(type);
          const [a, b] = [input, bytes].map((file) => readNumbers(file.subarray(offset), type, false));
          assert.ok(!(largestDifference(a!, b!) > maxError));
          for (const [i, value] of a!.entries()) assert.equal(Number.isFinite(value), Number.isFinite(b![i]));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('restores recordings: every byte without a bound, each sample within a bound', async () => {
    for (const type of ['u8', 'i16', 'i24', 'i32', 'f32', 'f64'] as const) {
      const scale = type === 'u8' ? 100 : 3000;
      const samples = sine(4000, isFloat(type) ? 0.5 : scale, type === 'u8' ? 128 : 0).map(
        isFloat(type) ? Number : Math.round,
      );
      const input = wav(samples, type, 2);
      const exact = await roundTrip(input, { lossless: true });
      assert.deepEqual(exact.bytes, input, type);
      assert.equal(exact.compressed.kind, 'wav');
      const bound = isFloat(type) ? 0.01 : 3;
      const bounded = await roundTrip(input, { maxError: bound });
      const start = 12 + 12 + 24 + 8;
      const [a, b] = [input, bounded.bytes].map((file) =>
        readNumbers(file.subarray(start, start + samples.length * bytesOf(type)), type, false),
      );
      const error = largestDifference(a!, b!);
      assert.ok(error > 0 && error <= bound, `${type}: ${error}`);
      assert.deepEqual(bounded.bytes.subarray(0, start), input.subarray(0, start));
      assert.deepEqual(bounded.bytes.subarray(-12), input.subarray(-12));
    }
  });

  it('restores the pixels of pictures, with 8 and 16 bits', async () => {
    for (const depth of [8, 16] as const) {
      for (const channels of [1, 3, 4] as const) {
        const [width, height] = [40, 30];
        const levels = Array.from({ length: width * height * channels }, (_, i) => ((i * i) >> 4) % 2 ** depth);
        const data = depth === 8 ? Uint8Array.from(levels) : Uint16Array.from(levels);
        const picture: PictureData = { kind: 'picture', width, height, channels, depth, data };
        // The bytes of the file are larger than those of the pixels, so that pixels are stored.
        const file = concat(
          ascii('\x89PNG'),
          Uint8Array.from({ length: 20000 }, (_, i) => Math.imul(i * i + 7, 0x9e3779b1) >>> 24),
        );
        for (const options of [{ lossless: true }, { maxError: 3 }] as const) {
          const { restored, compressed } = await roundTrip(file, { ...options, readPicture: () => picture });
          assert.ok(restored.kind === 'png');
          const { data: pixels, ...shape } = restored.picture;
          assert.deepEqual(shape, { kind: 'picture', width, height, channels, depth });
          const error = Array.from(pixels).reduce((max, level, i) => Math.max(max, Math.abs(level - data[i]!)), 0);
          assert.ok(error <= ('maxError' in options ? 3 : 0));
          assert.equal(compressed.parts[0]!.maxError, error);
        }
      }
    }
  });

  it('restores archives of arrays, with a bound for each array by name', async () => {
    const values = sine(5000, 3);
    const labels = Float64Array.from({ length: 500 }, (_, i) => i % 2);
    const input = zipSync({
      'x.npy': npy(values, 'f64', [500, 10]),
      'y.npy': npy(labels, 'i64', [500]),
      'z.npy': [ascii('?'), { level: 0 }],
    });
    const { compressed, bytes } = await roundTrip(input, { maxError: { x: 0.01 } });
    assert.equal(compressed.kind, 'npz');
    const [before, after] = [unzipSync(input), unzipSync(bytes)];
    assert.deepEqual(after['y.npy'], before['y.npy']);
    assert.deepEqual(after['z.npy'], before['z.npy']);
    const restored = readNumbers(after['x.npy']!.slice(-40000), 'f64', false);
    const error = largestDifference(restored, values);
    assert.ok(error > 0 && error <= 0.01);
    await assert.rejects(
      compressFile(input, { maxError: { w: 1 } }),
      /no array has the name "w"; the arrays are x\.npy, y\.npy, z\.npy/,
    );
  });

  it('deflates other files without a bound, and says that a bound needs numbers', async () => {
    const input = Uint8Array.from({ length: 3000 }, (_, i) => (i % 7 === 0 ? 0 : i));
    const { compressed, bytes } = await roundTrip(input, { lossless: true });
    assert.equal(compressed.kind, 'bytes');
    assert.deepEqual(bytes, input);
    await assert.rejects(compressFile(input, { maxError: 1 }), /a bound needs numbers/);
    await assert.rejects(compressFile(npy(sine(9, 1), 'f32', [9]), { maxError: { x: 1 } }), /bounds by name are for/);
  });

  it('describes the content of a compressed file', async () => {
    const describeOf = async (input: Uint8Array, options: CompressFileOptions) =>
      describeFile((await compressFile(input, options)).bytes);
    const csv = `t,v,v\n${Array.from({ length: 900 }, (_, i) => `${i},${Math.sin(i / 9).toFixed(3)},a`).join('\n')}\n`;
    const table = await describeOf(ascii(csv), { maxError: { v: 0.01 } });
    assert.equal(table.title, 'a table of 900 rows and 3 columns');
    const { bytes } = await roundTrip(ascii(csv), { maxError: { v: 0.01 } });
    assert.equal(table.restoredBytes, bytes.length);
    assert.deepEqual(
      table.parts.map(({ name, kind, bound }) => [name, kind, bound]),
      [
        ['t', 'number', undefined],
        ['v', 'number', 0.01],
        ['v (2)', 'text', undefined],
      ],
    );
    assert.ok(table.parts[1]!.maxError > 0 && table.parts[1]!.maxError <= 0.01);
    const recording = await describeOf(wav(sine(4000, 900).map(Math.round), 'i16', 2), { maxError: 3 });
    assert.equal(recording.title, 'a recording with 2 channels at 8000 Hz, 0.3 s');
    const archive = zipSync({ 'x.npy': npy(sine(5000, 3), 'f64', [500, 10]) });
    const { title, parts } = await describeOf(archive, { maxError: 0.01 });
    assert.equal(title, 'an archive of 1 member');
    assert.equal(parts[0]!.bound, 0.01);
    assert.equal(
      (await describeOf(npy(sine(50, 3), 'f32', [5, 10]), { maxError: 0.01 })).title,
      'an array of shape [5, 10], f32',
    );
    assert.equal((await describeOf(ascii('x\0y'), { lossless: true })).title, 'a file, deflated without loss');
    assert.throws(() => describeFile(ascii('something else')), FormatError);
  });

  it('refuses truncated arrays in plain words', async () => {
    const input = npy(sine(100, 1), 'f32', [100]);
    for (const length of [8, 40, input.length - 1])
      await assert.rejects(
        compressFile(input.subarray(0, length), { lossless: true }),
        (error) => error instanceof FormatError && error.code === 'truncated',
      );
  });
});
