// CSV text to rows of cells, and rows of cells to CSV text.

import { FormatError } from 'isthmus';
import Papa from 'papaparse';

export type Delimiter = ',' | ';' | '\t' | '|';

/** Delimiters in the order in which they are tried. */
export const delimiters: readonly Delimiter[] = [',', ';', '\t', '|'];

/** How the cells of a CSV text are separated. */
export interface CsvFormat {
  readonly delimiter: Delimiter;
  readonly lineEnd: '\n' | '\r\n' | '\r';
  /** The text ends with a line end. */
  readonly finalLineEnd: boolean;
}

/** Characters at the beginning of a text by which the delimiter is chosen. */
const TRIAL_CHARACTERS = 65536;
/** Rows by which the delimiter is chosen. */
const TRIAL_ROWS = 200;

/** A quoted cell, or a line end. */
const quotedOrLineEnd = /"(?:[^"]|"")*"|\r\n|\n|\r/g;

interface Lines {
  readonly text: string;
  readonly lineEnd: CsvFormat['lineEnd'];
  /** Several kinds of line ends were in the text; `text` has only the most frequent one. */
  readonly mixed: boolean;
}

/** The most frequent line end outside quotes, and the text with this line end only. */
function unifyLineEnds(text: string): Lines {
  const counts = { '\r\n': 0, '\n': 0, '\r': 0 };
  for (const [match] of text.matchAll(quotedOrLineEnd)) if (match in counts) counts[match as keyof typeof counts]++;
  const lineEnds = ['\n', '\r\n', '\r'] as const;
  const lineEnd = lineEnds.reduce((best, candidate) => (counts[candidate] > counts[best] ? candidate : best));
  const mixed = lineEnds.filter((candidate) => counts[candidate] > 0).length > 1;
  if (!mixed) return { text, lineEnd, mixed };
  return { text: text.replace(quotedOrLineEnd, (match) => (match in counts ? lineEnd : match)), lineEnd, mixed };
}

const parseRows = (text: string, delimiter: Delimiter, newline: CsvFormat['lineEnd'], preview = 0) =>
  Papa.parse<string[]>(text, { delimiter, newline, preview });

/** The share of rows that have the most frequent number of cells; 0 if that number is 1. */
function regularity(rows: readonly string[][]): number {
  const counts = new Map<number, number>();
  for (const row of rows) {
    if (row.length > 1 || row[0]) counts.set(row.length, (counts.get(row.length) ?? 0) + 1);
  }
  let total = 0;
  let best = { cells: 1, rows: 0 };
  for (const [cells, count] of counts) {
    total += count;
    if (count > best.rows) best = { cells, rows: count };
  }
  return best.cells > 1 ? best.rows / total : 0;
}

/** The delimiter that splits the first rows into the same number of cells, more than 1; a comma if none does. */
function detectDelimiter(text: string, lineEnd: CsvFormat['lineEnd']): Delimiter {
  let best: { delimiter: Delimiter; score: number } = { delimiter: ',', score: 0.7 };
  const beginning = text.slice(0, TRIAL_CHARACTERS);
  for (const delimiter of delimiters) {
    if (!beginning.includes(delimiter)) continue;
    const { data } = parseRows(beginning, delimiter, lineEnd, TRIAL_ROWS);
    // The last row may be cut.
    if (data.length > 1 && text.length > beginning.length) data.pop();
    const score = regularity(data);
    // With a decimal comma, commas split each row of a table that has semicolons too.
    const isBetter = score > best.score || (best.delimiter === ',' && delimiter !== ',' && score === best.score);
    if (isBetter) best = { delimiter, score };
  }
  return best.delimiter;
}

export interface CsvRows {
  readonly rows: readonly string[][];
  /** Lines of the text end differently; the rows are those of a text with the most frequent line end. */
  readonly mixedLineEnds: boolean;
  readonly format: CsvFormat;
}

/**
 * The cells of a CSV text, row by row; an empty line is a row with one empty cell. `delimiter`: default, the one that makes rows
 * of equal length. Errors: FormatError for quotes that no writer of CSV makes.
 */
export function parseCsv(input: string, delimiter?: Delimiter): CsvRows {
  const { text, lineEnd, mixed } = unifyLineEnds(input);
  const chosen = delimiter ?? detectDelimiter(text, lineEnd);
  const { data: rows, errors } = parseRows(text, chosen, lineEnd);
  const fault = errors.find(({ type }) => type === 'Quotes');
  if (fault) {
    const row = (fault.row ?? 0) + 1;
    const reasons: Record<string, string> = {
      MissingQuotes: 'a cell begins with a quote that is never closed',
      InvalidQuotes: 'a quoted cell has text after its closing quote',
    };
    throw new FormatError('corrupt', `row ${row} of the CSV: ${reasons[fault.code] ?? fault.message}`);
  }
  const last = rows.at(-1);
  const finalLineEnd = rows.length > 1 && last?.length === 1 && last[0] === '' && text.endsWith(lineEnd);
  if (finalLineEnd || text === '') rows.pop();
  return { rows, mixedLineEnds: mixed, format: { delimiter: chosen, lineEnd, finalLineEnd } };
}

/** Whether a cell is put in quotes. */
export type QuoteCell = (cell: string, row: number, column: number) => boolean;

/** The longest text that every runtime can hold: V8 has the lowest limit. */
export const MAX_CHARACTERS = 2 ** 29 - 32;

/**
 * CSV text of rows. Cells that need quotes get them; `quoted` selects further cells. Errors: FormatError for a text longer than
 * `maxCharacters`.
 */
export function formatCsv(
  rowCount: number,
  rowAt: (row: number) => readonly string[],
  format: CsvFormat,
  quoted: QuoteCell = () => false,
  maxCharacters: number = MAX_CHARACTERS,
): string {
  const { delimiter, lineEnd, finalLineEnd } = format;
  const lines: string[] = [];
  let characters = 0;
  for (let row = 0; row < rowCount; row++) {
    const cells = rowAt(row).map((cell, column) => {
      const isSpecial = cell.includes('"') || cell.includes(delimiter) || cell.includes('\n') || cell.includes('\r');
      return isSpecial || quoted(cell, row, column) ? `"${cell.replaceAll('"', '""')}"` : cell;
    });
    const line = cells.join(delimiter);
    characters += line.length + lineEnd.length;
    if (characters > maxCharacters + lineEnd.length)
      throw new FormatError('limit', `the table has more than ${maxCharacters} characters`);
    lines.push(line);
  }
  return lines.join(lineEnd) + (finalLineEnd && rowCount ? lineEnd : '');
}
