// The worked example of docs/format.md: its code is run, and must write the bytes of its hexadecimal listings.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import * as isthmus from 'isthmus';
import { readContainer, readFile } from '../reference/container.ts';
import { decode } from '../reference/rans.ts';

const document = readFileSync(new URL('../../docs/format.md', import.meta.url), 'utf8');
const example = document.slice(document.indexOf('### A worked example'));

/** The contents of the fenced blocks of a language. */
const fenced = (language: string): string[] =>
  [...example.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].map(([, text]) => text!);

/** The bytes of a listing: each line begins with them, and three spaces or more separate them from a remark. */
const listedBytes = (listing: string): Uint8Array =>
  Uint8Array.from(
    listing
      .trim()
      .split('\n')
      .flatMap((line) => line.split('   ')[0]!.trim().split(' ')),
    (byte) => Number.parseInt(byte, 16),
  );

/** Runs the code of the example. test/docs/blocks.test.ts compares what it prints. */
async function run(): Promise<{ codec: isthmus.Codec; bytes: Uint8Array<ArrayBuffer> }> {
  const [code] = fenced('js');
  const AsyncFunction = run.constructor as FunctionConstructor;
  return AsyncFunction(
    'isthmus',
    `${code!.replace(/import (.*) from 'isthmus';/, 'const $1 = isthmus;').replace(/console.*/, '')} return { codec, bytes };`,
  )(isthmus);
}

describe('the worked example of docs/format.md', () => {
  it('lists the bytes that its code writes', async () => {
    const [tables, compressed] = fenced('hex').map(listedBytes);
    const { codec, bytes } = await run();
    assert.equal(bytes.length, 105);
    assert.deepEqual(bytes, compressed);
    assert.deepEqual(new Uint8Array(readFile(codec.save()).data('codec.tables')), tables);
    assert.deepEqual(codec.decompress(bytes), Float32Array.of(0, 0.5, 0.5, -1.5, 0, 0.5));
  });

  it('decodes the symbols of its table', () => {
    const [, compressed] = fenced('hex').map(listedBytes) as [Uint8Array, Uint8Array];
    const [block] = readContainer(compressed).blocks;
    const view = new DataView(block!.payload.buffer, block!.payload.byteOffset);
    const states = [...[0, 4, 8].map((offset) => view.getUint32(offset, true)), 2 ** 16];
    const frequencies = [
      [10239, 6144, 1],
      [4096, 12287, 1],
    ];
    const { symbols, states: last } = decode({ states, words: [] }, frequencies, 3);
    const rows = [...example.matchAll(/^\| ([01]) +\| ([012]) +\|.*\| (\d+|escape) +\|[^|]*\| *(-?\d+) +\|$/gm)];
    assert.deepEqual(
      rows.map(([, , , symbol]) => (symbol === 'escape' ? 2 : Number(symbol))),
      symbols.flat(),
    );
    assert.deepEqual(last, [65536, 65536, 65536, 65536]);
  });
});
