// Rows of a CSV file.
import { jobs } from '../jobs/client.ts';
import type { NumberRows } from '../jobs/numbers.ts';
import type { Dataset } from './dataset.ts';
import { fileKind, wrongFile } from './file-kind.ts';

/** Largest CSV file. A table needs about ten times its bytes. */
const MAXIMUM_BYTES = 150e6;

export interface Rows extends NumberRows {
  readonly name: string;
}

/** The bytes of a CSV file. Errors: for a file that holds no text. */
export async function csvBytes(file: File): Promise<Uint8Array<ArrayBuffer>> {
  const kind = await fileKind(file);
  if (kind !== 'text') throw wrongFile(file, kind, 'a table as CSV text');
  if (file.size > MAXIMUM_BYTES) {
    const megabytes = Math.round(file.size / 1e6).toLocaleString('en');
    throw new Error(`${file.name} has ${megabytes} MB. The page takes up to 150 MB; the command isthmus takes more.`);
  }
  return new Uint8Array(await file.arrayBuffer());
}

export async function readRows(file: File): Promise<Rows> {
  const rows = await jobs().readNumbers(await csvBytes(file));
  return { name: file.name, ...rows };
}

/** Remarks about the rows: gaps, and columns without numbers. */
export function rowsNote({ name, columns, rowCount, gaps, leftOut }: Rows): string {
  const parts = [`${name}: ${rowCount.toLocaleString('en')} rows, ${columns.length} columns of numbers.`];
  if (gaps > 0) parts.push(`${gaps.toLocaleString('en')} gaps are filled with the mean of their column.`);
  if (leftOut.length > 0) parts.push(`Not used: ${leftOut.join(', ')}.`);
  return parts.join(' ');
}

export function rowData({ name, columns, rowCount, values }: Rows): Dataset {
  if (rowCount < 20) throw new Error(`${name} has ${rowCount} rows. At least 20 are needed to train.`);
  return {
    title: `${rowCount.toLocaleString('en')} rows of ${name}`,
    form: 'row',
    shape: [columns.length],
    values,
    columns,
  };
}
