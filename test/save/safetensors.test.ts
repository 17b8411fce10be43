import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FormatError } from '../../src/core/errors.ts';
import { decodeTensor, encodeTensor } from '../../src/files/dtype.ts';
import { fromHalf, toHalf } from '../../src/files/float16.ts';
import { parseTensors, serializeTensors, type Tensor } from '../../src/files/safetensors.ts';

/** A file from a header's text and data, byte by byte as the description of the format says. */
function file(header: string, data: number[] = [], length = new TextEncoder().encode(header).length): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

const tensor = (shape: number[], offsets: unknown, dtype = 'F32'): string =>
  JSON.stringify({ dtype, shape, data_offsets: offsets });

describe('safetensors', () => {
  it('parseTensors reads a file built by hand', () => {
    const header = `{"__metadata__":{"a":"b"},"x":${tensor([2], [0, 8])},"__proto__":${tensor([], [8, 9], 'I8')}}   `;
    const { tensors, metadata } = parseTensors(file(header, [0, 0, 128, 63, 0, 0, 0, 192, 255]));
    assert.deepEqual(metadata, { a: 'b' });
    assert.deepEqual([...tensors.keys()], ['x', '__proto__']);
    assert.deepEqual([...decodeTensor(tensors, 'x', [2])], [1, -2]);
    assert.deepEqual([...tensors.get('__proto__')!.data], [255]);
  });

  it('the error shows only the outer levels of deeply nested lists', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    for (const [entry, got] of [
      [deep, /got \[undefined, undefined, undefined\]$/],
      [`{"dtype":${deep}}`, /got \[\[\[Array\(1\)\]\], undefined, undefined\]$/],
      [`{"dtype":"F32","shape":${deep}}`, /got \["F32", \[\[Array\(1\)\]\], undefined\]$/],
    ] as const)
      assert.throws(
        () => parseTensors(file(`{"x":${entry}}`)),
        (error: FormatError) => {
          assert.equal(error.code, 'corrupt');
          assert.match(error.message, got);
          return true;
        },
      );
  });

  it('serializeTensors sorts tensors by name and pads the header to 8 bytes', () => {
    const tensors = new Map<string, Tensor>([
      ['b', { dtype: 'I8', shape: [3], data: Uint8Array.of(1, 2, 3) }],
      ['a', { dtype: 'F32', shape: [1], data: Uint8Array.of(0, 0, 128, 63) }],
    ]);
    const bytes = serializeTensors(tensors, { k: 'v' });
    const length = new DataView(bytes.buffer).getUint32(0, true);
    const header =
      '{"__metadata__":{"k":"v"},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"I8","shape":[3],"data_offsets":[4,7]}}';
    assert.equal(
      new TextDecoder().decode(bytes.subarray(8, 8 + length)),
      header.padEnd(Math.ceil(header.length / 8) * 8),
    );
    assert.deepEqual([...bytes.subarray(8 + length)], [0, 0, 128, 63, 1, 2, 3]);
    assert.deepEqual(serializeTensors(new Map([...tensors].reverse()), { k: 'v' }), bytes);
  });

  it('parseTensors inverts serializeTensors at any offset in a larger buffer', () => {
    const entry = fc.record({
      name: fc.string({ unit: 'binary' }).filter((name) => name !== '__metadata__'),
      dtype: fc.constantFrom('U8', 'F16', 'F32', 'F64'),
      shape: fc.array(fc.nat(4), { maxLength: 3 }),
    });
    const property = fc.property(
      fc.uniqueArray(entry, { selector: (e) => e.name, maxLength: 6 }),
      fc.dictionary(fc.string(), fc.string()),
      fc.nat(7),
      (entries, meta, shift) => {
        const tensors = new Map(
          entries.map(({ name, dtype, shape }, i): [string, Tensor] => {
            const size = shape.reduce((p, s) => p * s, { U8: 1, F16: 2, F32: 4, F64: 8 }[dtype]!);
            return [name, { dtype: dtype as Tensor['dtype'], shape, data: new Uint8Array(size).fill(i + 1) }];
          }),
        );
        const bytes = serializeTensors(tensors, meta);
        const larger = new Uint8Array(bytes.length + shift);
        larger.set(bytes, shift);
        const back = parseTensors(larger.subarray(shift));
        assert.deepEqual({ ...back.metadata }, { ...meta });
        assert.equal(back.tensors.size, tensors.size);
        for (const [name, { dtype, shape, data }] of tensors) {
          const found = back.tensors.get(name)!;
          assert.deepEqual([found.dtype, found.shape, [...found.data]], [dtype, shape, [...data]]);
        }
      },
    );
    fc.assert(property, { numRuns: 300 });
  });

  it('hostile headers give a FormatError with the code of the fault', () => {
    const cases: [string, Uint8Array][] = [
      ['truncated', new Uint8Array(7)],
      ['truncated', file('{}', [], 3)],
      ['limit', file('{}', [], 2 ** 32)],
      ['limit', file('{}', [], 2 ** 53)],
      ['truncated', file('{}', [], 99_999_999)],
      ['corrupt', file('')],
      ['corrupt', file(' {}')],
      ['corrupt', file('[]')],
      ['corrupt', file('{"x":')],
      ['corrupt', file('['.repeat(200_000))],
      ['corrupt', file(`{"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)],
      ['corrupt', file('{}', [1])],
      ['corrupt', file(`{"x":${tensor([1], [0, 4])},"x":${tensor([1], [0, 4])}}`, [0, 0, 0, 0])],
      ['corrupt', file(`{"\\u0078":${tensor([1], [0, 4])},"x":${tensor([1], [0, 4])}}`, [0, 0, 0, 0])],
      ['corrupt', file('{"x":5}')],
      ['corrupt', file('{"__metadata__":{"a":1}}')],
      ['corrupt', file('{"__metadata__":[]}')],
      ['corrupt', file(`{"x":${tensor([1], [0, 4], 'F31')}}`, [0, 0, 0, 0])],
      ['corrupt', file(`{"x":${tensor([1], [0, 4], 'toString')}}`, [0, 0, 0, 0])],
      ['corrupt', file(`{"x":${tensor([-1], [0, 4])}}`, [0, 0, 0, 0])],
      ['corrupt', file(`{"x":${tensor([0.5], [0, 2])}}`, [0, 0])],
      ['corrupt', file(`{"x":${tensor([2 ** 31, 2 ** 31, 8], [0, 4])}}`, [0, 0, 0, 0])],
      ['corrupt', file(`{"x":${tensor([1], [4, 0])}}`, [0, 0, 0, 0])],
      ['corrupt', file(`{"x":${tensor([1], [0])}}`, [0, 0, 0, 0])],
      ['corrupt', file(`{"x":${tensor([1], 'ab')}}`, [0, 0, 0, 0])],
      ['corrupt', file(`{"x":${tensor([2], [0, 4])}}`, [0, 0, 0, 0])],
      ['truncated', file(`{"x":${tensor([2], [0, 8])}}`, [0, 0, 0, 0])],
      ['corrupt', file(`{"x":${tensor([1], [0, 4])},"y":${tensor([1], [2, 6])}}`, [0, 0, 0, 0, 0, 0])],
      ['corrupt', file(`{"x":${tensor([1], [0, 4])},"y":${tensor([1], [0, 4])}}`, [0, 0, 0, 0])],
      ['corrupt', file(`{"x":${tensor([1], [0, 4])},"y":${tensor([1], [5, 9])}}`, [0, 0, 0, 0, 0, 0, 0, 0, 0])],
      ['corrupt', file(`{"x":${tensor([1], [1, 5])}}`, [0, 0, 0, 0, 0])],
      ['corrupt', Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xfe)],
    ]; // biome-ignore format: a table
    cases.forEach(([code, bytes], i) => {
      assert.throws(
        () => parseTensors(bytes),
        (error) => error instanceof FormatError && error.code === code && /expected .*, got /.test(error.message),
        `case ${i}`,
      );
    });
  });

  it('a string of 20 million characters is read', () => {
    const { metadata } = parseTensors(file(`{"__metadata__":{"x":"${'a'.repeat(2e7)}"}}`));
    assert.equal(metadata.x!.length, 2e7);
  });

  it('a damaged file gives tensors or a FormatError', () => {
    const start = file(`{"x":${tensor([1], [0, 4])},"__metadata__":{"a":"b"}}`, [0, 0, 0, 0]);
    const damage = fc.array(fc.tuple(fc.nat(start.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
    const property = fc.property(damage, fc.nat(start.length), (changes, end) => {
      const bytes = start.slice(0, Math.max(end, 1));
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      try {
        parseTensors(bytes);
      } catch (error) {
        assert.ok(error instanceof FormatError, String(error));
      }
    });
    fc.assert(property, { numRuns: 5000 });
  });
});

describe('types of weights', () => {
  it('all 65,536 float16 values convert to a number and back exactly', () => {
    for (let half = 0; half < 65536; half++) {
      const value = fromHalf(half);
      if (Number.isNaN(value)) assert.equal(toHalf(value) & 0x7c00, 0x7c00);
      else assert.equal(toHalf(value), half, `${value}`);
    }
    assert.deepEqual([0x3c00, 0xc000, 0x7bff, 1, 0x3555].map(fromHalf), [1, -2, 65504, 2 ** -24, 0.333251953125]);
  });

  it('a float32 is rounded to the nearest float16, ties to even', () => {
    const halves = Array.from({ length: 0x7c00 }, (_, i) => fromHalf(i));
    const nearest = (value: number): number => {
      const a = Math.abs(value);
      let [low, high] = [0, halves.length - 1];
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (halves[middle]! <= a) low = middle;
        else high = middle;
      }
      const [down, up] = [a - halves[low]!, halves[high]! - a];
      const best = down < up || (down === up && low % 2 === 0) ? low : high;
      return (value < 0 || Object.is(value, -0) ? 0x8000 : 0) + best;
    };
    fc.assert(
      fc.property(fc.float({ min: -65504, max: 65504, noNaN: true }), (value) => toHalf(value) === nearest(value)),
      { numRuns: 5000 },
    );
    for (let i = 0; i + 1 < halves.length; i += 7) {
      const middle = (halves[i]! + halves[i + 1]!) / 2;
      assert.equal(toHalf(middle), nearest(middle), `${middle}`);
    }
    assert.equal(toHalf(65519.99), 0x7bff);
    assert.equal(toHalf(65520), 0x7c00);
  });

  it('an int8 weight is within half a quantization step of its column, and exact in a column of zeros', () => {
    fc.assert(
      fc.property(fc.array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 6, maxLength: 60 }), (list) => {
        const rows = Math.floor(list.length / 3);
        const values = Float32Array.from({ length: rows * 3 }, (_, i) => (i % 3 === 2 ? 0 : list[i]!));
        const back = decodeTensor(new Map(encodeTensor('w', values, [rows, 3], 'int8')), 'w', [rows, 3]);
        values.forEach((value, i) => {
          const top = Math.max(...values.filter((_, j) => j % 3 === i % 3).map(Math.abs));
          assert.ok(Math.abs(back[i]! - value) <= top * (1 / 254 + 1e-6) + 1e-40, `${value} became ${back[i]}`);
        });
      }),
    );
  });

  it('values out of range and tensors of another shape or type are refused', () => {
    const data = Float32Array.of(1, 70000);
    assert.throws(
      () => encodeTensor('w', data, [2], 'float16'),
      /"w" expected values within ±65504 for float16.*got 70000/,
    );
    const tensors = new Map(encodeTensor('w', Float32Array.of(1, Number.NaN), [2], 'float32'));
    const refused = (
      code: string,
      message: RegExp,
      change: [string, Partial<Tensor>] | undefined,
      shape = [2],
    ): void => {
      const changed = new Map(tensors);
      if (change) changed.set(change[0], { ...tensors.get('w')!, ...change[1] });
      assert.throws(
        () => decodeTensor(changed, change?.[0] ?? 'w', shape),
        (error) => error instanceof FormatError && error.code === code && message.test(error.message),
      );
    };
    refused('corrupt', /"w" expected finite values, got NaN at 1/, undefined);
    refused('model', /"w" expected a tensor of shape \[3\], got \[2\]/, undefined, [3]);
    refused('model', /"v" expected one of F32, .*got I64/, ['v', { dtype: 'I64' }]);
    refused('model', /"v\.scale" expected a tensor of shape \[2\], got none/, [
      'v',
      { dtype: 'I8', data: Uint8Array.of(1, 2) },
    ]);
    assert.throws(() => decodeTensor(tensors, 'x', [2]), /"x" expected a tensor of shape \[2\], got none/);
  });
});
