// The number columns and the times of a table that was read from a file.

import type { TableColumn, TableData } from '../dataset.ts';
import type { NumberColumn, Series } from './types.ts';

/** A series from a table, and how to name its rows. */
export interface TableSeries {
  readonly series: Series;
  /** Names of the columns that hold the time; empty without times. */
  readonly timeColumns: readonly string[];
  /** The time of a row as text, as in the file; undefined without times. */
  readonly timeText: ((row: number) => string) | undefined;
  /** Remarks for the user. */
  readonly notes: readonly string[];
}

/** Which columns of a table are used. */
export interface TableChoice {
  /** True: rows are samples and have no time. */
  readonly rows?: boolean;
  /** Name of the column with the times. Default: the first one with times, or one that is named so and rises. */
  readonly time?: string;
}

const DAY = 86_400_000;
/** Names of columns whose numbers may be times. */
const TIME_NAME = /^(?:time|times|timestamp|date|datetime|ts|t|epoch|unix.*|.*_time|.*_ts)$/i;
/** Numbers from here on are milliseconds since 1970; smaller ones from `SECONDS` on are seconds. */
const MILLISECONDS = 1e11;
const SECONDS = 1e8;

/** True where at least 95 % of the values rise. */
function rises(values: Float64Array): boolean {
  let falls = 0;
  for (let i = 1; i < values.length; i++) if (!(values[i]! >= values[i - 1]!)) falls++;
  return falls <= values.length / 20;
}

/** True for the numbers n, n + 1, n + 2, … */
function countsRows(values: ArrayLike<number>): boolean {
  if (values.length < 3) return false;
  for (let i = 1; i < values.length; i++) if (values[i] !== values[i - 1]! + 1) return false;
  return true;
}

/** Numbers of a column as milliseconds. */
function toMilliseconds(values: Float64Array): Float64Array {
  const typical = Math.abs(values[values.length >> 1] ?? 0);
  const isSeconds = typical >= SECONDS && typical < MILLISECONDS;
  return isSeconds ? values.map((value) => value * 1000) : values;
}

type Timed = TableColumn & { readonly times: Float64Array };
type Numeric = TableColumn & { readonly numbers: Float64Array };

const isTime = (column: TableColumn): column is Timed => column.times !== undefined;
const isNumeric = (column: TableColumn): column is Numeric => column.numbers !== undefined;

/** Numbers of a column of times as milliseconds; undefined for a column of text. */
function millisecondsOf(column: TableColumn): Float64Array | undefined {
  if (column.times) return column.times;
  return column.numbers && toMilliseconds(column.numbers);
}

/** The columns that together give the time: one, or one with days and one with the time of day. */
function timeColumnsOf(table: TableData, name: string | undefined): TableColumn[] {
  if (name !== undefined) {
    const column = table.columns.find((candidate) => candidate.name === name);
    if (column && millisecondsOf(column)) return [column];
    const columnNames = table.columns.map((candidate) => `"${candidate.name}"`).join(', ');
    throw new RangeError(`"time" expected a column with times or numbers (columns: ${columnNames}), got "${name}"`);
  }
  const [first, second] = table.columns.filter(isTime);
  if (first) {
    const isDays = first.times.every((value) => Number.isNaN(value) || value % DAY === 0);
    const isTimeOfDay = second?.times.every((value) => Number.isNaN(value) || (value >= 0 && value < DAY));
    return second && isDays && isTimeOfDay ? [first, second] : [first];
  }
  return table.columns
    .filter(isNumeric)
    .filter(({ name: label, numbers }) => TIME_NAME.test(label) && rises(numbers))
    .slice(0, 1);
}

/** The sum of the columns' times in milliseconds. */
function timesOf(columns: readonly TableColumn[], rowCount: number): Float64Array {
  const times = new Float64Array(rowCount);
  for (const column of columns) {
    const values = millisecondsOf(column)!;
    for (let row = 0; row < rowCount; row++) times[row]! += values[row]!;
  }
  return times;
}

/** The values of a number column. A number that probably stands for a missing value counts as missing. */
function withoutMissingCode({ name, numbers: values, missingCode }: Numeric): NumberColumn {
  if (missingCode === undefined) return { name, values };
  return { name, values: values.map((value) => (value === missingCode ? Number.NaN : value)) };
}

/** The series of a table. Errors: RangeError for a column of times that does not exist or has gaps. */
export function seriesOfTable(table: TableData, choice: TableChoice = {}): TableSeries {
  const notes: string[] = [];
  const timed = choice.rows && choice.time === undefined ? [] : timeColumnsOf(table, choice.time);
  const columns: NumberColumn[] = [];
  const codes = new Map<number, string[]>();
  const texts: string[] = [];
  for (const column of table.columns.filter((candidate) => !timed.includes(candidate))) {
    if (!isNumeric(column)) {
      texts.push(`"${column.name}"`);
      continue;
    }
    if (countsRows(column.numbers)) {
      notes.push(`left out, as it counts the rows: "${column.name}"`);
      continue;
    }
    columns.push(withoutMissingCode(column));
    if (column.missingCode === undefined) continue;
    codes.set(column.missingCode, [...(codes.get(column.missingCode) ?? []), `"${column.name}"`]);
  }
  for (const [code, names] of codes) {
    const where = names.length > 3 ? `${names.length} columns` : names.join(', ');
    notes.push(`${code} counts as a missing value in ${where}`);
  }
  if (texts.length)
    notes.push(`left out, as no numbers: ${texts.slice(0, 6).join(', ')}${texts.length > 6 ? ', …' : ''}`);
  if (timed.length === 0) return { series: { columns }, timeColumns: [], timeText: undefined, notes };
  const times = timesOf(timed, table.rowCount);
  const untimed = times.findIndex((time) => !Number.isFinite(time));
  if (untimed >= 0) {
    const names = timed.map(({ name }) => `"${name}"`).join(', ');
    throw new RangeError(
      `row ${untimed + 1} has no time in ${names}; correct the row, or choose another column of times`,
    );
  }
  return {
    series: { columns, times },
    timeColumns: timed.map(({ name }) => name),
    timeText: (row) =>
      timed.map(({ texts: cells, numbers }) => cells?.[row]?.trim() ?? String(numbers?.[row])).join(' '),
    notes,
  };
}
