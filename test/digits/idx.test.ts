import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { readIdx, writeIdx } from '../../tools/digits/idx.ts';

describe('IDX files', () => {
  const data = Uint8Array.of(1, 2, 3, 4, 5, 6);
  const bytes = writeIdx({ shape: [2, 3], data });

  it('are read as they were written, gzipped or not, also from a part of a larger buffer', () => {
    const larger = new Uint8Array(bytes.length + 9);
    larger.set(bytes, 5);
    for (const file of [bytes, gzipSync(bytes), larger.subarray(5, 5 + bytes.length)]) {
      const found = readIdx('f', file);
      assert.deepEqual(found.shape, [2, 3]);
      assert.deepEqual(Buffer.from(found.data), Buffer.from(data));
    }
  });

  it('with a fault are refused, with the expected and the actual content', () => {
    const wrong = (file: Uint8Array, message: RegExp): void => {
      assert.throws(() => readIdx('f', file), message);
    };
    wrong(new Uint8Array(0), /^Error: f: expected an IDX file of unsigned bytes \(00 00 08 …\), got no bytes$/);
    wrong(bytes.with(0, 1), /got 01 00 08 02$/);
    wrong(bytes.with(2, 13), /got 00 00 0d 02$/);
    wrong(bytes.subarray(0, 9), /^Error: f: expected a header of 12 bytes, got 9$/);
    wrong(bytes.subarray(0, 17), /^Error: f: expected 6 bytes for \[2, 3\], got 5$/);
    wrong(Buffer.concat([bytes, Buffer.of(0)]), /expected 6 bytes for \[2, 3\], got 7$/);
    wrong(bytes.with(3, 255), /header of 1024 bytes/);
    wrong(bytes.with(4, 255).with(8, 255), /expected \d+ bytes for \[4278190082, 4278190083\], got 6$/);
  });

  it('with cut or changed gzip data are refused', () => {
    const zipped = gzipSync(bytes);
    for (const file of [zipped.subarray(0, 20), zipped.with(zipped.length - 6, 1)]) {
      assert.throws(() => readIdx('f', file), /^Error: f: damaged gzip data \(.+\)$/);
    }
  });
});
