// A table of readings for the tests of compression, and its way there and back.

import assert from 'node:assert/strict';
import { decompressFile } from '../../jobs/compress/decompress.ts';
import type { TableBounds } from '../../jobs/table/bounds.ts';
import { compressTable } from '../../jobs/table/compress.ts';
import { readTable } from '../../jobs/table/parse.ts';

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
export const text = (bytes: Uint8Array): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);

/** Compresses and restores a table. */
export async function roundTrip(input: string | Uint8Array, options: TableBounds) {
  const table = readTable(input);
  const compressed = await compressTable(table, options);
  const restoredFile = await decompressFile(compressed.bytes);
  assert.ok(restoredFile.kind !== 'png');
  const { bytes } = restoredFile;
  return { table, compressed, bytes, restored: text(bytes) };
}

/** A table of a slow sine, a counter, a regular time and words, with gaps. */
export function readings(rows: number, decimals = 3): string {
  const lines = ['time,temperature,count,state'];
  for (let i = 0; i < rows; i++) {
    const time = new Date(Date.UTC(2024, 1, 28) + i * 60_000).toISOString().slice(0, 19).replace('T', ' ');
    const value = i % 50 === 7 ? '' : (20 + 5 * Math.sin(i / 30) + ((i * 7919) % 100) / 1000).toFixed(decimals);
    lines.push(
      `${time},${value},${1000 + i},${i % 20 < 15 ? 'on' : 'off, "idle"'.replaceAll('"', '')}`.replace(
        'off, idle',
        '"off, idle"',
      ),
    );
  }
  return `${lines.join('\n')}\n`;
}
