// Any file to a compressed file. The kind of the file decides how.

import { FormatError, type ProgressOptions } from 'isthmus';
import type { TableBounds } from '../table/bounds.ts';
import { type ColumnReport, compressTable } from '../table/compress.ts';
import { type ReadTableOptions, readTable, type Table } from '../table/parse.ts';
import type { Kind } from './kinds.ts';
import { packRaw } from './raw.ts';

/** Bounds, and how a table is read. */
export interface CompressFileOptions extends TableBounds, ReadTableOptions {}

export interface CompressedFile {
  /** What was found in the file. */
  readonly kind: Kind;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly inputBytes: number;
  /** `values`: numbers were compressed by a codec. `bytes`: the bytes of the file are only deflated, because that is smaller. */
  readonly stored: 'values' | 'bytes';
  /** Columns of a table, channels of a recording or a picture, or the array. */
  readonly parts: readonly ColumnReport[];
  readonly modelBytes: number;
  readonly trained: boolean;
  readonly warnings: readonly string[];
}

/** The table of a file; undefined for a file that is no table but may be stored byte for byte. */
function tableOf(bytes: Uint8Array, options: CompressFileOptions): Table | undefined {
  try {
    return readTable(bytes, options);
  } catch (error) {
    if (error instanceof FormatError && options.lossless) return undefined;
    throw error;
  }
}

const rawFile = (bytes: Uint8Array): CompressedFile => ({
  kind: 'bytes',
  bytes: packRaw(bytes),
  inputBytes: bytes.length,
  stored: 'bytes',
  parts: [],
  modelBytes: 0,
  trained: false,
  warnings: [],
});

/**
 * Compresses the bytes of a file. With `lossless`, every byte of a CSV file comes back. Bytes of an unknown kind are deflated with
 * `lossless`, and are an error with a bound.
 *
 * Errors: TypeError, RangeError for options; FormatError for bytes that cannot be read; the reason of the signal.
 */
export async function compressFile(
  bytes: Uint8Array,
  options: CompressFileOptions,
  progress: ProgressOptions = {},
): Promise<CompressedFile> {
  const table = tableOf(bytes, options);
  if (!table) return rawFile(bytes);
  const { stored, columns, ...compressed } = await compressTable(table, options, progress);
  return {
    ...compressed,
    kind: 'csv',
    stored: stored === 'columns' ? 'values' : 'bytes',
    parts: columns,
    warnings: table.warnings,
  };
}
