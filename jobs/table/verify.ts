// Compares a restored table with the one that was compressed.

import { parseCsv } from './csv.ts';
import { parseNumber } from './number-text.ts';
import type { Table } from './parse.ts';

/** The rows of the text without the header. Undefined where the header differs. */
function bodyOf(text: string, { format }: Table): readonly (readonly string[])[] | undefined {
  const { rows } = parseCsv(text, format.delimiter);
  const { header } = format;
  if (!header) return rows;
  const [first] = rows;
  const isSame = first?.length === header.length && header.every((name, i) => first[i] === name);
  return isSame ? rows.slice(1) : undefined;
}

/**
 * The largest absolute error of each column's numbers, as float64: the number in the restored text minus the number in the text of the
 * table. Undefined where an error is above its bound, where another cell differs, or where rows or cells are missing.
 */
export function largestErrors(
  table: Table,
  restored: string,
  bounds: readonly (number | undefined)[],
): number[] | undefined {
  const { columns, rowCount, format } = table;
  const body = bodyOf(restored, table);
  if (!body || body.length !== rowCount + format.emptyRows) return undefined;
  const width = columns.length + format.emptyColumns;
  const lengths = new Map(format.raggedRows.map(({ row, cells }) => [row, cells]));
  const errors = columns.map(() => 0);
  for (const [row, cells] of body.entries()) {
    const expectedCells = row < rowCount ? (lengths.get(row) ?? width) : format.cellsOfEmptyRows;
    if (cells.length !== expectedCells) return undefined;
    for (const [i, cell] of cells.entries()) {
      const column = row < rowCount ? columns[i] : undefined;
      const original = column?.cells[row] ?? '';
      if (cell === original) continue;
      if (column?.kind !== 'number' || bounds[i] === undefined) return undefined;
      const error = Math.abs(parseNumber(cell, column.format) - column.values[row]!);
      // NaN, from a cell that holds no number, is not within a bound either.
      if (!(error <= bounds[i])) return undefined;
      errors[i] = Math.max(errors[i]!, error);
    }
  }
  return errors;
}
