// The bound of each column from the options.

import type { Column } from './column.ts';
import type { Table } from './parse.ts';

/** The bound of the numbers: one of the three. Texts, times and missing cells are always restored exactly. */
export interface TableBounds {
  /**
   * Largest absolute error of a number: for all columns, or by the name of the column. `*` is the name of all columns that have no
   * bound of their own. Columns without a bound, and columns with the bound 0, are restored exactly.
   */
  readonly maxError?: number | Readonly<Record<string, number>>;
  /** Largest error as a share of the range of the column's numbers, above 0 and below 1: for all columns, or by name. */
  readonly relativeError?: number | Readonly<Record<string, number>>;
  /** Every character of the file is restored. */
  readonly lossless?: boolean;
}

const OTHERS = '*';

/** Largest minus smallest number; the code for missing values does not count. */
function rangeOf(column: Column): number {
  if (column.kind !== 'number') return 0;
  let low = Infinity;
  let high = -Infinity;
  for (const value of column.values) {
    if (value === column.missingCode) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return high > low ? high - low : 0;
}

function checkBound(name: string, value: unknown, isRelative: boolean): number {
  if (typeof value !== 'number')
    throw new TypeError(`"${name}" expected a number, got ${JSON.stringify(value) ?? typeof value}`);
  const valid = isRelative ? value >= 0 && value < 1 : value >= 0 && value < Infinity;
  const expected = isRelative ? 'a number of at least 0 and below 1' : 'a number of at least 0';
  if (!valid) throw new RangeError(`"${name}" expected ${expected}, got ${value}`);
  return value;
}

/** Errors: RangeError for names that are no column of numbers. */
function checkNames(option: string, names: readonly string[], columns: readonly Column[]): void {
  const columnNames = columns.map(({ name }) => name);
  for (const name of names) {
    const column = columns.find((candidate) => candidate.name === name);
    if (name === OTHERS || column?.kind === 'number') continue;
    const reason = column ? `"${name}" has no numbers (${column.kind})` : `no column has the name "${name}"`;
    throw new RangeError(`"${option}": ${reason}; the columns are ${columnNames.join(', ')}`);
  }
}

/** The bound or bounds of the options; undefined for `lossless`. Errors: TypeError, RangeError. */
export function checkTarget({ maxError, relativeError, lossless }: TableBounds) {
  const count = [maxError !== undefined, relativeError !== undefined, lossless === true].filter(Boolean).length;
  if (count !== 1)
    throw new TypeError(`"options" expected one of maxError, relativeError and lossless, got ${count || 'none'}`);
  const isRelative = relativeError !== undefined;
  const option = isRelative ? 'relativeError' : 'maxError';
  const target = isRelative ? relativeError : maxError;
  const byName = typeof target === 'object' && target !== null ? target : { [OTHERS]: target };
  if (!lossless) {
    for (const [name, value] of Object.entries(byName))
      checkBound(name === OTHERS ? option : `${option}.${name}`, value, isRelative);
  }
  return { target, isRelative, option };
}

/**
 * The largest absolute error of each column; undefined for columns that are restored exactly. Errors: TypeError, RangeError
 * for options that are not exactly one of the three, or that name other columns.
 */
export function resolveBounds({ columns }: Table, options: TableBounds): (number | undefined)[] {
  const { target, isRelative, option } = checkTarget(options);
  if (target === undefined) return columns.map(() => undefined);
  const byName: Readonly<Record<string, number>> = typeof target === 'object' ? target : { [OTHERS]: target };
  checkNames(option, Object.keys(byName), columns);
  return columns.map((column) => {
    const bound = Object.hasOwn(byName, column.name) ? byName[column.name] : byName[OTHERS];
    if (column.kind !== 'number' || bound === undefined) return undefined;
    return (isRelative ? bound * rangeOf(column) : bound) || undefined;
  });
}
