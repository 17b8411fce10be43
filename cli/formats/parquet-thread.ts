// The thread that reads the columns of a Parquet file. parquet.ts starts the thread.

import { parentPort, workerData } from 'node:worker_threads';
import { parquetMetadata, parquetRead, parquetSchema } from 'hyparquet';
import { type Compressors, compressors } from 'hyparquet-compressors';
import type { TableColumn } from '../../jobs/dataset.ts';
import { MAXIMUM_DECODED_BYTES } from './limits.ts';

/** Decompressors that refuse a page whose stated size exceeds the limit. */
const checkedCompressors = Object.fromEntries(
  Object.entries(compressors).map(([codec, decompress]) => [
    codec,
    (input: Uint8Array, outputLength: number) => {
      if (outputLength > MAXIMUM_DECODED_BYTES) throw new Error('a page states a size above the limit');
      return decompress!(input, outputLength);
    },
  ]),
) as Compressors;

/** The number of a cell; NaN for none; undefined where the cell is not a number. */
function numberOf(cell: unknown): number | undefined {
  if (cell === null || cell === undefined) return Number.NaN;
  if (typeof cell === 'number') return cell;
  return typeof cell === 'bigint' || typeof cell === 'boolean' ? Number(cell) : undefined;
}

function textOf(cell: unknown): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'string') return cell;
  if (cell instanceof Date) return Number.isNaN(cell.getTime()) ? '' : cell.toISOString();
  return JSON.stringify(cell, (_, value) => (typeof value === 'bigint' ? value.toString() : value));
}

function columnOf(name: string, cells: readonly unknown[]): TableColumn {
  const isTime =
    cells.some((cell) => cell instanceof Date) && cells.every((cell) => (cell ?? new Date()) instanceof Date);
  if (isTime) {
    const times = Float64Array.from(cells, (cell) => (cell instanceof Date ? cell.getTime() : Number.NaN));
    return { name, times, texts: cells.map(textOf) };
  }
  const numbers = new Float64Array(cells.length);
  for (const [i, cell] of cells.entries()) {
    const number = numberOf(cell);
    if (number === undefined) return { name, texts: cells.map(textOf) };
    numbers[i] = number;
  }
  return { name, numbers };
}

/** The columns of a table. */
async function readColumns(file: ArrayBuffer): Promise<TableColumn[]> {
  const metadata = parquetMetadata(file);
  const rowCount = Number(metadata.num_rows);
  const names = parquetSchema(metadata).children.map(({ element }) => element.name);
  const cells = new Map(names.map((name) => [name, new Array<unknown>(rowCount).fill(null)]));
  await parquetRead({
    file,
    metadata,
    compressors: checkedCompressors,
    onChunk: ({ columnName, columnData, rowStart }) => {
      const column = cells.get(columnName);
      const count = Math.min(columnData.length, rowCount - rowStart);
      if (column) for (let i = 0; i < count; i++) column[rowStart + i] = columnData[i];
    },
  });
  return names.map((name) => columnOf(name, cells.get(name)!));
}

try {
  parentPort?.postMessage({ columns: await readColumns(workerData.parquet) });
} catch (error) {
  parentPort?.postMessage({ fault: (error as Error).message });
}
