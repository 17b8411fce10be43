// Strange points of a grid, joined to stretches and cut to the points and columns that make them strange.

import type { Grid } from './grid.ts';
import type { ColumnShare, SeriesDetector } from './types.ts';
import { windowsAt } from './windows.ts';

/** Points of a grid from the first to the last, both included. */
export interface PointRange {
  readonly first: number;
  readonly last: number;
}

/** The most windows of a stretch that are explained. */
const EXPLAINED_WINDOWS = 512;
/** Points with a smaller part of the largest contribution do not count: a model errs a little beside a spike, too. */
const SMALL = 0.1;
/** The part of the contributions that is cut off at each end of a stretch. */
const CUT = 0.02;

/** Ranges of points whose score is above the threshold. Ranges that are at most `distance` points apart are joined. */
export function rangesAbove(scores: ArrayLike<number>, threshold: number, distance: number): PointRange[] {
  const ranges: { first: number; last: number }[] = [];
  for (let i = 0; i < scores.length; i++) {
    if (!(scores[i]! > threshold)) continue;
    const range = ranges.at(-1);
    if (range && i - range.last <= distance) range.last = i;
    else ranges.push({ first: i, last: i });
  }
  return ranges;
}

/** The mean contribution of each value around a range, `[points, columns]`; a normal value contributes about 1. */
function contributions(grid: Grid, { window, detector }: SeriesDetector, starts: readonly number[]) {
  const { columns } = grid;
  const size = window * columns;
  const first = starts[0]!;
  const sums = new Float64Array((starts.at(-1)! + window - first) * columns);
  const counts = new Float64Array(sums.length);
  const x = windowsAt(grid, window, starts);
  const scores = detector.score(x);
  const shares = detector.explain(x);
  starts.forEach((start, i) => {
    const offset = (start - first) * columns;
    for (let j = 0; j < size; j++) {
      sums[offset + j]! += shares[i * size + j]! * size * scores[i]! * scores[i]!;
      counts[offset + j]! += 1;
    }
  });
  return { first, values: sums.map((sum, i) => (counts[i] ? sum / counts[i]! : 0)) };
}

/** The part of a range that makes it strange, and the share of each column. `starts`: the windows that were scored. */
export function explainRange(
  grid: Grid,
  series: SeriesDetector,
  range: PointRange,
  starts: Int32Array,
): { range: PointRange; columns: ColumnShare[] } {
  const { window, thresholds } = series;
  const normal = thresholds.mean * thresholds.mean;
  const { columns } = grid;
  const covering = starts.filter((start) => start + window > range.first && start <= range.last);
  const every = Math.ceil(covering.length / EXPLAINED_WINDOWS);
  const used = Array.from(covering).filter((_, i) => i % every === 0 || i === covering.length - 1);
  const around = contributions(grid, series, used);
  const values = around.values.subarray(
    (range.first - around.first) * columns,
    (range.last + 1 - around.first) * columns,
  );
  const points = values.length / columns;
  const byPoint = Float64Array.from({ length: points }, (_, p) => {
    let sum = 0;
    for (let c = 0; c < columns; c++) sum += values[p * columns + c]! / columns;
    return sum;
  });
  const floor = Math.max(normal, SMALL * byPoint.reduce((a, b) => Math.max(a, b), 0));
  for (let p = 0; p < points; p++) byPoint[p] = Math.max(0, byPoint[p]! - floor);
  // A weak deviation over many points: none of them is strange by itself.
  if (!byPoint.some((value) => value > 0)) return { range, columns: sharesOf(values, series) };
  const total = byPoint.reduce((sum, value) => sum + value, 0);
  let start = 0;
  for (let sum = byPoint[0]!; sum < CUT * total; sum += byPoint[++start]!);
  let end = points - 1;
  for (let sum = byPoint[end]!; sum < CUT * total; sum += byPoint[--end]!);
  return {
    range: { first: range.first + start, last: range.first + end },
    columns: sharesOf(values.subarray(start * columns, (end + 1) * columns), series),
  };
}

/** The share of each column in contributions `[points, columns]`, largest first. */
export function sharesOf(contributed: ArrayLike<number>, { columns }: SeriesDetector): ColumnShare[] {
  const sums = new Float64Array(columns.length);
  for (let i = 0; i < contributed.length; i++) sums[i % columns.length]! += contributed[i]!;
  const total = sums.reduce((sum, value) => sum + value, 0) || 1;
  const shares = columns.map(({ name }, c) => ({ name, share: sums[c]! / total }));
  return shares.sort((a, b) => b.share - a.share);
}
