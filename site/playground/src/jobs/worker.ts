// The worker of the jobs: it reads tables, and it holds them, so that the page never waits for a large file.
import { expose, transfer } from 'comlink';
import { decompressFile } from '../../../../jobs/compress/decompress.ts';
import { cleanPicture } from '../../../../jobs/picture/index.ts';
import { compressTable } from '../../../../jobs/table/compress.ts';
import { readTable, type Table } from '../../../../jobs/table/parse.ts';
import { cleanCopies, compressCopies, strangeCopies } from './copies.ts';
import { numberRows } from './numbers.ts';
import type { JobsWorker } from './protocol.ts';
import { strangeIn } from './strange.ts';

/** A file and its table. */
interface Opened {
  readonly name: string;
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
    opened = { name, bytes, table };
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
    const result = await decompressFile(bytes);
    if (result.kind === 'png') throw new Error('The file holds a picture. Run npx isthmus decompress to restore it.');
    const restored = result.bytes;
    return transfer(restored, [restored.buffer]);
  },
  compressCopies: async (bounds) => compressCopies(current().name, current().table, bounds),
  async strangeCopies(settings) {
    const { name, table, bytes } = current();
    return strangeCopies(name, table, bytes, settings);
  },
  async clean(image, { sigma, strength }, onProgress) {
    const begin = performance.now();
    const control = { onProgress: (done: number) => onProgress(done) };
    const plain = { data: image.data, width: image.width, height: image.height };
    const { picture, ...cleaned } = await cleanPicture(plain, { sigma: sigma || 'auto', strength }, control);
    const { data, width, height } = picture;
    const clean = new ImageData(new Uint8ClampedArray(data), width, height);
    return {
      image: clean,
      sigma: cleaned.sigma,
      reason: cleaned.reason,
      seconds: (performance.now() - begin) / 1000,
    };
  },
  cleanCopies: async (name, settings) => cleanCopies(name, settings),
  findStrange: (settings, onProgress) => strangeIn(current().bytes, settings, onProgress),
};

expose(api);
