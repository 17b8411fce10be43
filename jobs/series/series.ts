// The strange stretches of a series: windows ▸ autoencoder ▸ score of each window ▸ mean at each point ▸ threshold ▸ stretches.

import type { Detector } from 'isthmus';
import { type JobControl, nextTurn, partOf } from '../turns.ts';
import { codeDistances, codeStatistics } from './code-distance.ts';
import { type Grid, gridOf, type Timeline, timelineOf } from './grid.ts';
import { dominantPeriod } from './period.ts';
import { scaleOf } from './scaling.ts';
import { explainRange, rangesAbove } from './stretches.ts';
import { robustThreshold } from './threshold.ts';
import { scoresOf, trainDetector } from './train.ts';
import type { Series, SeriesDetector, Stretch, Thresholds } from './types.ts';
import { meanOverWindows, type PointMeans, windowStarts, windowsAt } from './windows.ts';

/** Fewer rows have too few windows to tell normal ones from strange ones. */
export const MINIMUM_ROWS = 64;
/** Windows for training, and their values (64 MB). Longer series use every second window, every third, and so on. */
const TRAINING_WINDOWS = 40_000;
const TRAINING_VALUES = 2 ** 24;
/** Windows that are scored, unless these are further apart than a quarter of a window. */
const SCORED_WINDOWS = 200_000;
/** Limits of the default window. */
const SHORTEST_PERIOD = 8;
const LONGEST_PERIOD = 256;
/** A series with fewer periods has too few windows of this size that do not overlap. */
const FEWEST_PERIODS = 20;
const DEFAULT_WINDOW = { shortest: 24, longest: 144 } as const;

/** What the training of a series needs. */
export interface SeriesTask {
  readonly series: Series;
  readonly window: number | undefined;
  readonly falseAlarms: number;
  readonly seed: number;
  /** Whether the series may contain anomalies. */
  readonly contaminated: boolean;
}

/** A grid, the windows that are scored, and what scores them. */
interface ScoredGrid {
  readonly grid: Grid;
  readonly starts: Int32Array;
  /** Distance of the windows. */
  readonly stride: number;
  readonly window: number;
  readonly detector: Detector;
}

/** The period of the series, or about a hundredth of its length. At most a quarter of the length. */
function defaultWindow(grid: Grid): number {
  const columns = Array.from({ length: grid.columns }, (_, c) =>
    Float32Array.from({ length: grid.length }, (_, i) => grid.values[i * grid.columns + c]!),
  );
  const longest = grid.length >> 2;
  const period = dominantPeriod(columns, Math.min(2 * LONGEST_PERIOD, longest));
  const limit = Math.min(LONGEST_PERIOD, grid.length / FEWEST_PERIODS);
  if (period !== undefined && period >= SHORTEST_PERIOD && period <= limit) return period;
  const { shortest, longest: usual } = DEFAULT_WINDOW;
  return Math.min(longest, Math.max(shortest, Math.min(usual, Math.round(grid.length / 100))));
}

/** The window that `trainSeries` takes for a series of at least `MINIMUM_ROWS` rows. */
export function windowFor(series: Series): number {
  const scales = series.columns.map(({ values }) => scaleOf(values));
  return defaultWindow(gridOf(series, timelineOf(series.times, series.columns[0]!.values.length), scales));
}

/** The scores of the windows, and their means at each point. */
interface WindowScores extends PointMeans {
  readonly scores: Float32Array;
}

async function windowScores(
  { grid, starts, stride, window, detector }: ScoredGrid,
  score: (windows: Float32Array) => Float32Array,
  control: JobControl,
): Promise<WindowScores> {
  const samples = (start: number, end: number): Float32Array => windowsAt(grid, window, starts.subarray(start, end));
  const scores = await scoresOf(detector, { count: starts.length, samples, score }, control);
  return { scores, ...meanOverWindows(scores, { starts, size: window, stride }, grid.length) };
}

/** The windows of a grid that are scored. */
function scoredGrid(grid: Grid, window: number, detector: Detector): ScoredGrid {
  const stride = Math.min(Math.ceil(grid.length / SCORED_WINDOWS), Math.ceil(window / 4));
  return { grid, stride, starts: windowStarts(grid, window, stride), window, detector };
}

/** The limits of a score. */
function thresholdsOf(
  { scores, means }: WindowScores,
  { window, stride }: ScoredGrid,
  falseAlarms: number,
): Thresholds {
  const mean = robustThreshold(means, window, falseAlarms);
  const single = robustThreshold(scores, Math.ceil(window / stride), falseAlarms * stride);
  return { mean, single: Math.max(mean, single) };
}

/** The means as multiples of the limits: those of points that few windows cover have limits near that of one window. */
const relativeTo = ({ means, coverage }: PointMeans, { mean, single }: Thresholds): Float64Array =>
  means.map((value, i) => value / (mean + (1 - coverage[i]!) * (single - mean)));

/** Trains a detector. Errors: RangeError for too few rows or windows; the signal's reason. */
export async function trainSeries(task: SeriesTask, control: JobControl): Promise<SeriesDetector> {
  const { series, falseAlarms, seed, contaminated } = task;
  const rows = series.columns[0]!.values.length;
  if (rows < MINIMUM_ROWS) {
    throw new RangeError(
      `a series expected at least ${MINIMUM_ROWS} rows, got ${rows}; for rows that are no series use rows`,
    );
  }
  const timeline = timelineOf(series.times, rows);
  const scales = series.columns.map(({ name, values }) => ({ name, ...scaleOf(values) }));
  const grid = gridOf(series, timeline, scales);
  await nextTurn(control);
  const window = task.window ?? defaultWindow(grid);
  if (window > rows / 4)
    throw new RangeError(`"window" expected at most ${rows >> 2}, a quarter of the rows, got ${window}`);
  const columns = scales.length;
  const trainingWindows = Math.max(256, Math.min(TRAINING_WINDOWS, Math.floor(TRAINING_VALUES / (window * columns))));
  const starts = windowStarts(grid, window, Math.ceil(grid.length / trainingWindows));
  if (starts.length < 32)
    throw new RangeError('the series has too many missing values: fewer than 32 windows are complete');
  const latent = Math.max(1, Math.min(4 + 2 * columns, 16, (window * columns) >> 2));
  const { detector, samples } = await trainDetector(
    { samples: windowsAt(grid, window, starts), shape: [window, columns], latent, seed, contaminated },
    partOf(control, 0.05, 0.8),
  );
  const codes = codeStatistics(detector.model.encode(samples), latent);
  const scored = scoredGrid(grid, window, detector);
  const scores = await windowScores(scored, (x) => detector.score(x), partOf(control, 0.8, 0.9));
  const distances = await windowScores(scored, (x) => codeDistances(detector.model, codes, x), partOf(control, 0.9, 1));
  // Each of the two scores may cause half of the false alarms.
  return {
    kind: 'series',
    columns: scales,
    window,
    thresholds: thresholdsOf(scores, scored, falseAlarms / 2),
    codes: { ...codes, thresholds: thresholdsOf(distances, scored, falseAlarms / 2) },
    falseAlarms,
    step: timeline.step,
    detector,
  };
}

/** The scores of a series and its strange stretches. */
export interface SeriesScores {
  readonly scores: Float32Array<ArrayBuffer>;
  readonly stretches: Stretch[];
  readonly timeline: Timeline;
}

/** The score of each point as a multiple of the threshold: the greater of both scores. */
async function relativeScores(scored: ScoredGrid, { thresholds, codes }: SeriesDetector, control: JobControl) {
  const { detector } = scored;
  const scores = relativeTo(
    await windowScores(scored, (x) => detector.score(x), partOf(control, 0, codes ? 0.5 : 1)),
    thresholds,
  );
  if (!codes) return scores;
  const distanceOf = (x: Float32Array): Float32Array => codeDistances(detector.model, codes, x);
  const distances = relativeTo(await windowScores(scored, distanceOf, partOf(control, 0.5, 1)), codes.thresholds);
  return scores.map((score, i) => Math.max(score, distances[i]!));
}

/** Applies a detector. Errors: RangeError for a series shorter than a window; the signal's reason. */
export async function scoreSeries(
  series: Series,
  detector: SeriesDetector,
  control: JobControl,
): Promise<SeriesScores> {
  const { window, step } = detector;
  const rows = series.columns[0]!.values.length;
  if (rows < window) throw new RangeError(`the series expected at least ${window} rows, one window, got ${rows}`);
  const timeline = timelineOf(series.times, rows, step);
  const grid = gridOf(series, timeline, detector.columns);
  const scored = scoredGrid(grid, window, detector.detector);
  const scores = await relativeScores(scored, detector, partOf(control, 0, 0.9));
  const rowScores = Float32Array.from({ length: rows }, (_, row) => scores[grid.points[row]!]!);
  const stretches: Stretch[] = [];
  const ranges = rangesAbove(scores, 1, window);
  for (let wide = ranges.shift(); wide; wide = ranges.shift()) {
    let score = 0;
    for (let i = wide.first; i <= wide.last; i++) if (scores[i]! > score) score = scores[i]!;
    const { range, columns } = explainRange(grid, detector, wide, scored.starts);
    stretches.push({ ...rowsWithin(timeline, range), score, columns });
    // Points of which no window contains the range are strange for another reason.
    for (const part of [
      { first: wide.first, last: Math.max(wide.first - 1, range.first - window) },
      { first: range.last + window, last: wide.last },
    ]) {
      const others = rangesAbove(scores.subarray(part.first, part.last + 1), 1, window);
      ranges.push(...others.map(({ first, last }) => ({ first: first + part.first, last: last + part.first })));
    }
    await nextTurn(control);
  }
  stretches.sort((a, b) => grid.points[a.start]! - grid.points[b.start]!);
  await control.onProgress?.(1);
  return { scores: rowScores, stretches, timeline };
}

/** The first and the last row within a range of grid points, or the row after it where rows are missing. */
function rowsWithin({ order, positions }: Timeline, { first, last }: { first: number; last: number }) {
  let start = positions.findIndex((position) => position >= first);
  if (start < 0) start = positions.length - 1;
  let end = start;
  while (end + 1 < positions.length && positions[end + 1]! <= last) end++;
  return { start: order[start]!, end: order[end]! };
}
