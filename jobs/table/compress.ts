// A table to a compressed file whose numbers keep a bound, and back.

import { FormatError, type ProgressOptions } from 'isthmus';
import { crc32 } from '../compress/checksum.ts';
import { ChunkReader, ChunkWriter } from '../compress/chunks.ts';
import { type Content, writeContainer } from '../compress/container.ts';
import { Fields } from '../compress/fields.ts';
import { packRaw } from '../compress/raw.ts';
import { readSeries, type SeriesReport, storeSeries } from '../compress/series-store.ts';
import { resolveBounds, type TableBounds } from './bounds.ts';
import type { Column } from './column.ts';
import { MAX_CHARACTERS } from './csv.ts';
import { detectQuoteStyle, formatTable, quoteStyles } from './format.ts';
import { type ColumnDescription, columnKinds, type Packing, packColumn, unpackColumn } from './pack-columns.ts';
import type { Table } from './parse.ts';
import { readFormat } from './structure.ts';
import { encodeText } from './text-encoding.ts';
import { largestErrors } from './verify.ts';

/** A column of a compressed table. */
export interface ColumnReport {
  readonly name: string;
  readonly kind: Column['kind'];
  /** Bytes in the file. Columns in one codec share its bytes by the bytes that each takes alone. */
  readonly bytes: number;
  /** Largest absolute error of its numbers that was asked for; undefined where every character is restored. */
  readonly bound: number | undefined;
  /** Largest absolute error of its numbers, measured on the restored text. */
  readonly maxError: number;
}

export interface CompressedTable {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly columns: readonly ColumnReport[];
  /** Bytes of the models and tables of codecs. They are part of the bytes of the columns. */
  readonly modelBytes: number;
  /** A trained model predicts numbers. False where its weights would take more bytes than they save. */
  readonly trained: boolean;
  /** `columns`; or `text` where the deflated text is smaller than compressed columns. */
  readonly stored: 'columns' | 'text';
  /** Bytes of the text that was compressed. */
  readonly inputBytes: number;
}

/** Maximum number of integers in all series: a column may have a second series, for cells that hold no number. */
const MAX_SERIES_VALUES = 2 ** 26;
/** Wider tables are stored as deflated text: their columns would take more bytes to describe than they save. */
const MAX_COLUMNS = 10_000;
/** Maximum number of cells. Their numbers take 8 bytes each while they are compressed. */
export const MAX_CELLS = 2 ** 25;

const exact = (column: Column): ColumnReport => ({
  name: column.name,
  kind: column.kind,
  bytes: 0,
  bound: undefined,
  maxError: 0,
});

/** Bytes of a column: of its series, and of its texts. */
function bytesOf(description: ColumnDescription, reports: readonly SeriesReport[]): number {
  const indices: number[] = [];
  let bytes = 0;
  if (description.kind !== 'text') {
    indices.push(description.values);
    if (description.exceptions) indices.push(description.exceptions.codes);
  } else if ('codes' in description) {
    indices.push(description.codes);
    bytes += description.dictionary.bytes;
  } else bytes += description.cells.bytes;
  return indices.reduce((sum, index) => sum + reports[index]!.bytes, bytes);
}

function partOfProgress({ signal, onProgress }: ProgressOptions, from: number, to: number): ProgressOptions {
  return {
    ...(signal && { signal }),
    ...(onProgress && { onProgress: (done: number) => onProgress(from + (to - from) * done) }),
  };
}

type PackedTable = Omit<CompressedTable, 'stored' | 'inputBytes'>;

/** Undefined where the restored text would differ more than the bounds allow. */
async function packTable(
  table: Table,
  bounds: readonly (number | undefined)[],
  options: ProgressOptions,
): Promise<PackedTable | undefined> {
  const { rowCount, columns, format } = table;
  const lossless = bounds.every((bound) => bound === undefined);
  const quoteStyle = detectQuoteStyle(table, table.text);
  if (!quoteStyle && lossless) return undefined;
  const packing: Packing = { series: [], chunks: new ChunkWriter() };
  const seriesChunks = new ChunkWriter();
  const descriptions: ColumnDescription[] = [];
  for (const [i, column] of columns.entries()) {
    options.signal?.throwIfAborted();
    descriptions.push(packColumn(column, bounds[i], packing));
  }
  const { series, chunks } = packing;
  const stored = await storeSeries(series, rowCount, seriesChunks, partOfProgress(options, 0.05, 0.85));
  const structure = {
    kind: 'csv',
    rows: rowCount,
    quoteStyle: quoteStyle ?? 'needed',
    format,
    columns: descriptions,
    textBytes: chunks.length,
    series: stored.description,
  };
  chunks.add(seriesChunks.join());
  const data = chunks.join();
  // The text that a reader will get, from the structure and the data that the file will have.
  const content = { structure: new Fields(JSON.parse(JSON.stringify(structure))), data };
  const restored = await restoreText(content, {
    ...partOfProgress(options, 0.85, 0.95),
    maxCharacters: MAX_CHARACTERS,
  });
  const errors = largestErrors(table, restored, bounds);
  if (!errors || (lossless && restored !== table.text)) return undefined;
  const restoredBytes = encodeText({ ...format, text: restored });
  const output = { bytes: restoredBytes.length, crc32: crc32(restoredBytes) };
  const reports = columns.map(
    (column, i): ColumnReport => ({
      ...exact(column),
      bytes: bytesOf(descriptions[i]!, stored.reports),
      bound: bounds[i],
      maxError: errors[i]!,
    }),
  );
  // `describeFile` reads the reports; a reader does not need them.
  const stated = reports.map(({ bytes, bound, maxError }) =>
    bound === undefined ? { bytes } : { bytes, bound, maxError },
  );
  return {
    bytes: writeContainer({ ...structure, output, reports: stated }, data),
    columns: reports,
    modelBytes: stored.codecBytes,
    trained: stored.trained,
  };
}

/**
 * Compresses a table within bounds, and verifies them: the file is read again, its text is parsed, and each number is compared with the
 * number of the input in float64. Texts, times, missing cells and codes for missing values are restored exactly. The file contains all that
 * `decompressTable` needs.
 *
 * Where columns take more bytes than the deflated text, the file holds the deflated text. Errors: TypeError, RangeError for options;
 * FormatError `limit` for more than 2^25 cells; the reason of the signal.
 */
export async function compressTable(
  table: Table,
  options: TableBounds,
  progress: ProgressOptions = {},
): Promise<CompressedTable> {
  const bounds = resolveBounds(table, options);
  const { rowCount, columns, format } = table;
  if (rowCount * columns.length > MAX_CELLS)
    throw new FormatError('limit', `a table of ${rowCount} rows and ${columns.length} columns is too large: split it`);
  const text = encodeText({ ...format, text: table.text });
  const deflated = packRaw(text);
  progress.signal?.throwIfAborted();
  const isTable = rowCount > 0 && columns.length <= MAX_COLUMNS;
  const packed = isTable ? await packTable(table, bounds, progress) : undefined;
  await progress.onProgress?.(1);
  progress.signal?.throwIfAborted();
  if (packed && packed.bytes.length < deflated.length) return { ...packed, stored: 'columns', inputBytes: text.length };
  const reports = columns.map((column, i) => ({ ...exact(column), bound: bounds[i] }));
  return { bytes: deflated, columns: reports, modelBytes: 0, trained: false, stored: 'text', inputBytes: text.length };
}

interface RestoreOptions extends ProgressOptions {
  /** The text may have at most this many characters. */
  readonly maxCharacters: number;
}

/** The text of a table. Errors: FormatError for a structure or data that `packTable` did not write. */
async function restoreText(
  { structure, data }: Content,
  { maxCharacters, ...options }: RestoreOptions,
): Promise<string> {
  const columnFields = structure.objects('columns');
  const rowCount = structure.integer('rows', 0, Math.floor(MAX_CELLS / Math.max(1, columnFields.length)));
  const textBytes = structure.integer('textBytes', 0, data.length);
  const series = await readSeries(
    structure.object('series'),
    new ChunkReader(data.subarray(textBytes)),
    rowCount,
    MAX_SERIES_VALUES,
    options,
  );
  const seriesAt = (index: number): Float64Array => {
    const found = series[index];
    if (!found) throw new FormatError('corrupt', 'the file is damaged: a series is missing');
    return found;
  };
  const texts = new ChunkReader(data.subarray(0, textBytes));
  const columns = columnFields.map((fields) => ({
    kind: fields.oneOf('kind', columnKinds),
    cells: unpackColumn(fields, texts, seriesAt),
  }));
  const format = readFormat(structure.object('format'), maxCharacters);
  return formatTable({
    rowCount,
    columns,
    format,
    quoteStyle: structure.oneOf('quoteStyle', quoteStyles),
    maxCharacters,
  });
}

/** The bytes of the CSV file in a compressed table. Errors: FormatError; the reason of the signal. */
export async function restoreTable(content: Content, options: ProgressOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
  const { structure } = content;
  const output = structure.object('output');
  const maxCharacters = output.integer('bytes', 0, 4 * MAX_CHARACTERS);
  const text = await restoreText(content, { ...options, maxCharacters: Math.min(maxCharacters, MAX_CHARACTERS) });
  const { encoding, byteOrderMark } = readFormat(structure.object('format'), maxCharacters);
  const bytes = encodeText({ text, encoding, byteOrderMark });
  if (bytes.length !== maxCharacters || crc32(bytes) !== output.text('crc32'))
    throw new FormatError('corrupt', 'the restored table differs from the one that was compressed');
  return bytes;
}
