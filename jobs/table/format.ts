// A table to the text of a CSV file.

import { formatCsv, type QuoteCell } from './csv.ts';
import type { TableFormat } from './parse.ts';

/** Which cells are in quotes beside those that need quotes. */
export const quoteStyles = ['needed', 'all', 'texts', 'filled texts'] as const;
export type QuoteStyle = (typeof quoteStyles)[number];

/** The cells of a column: an array, or an object that makes a cell when it is asked. */
export interface Cells {
  at(row: number): string | undefined;
}

/** All that is written: the cells of each column, row by row. */
export interface TableText {
  readonly rowCount: number;
  readonly columns: readonly { readonly kind: string; readonly cells: Cells }[];
  readonly format: TableFormat;
  readonly quoteStyle: QuoteStyle;
  /** Default: the longest text that every runtime can hold. */
  readonly maxCharacters?: number;
}

/** The text of a CSV file, without a byte-order mark. Errors: FormatError for a text that is too long. */
export function formatTable({ rowCount, columns, format, quoteStyle, maxCharacters }: TableText): string {
  const { header, emptyColumns, emptyRows, cellsOfEmptyRows, raggedRows } = format;
  const width = columns.length + emptyColumns;
  const lengths = new Map(raggedRows.map(({ row, cells }) => [row, cells]));
  const firstRow = header ? 1 : 0;
  const emptyRow: string[] = Array.from({ length: cellsOfEmptyRows }, () => '');
  const rowAt = (row: number): readonly string[] => {
    const index = row - firstRow;
    if (index < 0) return header!;
    if (index >= rowCount) return emptyRow;
    return Array.from({ length: lengths.get(index) ?? width }, (_, column) => columns[column]?.cells.at(index) ?? '');
  };
  const isText = (row: number, column: number): boolean => row < firstRow || columns[column]?.kind === 'text';
  const quoted: Record<QuoteStyle, QuoteCell | undefined> = {
    needed: undefined,
    all: () => true,
    texts: (_, row, column) => isText(row, column),
    'filled texts': (cell, row, column) => cell !== '' && isText(row, column),
  };
  return formatCsv(firstRow + rowCount + emptyRows, rowAt, format, quoted[quoteStyle], maxCharacters);
}

/** The style of quotes that restores the text to the character; undefined where none does. */
export function detectQuoteStyle(table: Omit<TableText, 'quoteStyle'>, text: string): QuoteStyle | undefined {
  const candidates = text.includes('"') ? quoteStyles : quoteStyles.slice(0, 1);
  return candidates.find((quoteStyle) => formatTable({ ...table, quoteStyle }) === text);
}
