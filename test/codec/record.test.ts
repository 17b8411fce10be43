// Records of numbers, and integers of variable length.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readRecord, writeRecord } from '../../src/codec/container/record.ts';
import { decodeVarint, encodeVarint } from '../../src/codec/container/varint.ts';

const fields = { byte: 'Uint8', short: 'Uint16', word: 'Uint32', float: 'Float32', double: 'Float64' } as const;

describe('records', () => {
  it('are little-endian, in the order of their fields, without gaps', () => {
    const record = { double: -0.1, float: 0.5, word: 0xfedcba98, short: 0x1234, byte: 7 };
    const bytes = writeRecord(fields, record);
    const view = new DataView(bytes.buffer);
    assert.equal(bytes.length, 19);
    assert.deepEqual([...bytes.subarray(0, 7)], [7, 0x34, 0x12, 0x98, 0xba, 0xdc, 0xfe]);
    assert.deepEqual([view.getFloat32(7, true), view.getFloat64(11, true)], [0.5, -0.1]);
    assert.deepEqual(readRecord(fields, bytes), record);
  });

  it('may lie anywhere in a buffer, with bytes behind them', () => {
    const bytes = writeRecord(fields, { byte: 1, short: 2, word: 3, float: 4, double: 5 });
    const buffer = new Uint8Array(40);
    buffer.set(bytes, 3);
    assert.deepEqual(readRecord(fields, buffer.subarray(3)), { byte: 1, short: 2, word: 3, float: 4, double: 5 });
  });

  it('have one bit pattern for NaN', () => {
    const bytes = writeRecord({ double: 'Float64' }, { double: Number.NaN });
    assert.deepEqual([...bytes], [0, 0, 0, 0, 0, 0, 0xf8, 0x7f]);
  });

  it('keep the low 32 bits of larger integers', () => {
    assert.deepEqual([...writeRecord({ word: 'Uint32' }, { word: 2 ** 32 + 5 })], [5, 0, 0, 0]);
  });
});

describe('varints', () => {
  const decode = (bytes: readonly number[]): number => {
    let offset = 0;
    return decodeVarint(() => bytes[offset++]);
  };

  it('have 7 bits a byte, the lowest first', () => {
    assert.deepEqual(encodeVarint(0), [0]);
    assert.deepEqual(encodeVarint(127), [127]);
    assert.deepEqual(encodeVarint(300), [172, 2]);
    for (const integer of [0, 1, 127, 128, 16383, 16384, 2 ** 31, 2 ** 32 - 1, 2 ** 35 - 1])
      assert.equal(decode(encodeVarint(integer)), integer);
  });

  it('are refused without an end, and from 2^35 on', () => {
    for (const bytes of [[], [128], [255, 255], encodeVarint(2 ** 35)])
      assert.throws(() => decode(bytes), { name: 'FormatError', code: 'corrupt' });
  });
});
