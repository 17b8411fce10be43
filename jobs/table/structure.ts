// The structure of a compressed table: the form of its text. See docs/format-table.md.

import { FormatError } from 'isthmus';
import type { Fields } from '../compress/fields.ts';
import { delimiters } from './csv.ts';
import type { TableFormat } from './parse.ts';

export const encodings = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const;
const lineEnds = ['\n', '\r\n', '\r'] as const;

/** Maximum number of cells of a row. */
const MAX_WIDTH = 2 ** 22;

/** Errors: FormatError. */
export function readFormat(fields: Fields, maxRows: number): TableFormat {
  const emptyRows = fields.integer('emptyRows', 0, maxRows);
  const cellsOfEmptyRows = fields.integer('cellsOfEmptyRows', 0, MAX_WIDTH);
  if (emptyRows * cellsOfEmptyRows > maxRows * 64)
    throw new FormatError('limit', 'the file is damaged: it has too many empty rows');
  return {
    delimiter: fields.oneOf('delimiter', delimiters),
    lineEnd: fields.oneOf('lineEnd', lineEnds),
    finalLineEnd: fields.boolean('finalLineEnd'),
    encoding: fields.oneOf('encoding', encodings),
    byteOrderMark: fields.boolean('byteOrderMark'),
    header: fields.has('header') ? fields.texts('header') : undefined,
    emptyColumns: fields.integer('emptyColumns', 0, MAX_WIDTH),
    emptyRows,
    cellsOfEmptyRows,
    raggedRows: fields
      .objects('raggedRows')
      .map((row) => ({ row: row.integer('row', 0, maxRows), cells: row.integer('cells', 0, MAX_WIDTH) })),
  };
}
