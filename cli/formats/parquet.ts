// Reads tables of Parquet files by hyparquet, in a thread. A page of a few bytes can state a run of a billion values, which
// hyparquet writes to a list: the thread has a limit of memory and of time, and Ctrl-C works while it runs.

import { Worker } from 'node:worker_threads';
import { type FileMetaData, parquetMetadata, parquetSchema } from 'hyparquet';
import type { TableColumn, TableData } from '../../jobs/dataset.ts';
import { Failure } from '../errors.ts';
import { checkDecodedBytes } from './limits.ts';

/** Run lengths can state any number of cells. A cell takes at least 8 bytes here. */
const MAXIMUM_CELLS = 2 ** 27;

/** Heap of the thread. */
const MAXIMUM_HEAP_MEGABYTES = 2048;
/** Seconds that reading may take: these, and one for each megabyte. hyparquet reads at least ten megabytes a second. */
const MINIMUM_SECONDS = 5;

const damaged = (error: unknown) =>
  new Failure(`the Parquet file is damaged or truncated: ${(error as Error).message.split('\n')[0]}`);

/** The description of a Parquet file. Errors: Failure for damaged bytes. */
export function readParquetHeader(bytes: Uint8Array): FileMetaData {
  try {
    return parquetMetadata(new Uint8Array(bytes));
  } catch (error) {
    throw damaged(error);
  }
}

/** The file of the thread: the bundle, which starts it where it is no main thread; in tests the source. */
const threadFile = (): URL =>
  new URL(import.meta.url.endsWith('.ts') ? './parquet-thread.ts' : import.meta.url, import.meta.url);

/** The columns, from a thread. Errors: Failure for damaged bytes, and where the limits of the thread are reached. */
function readColumns(bytes: Uint8Array): Promise<TableColumn[]> {
  return new Promise((resolve, reject) => {
    const parquet = new Uint8Array(bytes).buffer;
    const thread = new Worker(threadFile(), {
      workerData: { parquet },
      resourceLimits: { maxOldGenerationSizeMb: MAXIMUM_HEAP_MEGABYTES },
    });
    const seconds = MINIMUM_SECONDS + bytes.length / 1e6;
    const timer = setTimeout(() => {
      reject(damaged(new Error(`reading has not ended after ${seconds.toFixed(0)} seconds`)));
      void thread.terminate();
    }, seconds * 1000);
    thread.on('message', ({ columns, fault }: { columns?: TableColumn[]; fault?: string }) => {
      clearTimeout(timer);
      if (columns) resolve(columns);
      else reject(damaged(new Error(fault)));
    });
    thread.on('error', (error) => {
      clearTimeout(timer);
      const isMemory = (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';
      reject(damaged(isMemory ? new Error(`reading needs more than ${MAXIMUM_HEAP_MEGABYTES} MB`) : error));
    });
  });
}

/** A table. Errors: Failure for damaged bytes and for a table that is too large. */
export async function readParquet(bytes: Uint8Array): Promise<TableData> {
  const metadata = readParquetHeader(bytes);
  const rowCount = Number(metadata.num_rows);
  const columnCount = parquetSchema(metadata).children.length;
  const stated = metadata.row_groups.reduce((sum, group) => sum + Number(group.total_byte_size), 0);
  checkDecodedBytes(stated);
  if (!(rowCount >= 0) || !(rowCount * columnCount <= MAXIMUM_CELLS))
    throw new Failure(`the table has ${rowCount} rows and ${columnCount} columns, the limit is ${MAXIMUM_CELLS} cells`);
  return { kind: 'table', rowCount, columns: await readColumns(bytes) };
}
