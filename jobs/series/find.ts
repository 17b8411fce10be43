// Finds the strange stretches of a series, or the strange rows of a table.

import { type JobControl, partOf } from '../turns.ts';
import { scoreRows, trainRows } from './rows.ts';
import { scoreSeries, trainSeries } from './series.ts';
import type { NumberColumn, Series, SeriesDetector, StrangeOptions, StrangeResult } from './types.ts';

/** The default of `falseAlarms`. */
export const FALSE_ALARMS = { series: 0.0005, rows: 0.01 } as const;

/** The range of `falseAlarms`. */
const RATES = { low: 1e-6, high: 0.1 } as const;
/** The range of `window`. */
const WINDOWS = { low: 4, high: 1024 } as const;
/** A column with a larger share of missing values is left out. */
const MAXIMUM_MISSING_SHARE = 0.5;
/** The most columns: the first layer of the model has `window` times as many inputs. */
const MAXIMUM_COLUMNS = 1000;

function checkOptions({ window, falseAlarms }: StrangeOptions): void {
  if (window !== undefined && !(Number.isInteger(window) && window >= WINDOWS.low && window <= WINDOWS.high)) {
    throw new RangeError(`"window" expected integer ${WINDOWS.low}..${WINDOWS.high}, got ${window}`);
  }
  if (falseAlarms !== undefined && !(falseAlarms >= RATES.low && falseAlarms <= RATES.high)) {
    throw new RangeError(`"falseAlarms" expected ${RATES.low}..${RATES.high}, got ${falseAlarms}`);
  }
}

/** The columns with these names, in this order. Errors: RangeError for a name that the data does not have. */
function columnsNamed(series: Series, names: readonly string[]): NumberColumn[] {
  return names.map((name) => {
    const column = series.columns.find((candidate) => candidate.name === name);
    if (column) return column;
    const columnNames = series.columns.map((candidate) => `"${candidate.name}"`).join(', ');
    throw new RangeError(`"columns" expected names of number columns (${columnNames}), got "${name}"`);
  });
}

/** The number of missing values. */
function missingIn({ values }: NumberColumn): number {
  let missing = 0;
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i]!)) missing++;
  return missing;
}

/** True for a column with at least two different values. */
function changes({ values }: NumberColumn): boolean {
  let first: number | undefined;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    if (first === undefined) first = value;
    else if (value !== first) return true;
  }
  return false;
}

/** The most columns that a remark names. */
const NAMED = 6;

/** Names for a remark, the first ones of many. */
function listed(names: readonly string[]): string {
  const others = names.length - NAMED;
  return (
    names.slice(0, NAMED).join(', ') + (others > 0 ? ` and ${others} other ${others === 1 ? 'column' : 'columns'}` : '')
  );
}

/** A remark on the columns with missing values. */
function missingNotes(columns: readonly NumberColumn[]): string[] {
  const incomplete = columns.filter((column) => missingIn(column) > 0);
  if (incomplete.length === 0) return [];
  const counts = incomplete.map((column) => `"${column.name}" ${missingIn(column)}`);
  return [`missing values, of ${columns[0]!.values.length}: ${listed(counts)}`];
}

/** Columns that cannot be used, with the reason. */
function unusableNotes(columns: readonly NumberColumn[]): string[] {
  const reasons = new Map<string, string[]>();
  for (const column of columns) {
    const missing = missingIn(column);
    let reason = 'all values are equal';
    if (missing === column.values.length) reason = 'no values';
    else if (missing > MAXIMUM_MISSING_SHARE * column.values.length)
      reason = 'more than half of the values are missing';
    reasons.set(reason, [...(reasons.get(reason) ?? []), `"${column.name}"`]);
  }
  return [...reasons].map(([reason, names]) => `left out, as ${reason}: ${listed(names)}`);
}

/** The columns to train on, and remarks on those that are left out. Errors: RangeError if no column changes. */
function trainingColumns(data: Series, names: readonly string[] | undefined): { names: string[]; notes: string[] } {
  const columns = names ? columnsNamed(data, names) : data.columns;
  const useful = columns.filter(
    (column) => changes(column) && missingIn(column) <= MAXIMUM_MISSING_SHARE * column.values.length,
  );
  const notes = unusableNotes(columns.filter((column) => !useful.includes(column)));
  if (useful.length === 0) {
    throw new RangeError(`the data expected at least one column whose numbers change, got none (${notes.join('; ')})`);
  }
  if (useful.length > MAXIMUM_COLUMNS) {
    throw new RangeError(
      `the data expected at most ${MAXIMUM_COLUMNS} columns, got ${useful.length}; choose some with "columns"`,
    );
  }
  return { names: useful.map(({ name }) => name), notes };
}

/** The same rows with other columns. */
const withColumns = (series: Series, names: readonly string[]): Series => ({
  ...series,
  columns: columnsNamed(series, names),
});

/** Trains a detector for `data`, or for `options.normal`. Errors: as `findStrange`. */
async function train(
  data: Series,
  names: readonly string[],
  options: StrangeOptions,
  control: JobControl,
): Promise<SeriesDetector> {
  const { rows = false, normal, window, seed = 1 } = options;
  const falseAlarms = options.falseAlarms ?? (rows ? FALSE_ALARMS.rows : FALSE_ALARMS.series);
  const trained = withColumns(normal ?? data, names);
  const common = { falseAlarms, seed, contaminated: normal === undefined };
  return rows
    ? trainRows({ table: trained, ...common }, control)
    : trainSeries({ series: trained, window, ...common }, control);
}

/**
 * Finds the stretches of a series, or the rows of a table, that do not resemble the rest. Without `normal` or `detector` it trains
 * on the data itself, which may contain anomalies in up to a quarter of its length.
 *
 * The same result for the same data, options and seed on every runtime. The event loop runs other tasks in between.
 *
 * Errors: RangeError for options out of range, unknown columns, too few rows, and data without a column whose numbers change; the
 * signal's reason.
 */
export async function findStrange(
  data: Series,
  options: StrangeOptions = {},
  control: JobControl = {},
): Promise<StrangeResult> {
  checkOptions(options);
  control.signal?.throwIfAborted();
  const chosen = options.detector
    ? { names: options.detector.columns.map(({ name }) => name), notes: [] }
    : trainingColumns(options.normal ?? data, options.columns);
  const watched = withColumns(data, chosen.names);
  const detector = options.detector ?? (await train(data, chosen.names, options, partOf(control, 0, 0.7)));
  const notes = [...chosen.notes, ...missingNotes(watched.columns)];
  const common = { threshold: 1 as const, window: detector.window, columns: chosen.names, detector };
  const scoring = partOf(control, options.detector ? 0 : 0.7, 1);
  if (detector.kind === 'rows') {
    const order = Int32Array.from({ length: watched.columns[0]!.values.length }, (_, i) => i);
    return { ...common, ...(await scoreRows(watched, detector, scoring)), order, notes };
  }
  const { timeline, ...found } = await scoreSeries(watched, detector, scoring);
  return { ...common, ...found, order: timeline.order, notes: [...timeline.notes, ...notes] };
}
