// The numbers of a table as samples of a model.
import type { Table } from '../../../../jobs/table/parse.ts';

export interface NumberRows {
  readonly columns: readonly string[];
  readonly rowCount: number;
  /** Row by row, gaps filled with the mean of their column. */
  readonly values: Float32Array<ArrayBuffer>;
  /** Cells that had no number. */
  readonly gaps: number;
  /** Names of columns without numbers. */
  readonly leftOut: readonly string[];
}

/** The number columns of a table. Errors: for a table without any. */
export function numberRows(table: Table): NumberRows {
  const { rowCount } = table;
  const used = table.columns.flatMap((column) => {
    if (column.kind !== 'number') return [];
    const { missingCode } = column;
    const isGap = (value: number): boolean => !Number.isFinite(value) || value === missingCode;
    const present = Array.from(column.values).filter((value) => !isGap(value));
    // A column with a single value says nothing.
    if (new Set(present.slice(0, 1000)).size < 2) return [];
    const mean = present.reduce((sum, value) => sum + value / present.length, 0);
    return [{ name: column.name, values: column.values, isGap, mean }];
  });
  if (used.length === 0 || rowCount === 0) throw new Error('The table has no column of numbers. Choose another file.');
  const values = new Float32Array(rowCount * used.length);
  let gaps = 0;
  used.forEach(({ values: cells, isGap, mean }, j) => {
    for (let i = 0; i < rowCount; i++) {
      const value = cells[i] ?? Number.NaN;
      const missing = isGap(value);
      gaps += Number(missing);
      values[i * used.length + j] = Math.fround(missing ? mean : value);
    }
  });
  const names = used.map(({ name }) => name);
  const leftOut = table.columns.map(({ name }) => name).filter((name) => !names.includes(name));
  return { columns: names, rowCount, values, gaps, leftOut };
}
