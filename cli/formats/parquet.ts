// Reads tables of Parquet files by hyparquet.

import { type FileMetaData, parquetMetadata, parquetRead, parquetSchema } from 'hyparquet';
import { type Compressors, compressors } from 'hyparquet-compressors';
import type { TableColumn, TableData } from '../../jobs/dataset.ts';
import { Failure } from '../errors.ts';
import { checkDecodedBytes, MAXIMUM_DECODED_BYTES } from './limits.ts';

/** Run lengths can state any number of cells. A cell takes at least 8 bytes here. */
const MAXIMUM_CELLS = 2 ** 27;

const damaged = (error: unknown) =>
  new Failure(`the Parquet file is damaged or truncated: ${(error as Error).message.split('\n')[0]}`);

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

/** The description of a Parquet file. Errors: Failure for damaged bytes. */
export function readParquetHeader(bytes: Uint8Array): FileMetaData {
  try {
    return parquetMetadata(new Uint8Array(bytes));
  } catch (error) {
    throw damaged(error);
  }
}

/** The number of a cell; NaN for none; undefined where the cell is not a number. */
function numberOf(cell: unknown): number | undefined {
  if (cell === null || cell === undefined) return Number.NaN;
  if (typeof cell === 'number') return cell;
  return typeof cell === 'bigint' || typeof cell === 'boolean' ? Number(cell) : undefined;
}

function textOf(cell: unknown): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'string') return cell;
  if (cell instanceof Date) return cell.toISOString();
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

/** A table. Errors: Failure for damaged bytes and for a table that is too large. */
export async function readParquet(bytes: Uint8Array): Promise<TableData> {
  const metadata = readParquetHeader(bytes);
  const rowCount = Number(metadata.num_rows);
  const names = parquetSchema(metadata).children.map(({ element }) => element.name);
  const stated = metadata.row_groups.reduce((sum, group) => sum + Number(group.total_byte_size), 0);
  checkDecodedBytes(stated);
  if (rowCount * names.length > MAXIMUM_CELLS)
    throw new Failure(
      `the table has ${rowCount} rows and ${names.length} columns, the limit is ${MAXIMUM_CELLS} cells`,
    );
  const cells = new Map(names.map((name) => [name, new Array<unknown>(rowCount).fill(null)]));
  try {
    await parquetRead({
      file: new Uint8Array(bytes).buffer,
      metadata,
      compressors: checkedCompressors,
      onChunk: ({ columnName, columnData, rowStart }) => {
        const column = cells.get(columnName);
        if (column) for (let i = 0; i < columnData.length; i++) column[rowStart + i] = columnData[i];
      },
    });
  } catch (error) {
    throw damaged(error);
  }
  return { kind: 'table', rowCount, columns: names.map((name) => columnOf(name, cells.get(name)!)) };
}
