// Rows in the order of their times, one step apart, without missing values.

import { scaled } from './scaling.ts';
import type { ColumnScale, Series } from './types.ts';

/** Consecutive grid points at which the value of one column is missing. */
export interface Gap {
  readonly start: number;
  /** The point after the last one. */
  readonly end: number;
}

/** A series on a regular grid. */
export interface Grid {
  /** The scaled values, `[length, columns]`, row-major. Missing ones are interpolated. */
  readonly values: Float32Array<ArrayBuffer>;
  readonly length: number;
  readonly columns: number;
  /** Runs of missing values. */
  readonly gaps: readonly Gap[];
  /** For each row of the series its grid point. */
  readonly points: Int32Array;
}

/** The rows of a series in order of time. */
export interface Timeline {
  /** Index of each row in order of time. */
  readonly order: Int32Array<ArrayBuffer>;
  /** The grid point of each row in that order: ascending, at least one apart, more where rows are missing. */
  readonly positions: Int32Array;
  /** The step in milliseconds; undefined without times. */
  readonly step: number | undefined;
  readonly notes: string[];
}

/** A gap is shortened to this number of steps. No window is scored within it. */
const LONGEST_GAP = 1024;
/** Times are regular if at least this share of their distances is within a tenth of a step of a multiple of the step. */
const REGULAR_SHARE = 0.9;

/** The order of the rows and their distances in steps. `step`: the known step; default: the median distance. */
export function timelineOf(times: ArrayLike<number> | undefined, rows: number, knownStep?: number): Timeline {
  const order = Int32Array.from({ length: rows }, (_, i) => i);
  const positions = order.slice();
  if (!times) return { order, positions, step: undefined, notes: [] };
  const notes: string[] = [];
  const isSorted = order.every((i) => i === 0 || times[i]! >= times[i - 1]!);
  if (!isSorted) {
    order.sort((a, b) => times[a]! - times[b]! || a - b);
    notes.push('the times were not in order; the rows were sorted by time');
  }
  const distances = Float64Array.from(
    { length: Math.max(0, rows - 1) },
    (_, i) => times[order[i + 1]!]! - times[order[i]!]!,
  );
  const repeated = distances.filter((distance) => distance === 0).length;
  if (repeated) notes.push(`${repeated} ${repeated === 1 ? 'row repeats' : 'rows repeat'} the time of another row`);
  const positive = distances.filter((distance) => distance > 0).sort();
  const step = knownStep ?? positive[positive.length >> 1];
  if (step === undefined) return { order, positions, step, notes };
  const steps = distances.map((distance) => distance / step);
  const regular = steps.filter(
    (value) => value === 0 || Math.abs(value - Math.max(1, Math.round(value))) <= 0.1,
  ).length;
  if (regular < REGULAR_SHARE * steps.length) {
    notes.push('the times are not evenly spaced; the rows are taken as equally far apart');
    return { order, positions, step, notes };
  }
  let missingRows = 0;
  for (let i = 0; i < steps.length; i++) {
    const distance = Math.max(1, Math.round(steps[i]!));
    missingRows += distance - 1;
    positions[i + 1] = positions[i]! + Math.min(distance, LONGEST_GAP);
  }
  if (missingRows) notes.push(`${missingRows} ${missingRows === 1 ? 'row is' : 'rows are'} missing, by the times`);
  return { order, positions, step, notes };
}

/** The scaled values of a series on the grid of its timeline. */
export function gridOf(series: Series, { order, positions }: Timeline, scales: readonly ColumnScale[]): Grid {
  const rows = order.length;
  const length = (positions[rows - 1] ?? -1) + 1;
  const columns = series.columns.length;
  const values = new Float32Array(length * columns);
  const gaps: Gap[] = [];
  const points = new Int32Array(rows);
  for (let i = 0; i < rows; i++) points[order[i]!] = positions[i]!;
  series.columns.forEach((column, c) => {
    let previous = -1;
    const fill = (from: number, to: number): void => {
      if (to - from > 1) gaps.push({ start: from + 1, end: to });
      const start = from < 0 ? undefined : values[from * columns + c]!;
      const end = to >= length ? undefined : values[to * columns + c]!;
      for (let point = from + 1; point < to; point++) {
        const fraction = (point - from) / (to - from);
        const left = start ?? end ?? 0;
        values[point * columns + c] = left + fraction * ((end ?? left) - left);
      }
    };
    for (let i = 0; i < rows; i++) {
      const value = column.values[order[i]!]!;
      if (!Number.isFinite(value)) continue;
      const point = positions[i]!;
      values[point * columns + c] = scaled(value, scales[c]!);
      fill(previous, point);
      previous = point;
    }
    fill(previous, length);
  });
  return { values, length, columns, gaps, points };
}
