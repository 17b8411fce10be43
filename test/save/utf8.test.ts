// The package's UTF-8 encoder and decoder compared with TextEncoder and TextDecoder, which some runtimes lack.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { fromUtf8, utf8 } from '../../src/core/bytes.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

describe('UTF-8', () => {
  const samples = [
    '',
    'abc',
    '%',
    '%41%zz',
    'ä€\u07ff\u0800\uffff𐀀\u{10ffff}',
    '\ufeffa',
    '\ud800',
    'a\udc00b',
    '\ud83d',
  ];

  it('utf8 encodes as TextEncoder does, lone surrogates included', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.array(fc.nat(0xffff)).map((codes) => String.fromCharCode(...codes))); // biome-ignore format: one line
    for (const sample of samples) assert.deepEqual(utf8(sample), encoder.encode(sample), sample);
    fc.assert(fc.property(text, (sample) => assert.deepEqual(utf8(sample), encoder.encode(sample))));
  });

  it('fromUtf8 decodes as a strict TextDecoder does, and throws for the same bytes', () => {
    const either = (read: (bytes: Uint8Array) => string, bytes: Uint8Array): string | undefined => {
      try {
        return read(bytes);
      } catch {
        return undefined;
      }
    };
    const same = (bytes: Uint8Array): void =>
      assert.equal(
        either(fromUtf8, bytes),
        either((b) => decoder.decode(b), bytes),
        `${bytes}`,
      );
    for (const sample of samples) same(encoder.encode(sample));
    const leadBytes = [0x7f, 0x80, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xff];
    const continuationBytes = [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0];
    for (const a of leadBytes)
      for (const b of continuationBytes)
        for (const c of continuationBytes) for (const d of [0x20, 0x80, 0xbf, 0xc0]) same(Uint8Array.of(a, b, c, d));
    fc.assert(fc.property(fc.uint8Array({ maxLength: 6 }), same), { numRuns: 2000 });
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => same(encoder.encode(text))));
  });

  it('text of any length survives encoding and decoding', () => {
    for (const length of [8191, 8192, 8193, 300_000]) {
      const text = 'aé€😀'.repeat(length / 4);
      assert.equal(fromUtf8(utf8(text)), text);
    }
  });
});
