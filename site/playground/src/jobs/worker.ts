// The worker of the jobs: it reads tables, and it holds them, so that the page never waits for a large file.
import { expose, transfer } from 'comlink';
import { decompressFile } from '../../../../jobs/compress/decompress.ts';
import { compressTable } from '../../../../jobs/table/compress.ts';
import { readTable, type Table } from '../../../../jobs/table/parse.ts';
import { numberRows } from './numbers.ts';
import type { JobsWorker } from './protocol.ts';
import { strangeIn } from './strange.ts';

/** A file and its table. */
interface Opened {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly table: Table;
}

let opened: Opened | undefined;

function current(): Opened {
  if (!opened) throw new Error('Choose a CSV file first.');
  return opened;
}

/** The size of bytes after gzip. */
async function gzipSize(bytes: Uint8Array<ArrayBuffer>): Promise<number | undefined> {
  if (typeof CompressionStream === 'undefined') return undefined;
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'));
  return (await new Response(stream).arrayBuffer()).byteLength;
}

const api: JobsWorker = {
  async readNumbers(bytes) {
    const rows = numberRows(readTable(bytes));
    return transfer(rows, [rows.values.buffer]);
  },
  async openTable(name, given) {
    const bytes = new Uint8Array(given);
    const table = readTable(bytes);
    opened = { bytes, table };
    const columns = table.columns.map(({ name: column, kind, missing }) => ({ name: column, kind, missing }));
    return { name, rowCount: table.rowCount, inputBytes: bytes.length, columns, warnings: table.warnings };
  },
  async compress(bounds, onProgress) {
    const { table, bytes } = current();
    const begin = performance.now();
    const result = await compressTable(table, bounds, { onProgress: (done) => onProgress(done) });
    const seconds = (performance.now() - begin) / 1000;
    const compressed = { ...result, seconds, inputBytes: bytes.length, gzipBytes: await gzipSize(bytes) };
    return transfer(compressed, [result.bytes.buffer]);
  },
  async decompress(bytes) {
    const restored = (await decompressFile(bytes)).bytes;
    return transfer(restored, [restored.buffer]);
  },
  findStrange: (settings, onProgress) => strangeIn(current().bytes, settings, onProgress),
};

expose(api);
