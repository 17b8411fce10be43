// Text or bytes of a CSV file to a table.

import { FormatError } from 'isthmus';
import { type Column, isMissing, readColumn } from './column.ts';
import { type CsvFormat, type Delimiter, parseCsv } from './csv.ts';
import { type NumberNotation, parseNumber } from './number-text.ts';
import { decodeText, type TextEncoding } from './text-encoding.ts';
import { detectTimePattern } from './time-text.ts';

export interface ReadTableOptions {
  /** Character between cells. Default: the one of `,` `;` tab `|` that makes rows of equal length. */
  readonly delimiter?: Delimiter;
  /** Whether the first row has the names of the columns. Default: it has if no cell of it is a number or a time. */
  readonly header?: boolean;
}

/** A row that has more or fewer cells than the others. */
export interface RaggedRow {
  readonly row: number;
  readonly cells: number;
}

/** The form of a table's text. */
export interface TableFormat extends CsvFormat {
  readonly encoding: TextEncoding;
  readonly byteOrderMark: boolean;
  /** The cells of the header as they are in the file; undefined without a header. */
  readonly header: readonly string[] | undefined;
  /** Columns at the right without a name and without a cell. */
  readonly emptyColumns: number;
  /** Rows at the end without a cell, all with `cellsOfEmptyRows` empty cells. */
  readonly emptyRows: number;
  readonly cellsOfEmptyRows: number;
  /** Rows, from 0, with another number of cells than the other rows. */
  readonly raggedRows: readonly RaggedRow[];
}

export interface Table {
  /** Number of rows without header and empty rows at the end. */
  readonly rowCount: number;
  readonly columns: readonly Column[];
  readonly format: TableFormat;
  /** Facts about the table that a person should know, as sentences. */
  readonly warnings: readonly string[];
  /** The text that the table was read from, without a byte-order mark. */
  readonly text: string;
}

/** Rows by which the header and the decimal mark are found. */
const TRIAL_ROWS = 500;

/** The decimal mark of most numbers. Numbers such as 1,234 tell little: the mark may separate thousands. */
function detectDecimalMark(rows: readonly (readonly string[])[], delimiter: Delimiter): NumberNotation {
  let points = 0;
  let commas = 0;
  for (const row of rows.slice(0, TRIAL_ROWS)) {
    for (const cell of row) {
      const mark = /^\s*[+-]?\d*([.,])\d+(?:[eE][+-]?\d+)?\s*$/.exec(cell)?.[1];
      if (!mark) continue;
      const isAmbiguous = /^\s*[+-]?\d{1,3}[.,]\d{3}\s*$/.test(cell);
      if (mark === '.') points += isAmbiguous ? 0.1 : 1;
      else if (!isAmbiguous) commas += 1;
      else if (delimiter !== ',') commas += 0.1;
    }
  }
  return { decimalMark: commas > points ? ',' : '.', grouped: false };
}

/** Whether most of the cells that are not missing are numbers or times. */
function isMostlyData(rows: readonly (readonly string[])[], isData: (cell: string) => boolean): boolean {
  const cells = rows.flat().filter((cell) => !isMissing(cell));
  return cells.filter(isData).length * 2 > cells.length;
}

/** Whether the first row has names: none of its cells is a number or a time, and not all are missing. */
function detectHeader(rows: readonly (readonly string[])[], notation: NumberNotation): boolean {
  const [first] = rows;
  if (!first) return false;
  if (rows.length < 2) return first.some((cell) => /\p{L}/u.test(cell));
  const isData = (cell: string): boolean =>
    !Number.isNaN(parseNumber(cell, notation)) || detectTimePattern([cell]) !== undefined;
  if (first.some(isData)) return false;
  const names = first.filter((cell) => !isMissing(cell));
  if (names.length === 0) return false;
  // Names can repeat; a row of data can too, but then the rows below have texts in these columns as well.
  const rowsBelow = rows.slice(1, 1 + TRIAL_ROWS);
  return new Set(names).size * 2 > names.length || isMostlyData(rowsBelow, isData);
}

const isEmptyRow = (row: readonly string[]): boolean => row.every((cell) => cell === '');

/** Number of empty rows at the end that have the same number of cells. */
function countEmptyRows(rows: readonly (readonly string[])[]): number {
  let count = 0;
  const cells = rows.at(-1)?.length;
  while (count < rows.length) {
    const row = rows[rows.length - 1 - count]!;
    if (row.length !== cells || !isEmptyRow(row)) break;
    count++;
  }
  return count;
}

/** The most frequent number of cells of a row. */
function usualWidth(rows: readonly (readonly string[])[]): number {
  const counts = new Map<number, number>();
  for (const { length } of rows) counts.set(length, (counts.get(length) ?? 0) + 1);
  let best = 0;
  for (const [width, count] of counts) if (count > (counts.get(best) ?? 0)) best = width;
  return best;
}

/** Names for people: unique, and none of them empty. */
export function uniqueNames(header: readonly string[] | undefined, count: number): string[] {
  const used = new Set<string>();
  return Array.from({ length: count }, (_, i) => {
    const base = header?.[i]?.trim() || `column ${i + 1}`;
    let name = base;
    for (let n = 2; used.has(name); n++) name = `${base} (${n})`;
    used.add(name);
    return name;
  });
}

function describe(table: Omit<Table, 'warnings'>): string[] {
  const { format, columns } = table;
  const warnings: string[] = [];
  const [ragged] = format.raggedRows;
  if (ragged) {
    const others = format.raggedRows.length - 1;
    const more = others ? `, and ${others} other rows differ too` : '';
    warnings.push(`row ${ragged.row + 1} has ${ragged.cells} cells, other rows have another number${more}`);
  }
  const names = (format.header ?? []).filter((name) => name !== '');
  if (new Set(names).size < names.length) warnings.push('several columns have the same name');
  const codes = new Map<number, string[]>();
  for (const column of columns) {
    if (column.kind !== 'number') continue;
    const { name, texts, missingCode } = column;
    if (texts) warnings.push(`column "${name}" has ${texts} cells that are not numbers`);
    if (missingCode !== undefined) codes.set(missingCode, [...(codes.get(missingCode) ?? []), name]);
  }
  for (const [code, columnNames] of codes) {
    const subject = columnNames.length > 1 ? `${columnNames.length} columns` : `column "${columnNames[0]}"`;
    warnings.push(`${subject}: the number ${code} probably stands for missing values`);
  }
  return warnings;
}

/** The row lengths that differ from the width of the table. Errors: FormatError where most of the cells would be made up. */
function findRaggedRows(rows: readonly (readonly string[])[], width: number): RaggedRow[] {
  const cells = rows.reduce((sum, row) => sum + row.length, 0);
  if (width * rows.length > 4 * cells + 10000) {
    const longest = rows.findIndex((row) => row.length === width);
    throw new FormatError('corrupt', `not a table: row ${longest + 1} has ${width} cells, most rows have fewer`);
  }
  return rows.flatMap((row, i) => (row.length === width ? [] : [{ row: i, cells: row.length }]));
}

/**
 * Reads a CSV file: text, or bytes in UTF-8, UTF-16 or windows-1252, with or without byte-order mark, header, quotes, decimal
 * commas, gaps and empty rows at the end. Every character of the file is in the table, so that `formatTable` restores it.
 *
 * Errors: FormatError for bytes that are not text, for broken quotes, and for rows that differ too much to be a table.
 */
export function readTable(input: string | Uint8Array, options: ReadTableOptions = {}): Table {
  const { text, encoding, byteOrderMark } =
    typeof input === 'string' ? { text: input, encoding: 'utf-8' as const, byteOrderMark: false } : decodeText(input);
  if (!text.isWellFormed()) throw new FormatError('corrupt', 'the text has half of a surrogate pair');
  const { rows, mixedLineEnds, format: csvFormat } = parseCsv(text, options.delimiter);
  const notation = detectDecimalMark(rows, csvFormat.delimiter);
  const header = (options.header ?? detectHeader(rows, notation)) ? rows[0] : undefined;
  const bodyRows = header ? rows.slice(1) : rows;
  const emptyRows = countEmptyRows(bodyRows);
  const cellsOfEmptyRows = emptyRows ? bodyRows.at(-1)!.length : 0;
  const dataRows = emptyRows ? bodyRows.slice(0, -emptyRows) : bodyRows;
  const width = dataRows.reduce((max, row) => Math.max(max, row.length), header?.length ?? usualWidth(dataRows));
  const raggedRows = findRaggedRows(dataRows, width);
  const cellsByColumn = Array.from({ length: width }, (_, column) => dataRows.map((row) => row[column] ?? ''));
  let filled = width;
  while (filled > 1 && !header?.[filled - 1] && cellsByColumn[filled - 1]!.every((cell) => cell === '')) filled--;
  const names = uniqueNames(header, filled);
  const table = {
    rowCount: dataRows.length,
    columns: names.map((name, i) => readColumn(name, cellsByColumn[i]!, notation)),
    format: {
      ...csvFormat,
      encoding,
      byteOrderMark,
      header,
      emptyColumns: width - filled,
      emptyRows,
      cellsOfEmptyRows,
      raggedRows,
    },
    text,
  };
  const warnings = describe(table);
  if (mixedLineEnds) warnings.push('lines end in different ways');
  return { ...table, warnings };
}
