// Damaged and hostile files of compressed tables.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FormatError } from 'isthmus';
import { crc32 } from '../../jobs/compress/checksum.ts';
import { readContainer, writeContainer } from '../../jobs/compress/container.ts';
import { decompressFile } from '../../jobs/compress/decompress.ts';
import { readings, roundTrip, text, utf8 } from './table-data.ts';

describe('a damaged compressed table', () => {
  it('is a FormatError in plain words, whichever byte is wrong', async () => {
    const { compressed } = await roundTrip(readings(400), { maxError: 0.05 });
    const { bytes } = compressed;
    for (let i = 0; i < bytes.length; i += 7) {
      const damaged = bytes.slice();
      damaged[i]! ^= 0x15;
      await assert.rejects(decompressFile(damaged), (error) => error instanceof FormatError, `byte ${i}`);
    }
    for (const length of [0, 1, 8, 100, bytes.length - 1])
      await assert.rejects(decompressFile(bytes.subarray(0, length)), (error) => error instanceof FormatError);
    await assert.rejects(decompressFile(utf8('not a file')), (error) => error instanceof FormatError);
  });

  it('does not allocate sizes that its structure states and its bytes cannot give', async () => {
    const { compressed } = await roundTrip(readings(400), { maxError: 0.05 });
    const { data } = readContainer(compressed.bytes);
    const claims = [
      { kind: 'bytes', deflated: true, output: { bytes: 2 ** 40, crc32: crc32(data) } },
      { kind: 'csv', rows: 2 ** 40, columns: [], textBytes: 0 },
      {
        kind: 'csv',
        rows: 2 ** 24,
        textBytes: 0,
        columns: [],
        series: { series: [{ store: 'deflate', order: 0, bytes: 10, size: 2 ** 24 }], groups: [] },
        output: { bytes: 10, crc32: '' },
      },
      { kind: 'unknown' },
      [],
    ];
    for (const claim of claims)
      await assert.rejects(
        decompressFile(writeContainer(claim, data)),
        (error) => error instanceof FormatError,
        JSON.stringify(claim),
      );
  });

  it('of a later version says so', async () => {
    const { compressed } = await roundTrip(readings(400), { maxError: 0.05 });
    const later = text(compressed.bytes.slice(0, 120)).indexOf('"version":"1"');
    const bytes = compressed.bytes.slice();
    bytes[later + 11] = '2'.charCodeAt(0);
    await assert.rejects(decompressFile(bytes), {
      code: 'version',
      message: /version 2; this isthmus reads version 1/,
    });
  });
});
