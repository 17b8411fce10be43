// Windows of a grid, and the score of each point from those of the windows that cover it.

import type { Grid } from './grid.ts';

/** A gap longer than this part of a window is not interpolated: a straight line in place of a pattern is strange. */
const LONGEST_GAP = 1 / 12;
/** One of this many columns may have such a gap in all rows of a window. With fewer columns no window has one. */
const COLUMNS_FOR_A_GAP = 8;

/** For each point the number of columns with a gap that is too long to be interpolated. */
function longGaps({ length, gaps }: Grid, size: number): Int32Array {
  const changes = new Int32Array(length + 1);
  for (const { start, end } of gaps) {
    if (end - start <= Math.max(1, size * LONGEST_GAP)) continue;
    changes[start]! += 1;
    changes[end]! -= 1;
  }
  for (let i = 1; i <= length; i++) changes[i]! += changes[i - 1]!;
  return changes;
}

/** The starts of the windows that are scored: one for each `stride` points, and the last one. */
export function windowStarts(grid: Grid, size: number, stride: number): Int32Array {
  const { length, columns } = grid;
  const missing = longGaps(grid, size);
  const sums = new Float64Array(length + 1);
  for (let i = 0; i < length; i++) sums[i + 1] = sums[i]! + missing[i]!;
  const allowed = size * Math.floor(columns / COLUMNS_FOR_A_GAP);
  const isComplete = (start: number): boolean => sums[start + size]! - sums[start]! <= allowed;
  const starts: number[] = [];
  for (let start = 0; start + size <= length; start += stride) if (isComplete(start)) starts.push(start);
  const last = length - size;
  if (last % stride && isComplete(last)) starts.push(last);
  return Int32Array.from(starts);
}

/** The values of the windows that begin at `starts`, `[starts.length, size, columns]`. */
export function windowsAt(
  { values, columns }: Grid,
  size: number,
  starts: ArrayLike<number>,
): Float32Array<ArrayBuffer> {
  const result = new Float32Array(starts.length * size * columns);
  for (let i = 0; i < starts.length; i++) {
    const from = starts[i]! * columns;
    result.set(values.subarray(from, from + size * columns), i * size * columns);
  }
  return result;
}

/** The mean score at each point. */
export interface PointMeans {
  /** The mean over the windows that cover the point; NaN without a window. */
  readonly means: Float64Array;
  /** The number of these windows as a part of the number inside the series, 0..1: less at the ends and beside gaps. */
  readonly coverage: Float64Array;
}

/** For each of `length` points the mean over the windows that cover it. `stride`: distance of the windows. */
export function meanOverWindows(
  scores: ArrayLike<number>,
  { starts, size, stride }: { starts: ArrayLike<number>; size: number; stride: number },
  length: number,
): PointMeans {
  const changes = new Float64Array(length + 1);
  const counts = new Float64Array(length + 1);
  for (let i = 0; i < starts.length; i++) {
    changes[starts[i]!]! += scores[i]!;
    changes[starts[i]! + size]! -= scores[i]!;
    counts[starts[i]!]! += 1;
    counts[starts[i]! + size]! -= 1;
  }
  const means = new Float64Array(length);
  const coverage = new Float64Array(length);
  let sum = 0;
  let count = 0;
  for (let i = 0; i < length; i++) {
    sum += changes[i]!;
    count += counts[i]!;
    means[i] = count > 0 ? sum / count : Number.NaN;
    coverage[i] = Math.min(1, (count * stride) / size);
  }
  return { means, coverage };
}
