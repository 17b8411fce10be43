// Columns to series of integers and texts, and back.

import { FormatError } from 'isthmus';
import type { Series } from '../compress/channel.ts';
import type { ChunkReader, ChunkWriter, DeflatedChunk } from '../compress/chunks.ts';
import { deflate } from '../compress/chunks.ts';
import type { Fields } from '../compress/fields.ts';
import { deflateIntegers } from '../compress/integers.ts';
import type { Column, TextColumn, TimeColumn } from './column.ts';
import type { Cells } from './format.ts';
import { type DecimalMark, formatNumber, type NumberFormat } from './number-text.ts';
import { type Exceptions, numberUnits } from './number-units.ts';
import { timePattern } from './time-text.ts';

/** Cells beside the integers: a series of codes, and the texts that the codes stand for, from 1 on. */
interface ExceptionsDescription {
  readonly codes: number;
  readonly texts: readonly string[];
}

/** A column in the structure of a file. Numbers are indices of series. */
export type ColumnDescription =
  | {
      readonly kind: 'number';
      readonly values: number;
      readonly format: NumberFormat;
      readonly exceptions?: ExceptionsDescription;
    }
  | {
      readonly kind: 'time';
      readonly values: number;
      readonly pattern: string;
      readonly exceptions?: ExceptionsDescription;
    }
  | { readonly kind: 'text'; readonly codes: number; readonly dictionary: DeflatedChunk }
  | { readonly kind: 'text'; readonly cells: DeflatedChunk };

/** Collects the series and the texts of columns. */
export interface Packing {
  readonly series: Series[];
  readonly chunks: ChunkWriter;
}

/** Texts in one text: each ends with a line end; line ends and backslashes in them are escaped. */
export const joinTexts = (texts: Iterable<string>): string => {
  const lines: string[] = [];
  for (const text of texts)
    lines.push(/[\\\n]/.test(text) ? text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n') : text);
  return lines.map((line) => `${line}\n`).join('');
};

/** The inverse of `joinTexts`. */
export function splitTexts(joined: string): string[] {
  const lines = joined.split('\n');
  lines.pop();
  return lines.map((line) =>
    line.includes('\\') ? line.replace(/\\(.)/g, (_, mark: string) => (mark === 'n' ? '\n' : mark)) : line,
  );
}

const addSeries = ({ series }: Packing, values: Series['values'], tolerance = 0): number =>
  series.push({ values, tolerance }) - 1;

function addExceptions(packing: Packing, { codes, texts }: Exceptions): { exceptions?: ExceptionsDescription } {
  return texts.length ? { exceptions: { codes: addSeries(packing, codes), texts } } : {};
}

function packTexts({ cells }: Pick<TextColumn, 'cells'>, packing: Packing): ColumnDescription {
  const indices = new Map<string, number>();
  const codes = Float64Array.from(cells, (cell) => {
    const code = indices.get(cell) ?? indices.size;
    indices.set(cell, code);
    return code;
  });
  const encoder = new TextEncoder();
  const dictionary = joinTexts(indices.keys());
  // With a dictionary of most cells the codes are a second copy of the order.
  if (indices.size * 2 > cells.length) {
    const plain = deflate(encoder.encode(joinTexts(cells)));
    const split = deflate(encoder.encode(dictionary)).length + deflateIntegers(codes).packed.length;
    if (plain.length <= split) return { kind: 'text', cells: packing.chunks.text(joinTexts(cells)) };
  }
  return { kind: 'text', codes: addSeries(packing, codes), dictionary: packing.chunks.text(dictionary) };
}

/** Undefined where many cells are not written in the pattern. */
function packTimes({ cells, format: { pattern } }: TimeColumn, packing: Packing): ColumnDescription | undefined {
  const compiled = timePattern(pattern)!;
  const indices = new Map<string, number>();
  const codes = new Float64Array(cells.length);
  let last = 0;
  const units = Float64Array.from(cells, (cell, row) => {
    const value = compiled.parse(cell);
    if (Number.isSafeInteger(value) && Math.abs(value) < 2 ** 51 && compiled.format(value) === cell) {
      last = value;
    } else {
      const code = indices.get(cell) ?? indices.size + 1;
      indices.set(cell, code);
      codes[row] = code;
    }
    return last;
  });
  if (indices.size > 16 + cells.length / 10) return undefined;
  const values = addSeries(packing, units);
  return { kind: 'time', values, pattern, ...addExceptions(packing, { codes, texts: [...indices.keys()] }) };
}

/** Describes a column and adds its content to `packing`. `bound`: see `numberUnits`. */
export function packColumn(column: Column, bound: number | undefined, packing: Packing): ColumnDescription {
  if (column.kind === 'number') {
    const numbers = numberUnits(column, bound);
    if (!numbers) return packTexts(column, packing);
    const { units, tolerance, format, exceptions } = numbers;
    const values = addSeries(packing, units, tolerance);
    return { kind: 'number', values, format, ...addExceptions(packing, exceptions) };
  }
  const times = column.kind === 'time' ? packTimes(column, packing) : undefined;
  return times ?? packTexts(column, packing);
}

/** Series by the index in the structure. Errors: FormatError for an index without a series. */
export type SeriesAt = (index: number) => Float64Array;

const damaged = (what: string): FormatError => new FormatError('corrupt', `the file is damaged: ${what}`);

/** Texts by their codes. Errors: FormatError for a code without a text. */
function coded(codes: Float64Array, texts: readonly string[]): (row: number) => string {
  for (const code of codes) if (!(code >= 0 && code < texts.length)) throw damaged('a text is missing');
  return (row) => texts[codes[row]!]!;
}

function withExceptions(fields: Fields, seriesAt: SeriesAt, print: (row: number) => string): Cells {
  if (!fields.has('exceptions')) return { at: print };
  const description = fields.object('exceptions');
  const codes = seriesAt(description.integer('codes'));
  const textAt = coded(codes, ['', ...description.texts('texts')]);
  return { at: (row) => (codes[row] ? textAt(row) : print(row)) };
}

const decimalMarks: readonly DecimalMark[] = ['.', ','];

function readNumberFormat(fields: Fields): NumberFormat {
  const decimals = fields.integer('decimals', 0, 22);
  return {
    decimalMark: fields.oneOf('decimalMark', decimalMarks),
    grouped: fields.boolean('grouped'),
    decimals,
    minDecimals: fields.integer('minDecimals', 0, decimals),
  };
}

export const columnKinds = ['number', 'time', 'text'] as const;

/** The cells of a column. Errors: FormatError. */
export function unpackColumn(fields: Fields, chunks: ChunkReader, seriesAt: SeriesAt): Cells {
  const kind = fields.oneOf('kind', columnKinds);
  const chunk = (name: string): DeflatedChunk => {
    const part = fields.object(name);
    return { bytes: part.integer('bytes'), size: part.integer('size') };
  };
  if (kind === 'text') {
    if (fields.has('cells')) return splitTexts(chunks.text(chunk('cells')));
    const dictionary = splitTexts(chunks.text(chunk('dictionary')));
    return { at: coded(seriesAt(fields.integer('codes')), dictionary) };
  }
  const values = seriesAt(fields.integer('values'));
  if (kind === 'time') {
    const pattern = timePattern(fields.text('pattern'));
    if (!pattern) throw damaged('a pattern of times');
    return withExceptions(fields, seriesAt, (row) => pattern.format(values[row]!));
  }
  const format = readNumberFormat(fields.object('format'));
  return withExceptions(fields, seriesAt, (row) => formatNumber(values[row]!, format));
}
