// readSafetensors and writeSafetensors of the public API.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  autoencoder,
  dense,
  FormatError,
  readSafetensors,
  saveModel,
  type TensorData,
  writeSafetensors,
} from 'isthmus';
import { assertAbsent } from '../absent.ts';
import { type ForgedTensor, safetensors } from './forge.ts';

/** Any content of a file. */
const readAny = (bytes: Uint8Array) => readSafetensors<TensorData>(bytes);

/** Bytes of 16-bit words, little-endian. */
const words = (...list: number[]): Uint8Array => new Uint8Array(Uint16Array.from(list).buffer);

describe('readSafetensors', () => {
  it('gives each type its array', () => {
    const bytes = Uint8Array.of(0, 0, 128, 63, 0, 0, 0, 192);
    const types: Readonly<Record<string, TensorData>> = {
      F32: Float32Array.of(1, -2),
      F64: Float64Array.of(-2.000000473111868),
      I8: Int8Array.of(0, 0, -128, 63, 0, 0, 0, -64),
      U8: bytes,
      I16: Int16Array.of(0, 0x3f80, 0, -0x4000),
      U16: Uint16Array.of(0, 0x3f80, 0, 0xc000),
      I32: Int32Array.of(0x3f800000, -0x40000000),
      U32: Uint32Array.of(0x3f800000, 0xc0000000),
      I64: BigInt64Array.of(-0x3fffffffc0800000n),
      U64: BigUint64Array.of(0xc00000003f800000n),
      BF16: Float32Array.of(0, 1, 0, -2),
      F16: Float32Array.of(0, 1.875, 0, -2),
      BOOL: bytes,
      F8_E4M3: bytes,
      F8_E5M2: bytes,
      F8_E8M0: bytes,
    };
    for (const [dtype, expected] of Object.entries(types)) {
      const file = safetensors({ a: 'b' }, { x: [dtype, [expected.length], bytes] });
      const { tensors, metadata } = readAny(file);
      assert.deepEqual(metadata, { a: 'b' });
      assert.deepEqual(tensors.x, { dtype, shape: [expected.length], data: expected }, dtype);
    }
  });

  it('reads at odd offsets, and gives copies', () => {
    const tensors: Record<string, ForgedTensor> = {
      a: ['U8', [1], Uint8Array.of(7)],
      b: ['F32', [1], Uint8Array.of(0, 0, 128, 63)],
    };
    const file = safetensors({}, tensors);
    for (let shift = 0; shift < 8; shift++) {
      const larger = new Uint8Array(file.length + shift);
      larger.set(file, shift);
      const { b } = readAny(larger.subarray(shift)).tensors;
      larger.fill(255);
      assert.deepEqual(b!.data, Float32Array.of(1));
      assert.equal(b!.data.buffer.byteLength, 4);
    }
    assert.deepEqual(readSafetensors(file.buffer).tensors.b!.data, Float32Array.of(1), 'of an ArrayBuffer');
    assert.deepEqual(readSafetensors(new DataView(file.buffer)).tensors.b!.data, Float32Array.of(1), 'of a DataView');
  });

  it('its tensors set the weights of a model', async () => {
    const spec = { input: [4], encoder: [dense({ units: 2 })], decoder: [dense({ units: 4 })] };
    const [source, target] = [await autoencoder(spec, { seed: 1 }), await autoencoder(spec, { seed: 2 })];
    target.setWeights(readSafetensors(writeSafetensors(source.weights)).tensors);
    assert.deepEqual(target.weights, source.weights);
    const half = readSafetensors(saveModel(source, { dtype: 'float16' }));
    assert.equal(half.metadata.format, 'isthmus');
    assert.equal(half.tensors['encoder.0.kernel']!.dtype, 'F16');
    target.setWeights(half.tensors);
    const wide = readAny(writeSafetensors({ 'encoder.0.bias': { shape: [2], data: Float64Array.of(1, 2) } }));
    assert.throws(
      () => target.setWeights(wide.tensors as never),
      /^TypeError: "weights\["encoder\.0\.bias"\]" expected \{ shape, data: Float32Array \}/,
    );
  });

  it('refuses values that are not bytes, and files of other formats without a word on models', () => {
    for (const value of ['file.safetensors', 5, null, undefined, [1, 2], {}, new Blob([])])
      assert.throws(
        () => readSafetensors(value as never),
        /^TypeError: "bytes" expected an ArrayBuffer or a Uint8Array/,
      );
    for (const [text, got] of [
      ['PK\x03\x04 weights of PyTorch', /a zip/],
      ['\x89HDF\r\n\x1a\n weights of Keras', /HDF5/],
      ['version https://git-lfs.github.com/spec/v1', /Git LFS/],
      ['some text, long enough', /that begin "some text/],
    ] as const) {
      let message = '';
      try {
        readSafetensors(Uint8Array.from(text, (character) => character.charCodeAt(0)));
      } catch (error) {
        assert.ok(error instanceof FormatError && error.code === 'model', String(error));
        message = error.message;
      }
      assert.match(message, /^"file" expected a \.safetensors file, got /);
      assert.match(message, got);
      assertAbsent(message, [/of isthmus/], 'a .safetensors file of isthmus');
    }
  });
});

describe('writeSafetensors', () => {
  it('takes the type of the array, or a type that fits it', () => {
    const cases: [object, string, TensorData][] = [
      [{ data: Float32Array.of(1) }, 'F32', Float32Array.of(1)],
      [{ data: Float64Array.of(1) }, 'F64', Float64Array.of(1)],
      [{ data: Int8Array.of(-1) }, 'I8', Int8Array.of(-1)],
      [{ data: Int16Array.of(-1) }, 'I16', Int16Array.of(-1)],
      [{ data: Int32Array.of(-1) }, 'I32', Int32Array.of(-1)],
      [{ data: BigInt64Array.of(-1n) }, 'I64', BigInt64Array.of(-1n)],
      [{ data: Uint8Array.of(1) }, 'U8', Uint8Array.of(1)],
      [{ data: Uint8ClampedArray.of(1) }, 'U8', Uint8Array.of(1)],
      [{ data: Uint16Array.of(1) }, 'U16', Uint16Array.of(1)],
      [{ data: Uint32Array.of(1) }, 'U32', Uint32Array.of(1)],
      [{ data: BigUint64Array.of(1n) }, 'U64', BigUint64Array.of(1n)],
      [{ data: Uint8Array.of(1), dtype: 'BOOL' }, 'BOOL', Uint8Array.of(1)],
      [{ data: Uint8Array.of(56), dtype: 'F8_E4M3' }, 'F8_E4M3', Uint8Array.of(56)],
      [{ data: Float32Array.of(1 / 3), dtype: 'F16' }, 'F16', Float32Array.of(0.333251953125)],
      [{ data: Float32Array.of(1 / 3), dtype: 'BF16' }, 'BF16', Float32Array.of(0.333984375)],
    ];
    for (const [tensor, dtype, data] of cases) {
      const { tensors } = readAny(writeSafetensors({ x: { shape: [1, 1], ...tensor } as never }));
      assert.deepEqual(tensors, { x: { dtype, shape: [1, 1], data } });
    }
  });

  it('writes what readSafetensors read to the same bytes, for all types and all bits but those of NaN', () => {
    const all = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const isNumber = (largest: number) => (bits: number) => (bits & 0x7fff) <= largest;
    const file = writeSafetensors({ i: { shape: [2], data: BigInt64Array.of(1n, -5n) } });
    const forged = safetensors(
      { k: 'v' },
      {
        brain: ['BF16', [65282], words(...all.filter(isNumber(0x7f80)))],
        half: ['F16', [63490], words(...all.filter(isNumber(0x7c00)))],
        one: ['U8', [], Uint8Array.of(1)],
      },
    );
    for (const bytes of [file, forged]) {
      const { tensors, metadata } = readAny(bytes);
      const again = readAny(writeSafetensors(tensors, metadata));
      assert.deepEqual(again, { tensors, metadata });
      const data = (of: Uint8Array) => of.subarray(8 + new DataView(of.buffer).getUint32(0, true));
      assert.ok(Buffer.from(data(writeSafetensors(tensors, metadata))).equals(data(bytes)));
    }
  });

  it('rounds to BF16 to nearest, ties to even, and keeps NaN and infinity', () => {
    const near = fc.property(
      fc.float({ noNaN: true, noDefaultInfinity: true, max: 2 ** 127, min: -(2 ** 127) }),
      (value) => {
        const { x } = readSafetensors(
          writeSafetensors({ x: { dtype: 'BF16', shape: [1], data: Float32Array.of(value) } }),
        ).tensors;
        const [bits] = new Uint32Array(Float32Array.of(value).buffer) as unknown as [number];
        const neighbours = [bits & 0xffff0000, (bits & 0xffff0000) + 0x10000].map(
          (word) => new Float32Array(Uint32Array.of(word).buffer)[0]!,
        );
        const errors = neighbours.map((neighbour) => Math.abs(neighbour - value));
        const expected =
          errors[0] === errors[1] ? neighbours[(bits >>> 16) & 1] : neighbours[errors[0]! < errors[1]! ? 0 : 1];
        assert.ok(Object.is(x!.data[0], expected), `${value} became ${x!.data[0]}`);
      },
    );
    fc.assert(near, { numRuns: 2000 });
    for (const dtype of ['F16', 'BF16'] as const) {
      const data = Float32Array.of(Number.NaN, Infinity, -Infinity, -0);
      assert.deepEqual(readSafetensors(writeSafetensors({ x: { dtype, shape: [4], data } })).tensors.x!.data, data);
    }
  });

  it('refuses tensors that it cannot write, and names the tensor', () => {
    const data = Float32Array.of(1, 2);
    const cases: [unknown, unknown, RegExp][] = [
      [null, {}, /^TypeError: "tensors" expected an object, got null/],
      [new Map(), {}, /^TypeError: "tensors" expected an object, got Map/],
      [[], {}, /^TypeError: "tensors" expected an object/],
      [{ x: null }, {}, /^TypeError: "tensors\["x"\]\.data" expected a typed array, got undefined/],
      [{ x: { shape: [2], data: [1, 2] } }, {}, /^TypeError: "tensors\["x"\]\.data" expected a typed array, got \[1, 2\]/],
      [{ x: { shape: [2], data: new DataView(new ArrayBuffer(2)) } }, {}, /^TypeError: .*expected a typed array, got DataView/],
      [{ x: { data } }, {}, /^TypeError: "tensors\["x"\]\.shape" expected a list of integers, got undefined/],
      [{ x: { shape: [-2], data } }, {}, /^TypeError: "tensors\["x"\]\.shape" expected a list of integers/],
      [{ x: { shape: [3], data } }, {}, /^RangeError: "tensors\["x"\]\.data" expected 3 values for the shape \[3\], got Float32Array\(2\)/],
      [{ x: { shape: [2], data, dtype: 'F64' } }, {}, /^RangeError: "tensors\["x"\]\.dtype" expected one of F32, F16, BF16 for Float32Array, got "F64"/],
      [{ x: { shape: [2], data, dtype: 'float16' } }, {}, /^RangeError: .*expected one of F32, F16, BF16 for Float32Array, got "float16"/],
      [{ x: { shape: [1], data: Float32Array.of(65520), dtype: 'F16' } }, {}, /^RangeError: "tensors\["x"\]\.data\[0\]" expected a value that F16 holds, got 65520/],
      [{ x: { shape: [1], data: Float32Array.of(-3.4e38), dtype: 'BF16' } }, {}, /^RangeError: .*expected a value that BF16 holds, got -3\.39/],
      [{ __metadata__: { shape: [2], data } }, {}, /^RangeError: "tensors" expected names of tensors, got "__metadata__"/],
      [{}, { epochs: 7 }, /^TypeError: "metadata\["epochs"\]" expected a text, got 7/],
      [{}, 'note', /^TypeError: "metadata" expected an object, got "note"/],
    ]; // biome-ignore format: a table
    for (const [tensors, metadata, message] of cases)
      assert.throws(
        () => writeSafetensors(tensors as never, metadata as never),
        (error) => message.test(String(error)) || assert.fail(String(error)),
      );
  });
});
