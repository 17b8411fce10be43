// The report of `isthmus detect`: a table of stretches, and a chart where the output is a terminal.

import { type StrangeResult, type Stretch, textChart } from '../../jobs/series/index.ts';
import type { SeriesFile } from './read.ts';

/** The data of a report. */
export interface Report {
  readonly name: string;
  readonly found: StrangeResult;
  readonly file: SeriesFile;
  /** Characters of a line of the terminal; undefined for another output. */
  readonly width: number | undefined;
}

/** Columns with less than this share of a stretch are not named. */
const SMALL_SHARE = 0.1;
/** The most stretches that are printed. */
const MAXIMUM_PRINTED = 50;
/** Lines of the chart. */
const CHART_HEIGHT = 6;

/** Text without control characters, which could change the terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these characters are removed.
const printable = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd');

/** The highest score that is not NaN; 0 without scores. */
export const highestOf = (scores: Float32Array): number =>
  scores.reduce((highest, score) => Math.max(highest, Number.isNaN(score) ? 0 : score), 0);

/** A row in words: its time, or its number from 1. */
const rowName = (row: number, { timeText }: SeriesFile): string => timeText?.(row) ?? `row ${row + 1}`;

const count = (number: number, noun: string): string =>
  `${number.toLocaleString('en-US')} ${noun}${number === 1 ? '' : 's'}`;

/** A stretch for `--json`. Rows are counted from 0. */
export const stretchJson = ({ start, end, score, columns }: Stretch, file: SeriesFile): Record<string, unknown> => ({
  start,
  end,
  ...(file.timeText && { startTime: file.timeText(start), endTime: file.timeText(end) }),
  score: Number(score.toFixed(4)),
  columns: columns.map(({ name, share }) => ({ name, share: Number(share.toFixed(4)) })),
});

/** The stretches with the highest scores, in their order. */
function strongest(stretches: readonly Stretch[]): readonly Stretch[] {
  const scores = stretches.map(({ score }) => score).sort((a, b) => b - a);
  const lowest = scores[MAXIMUM_PRINTED - 1] ?? 0;
  return stretches.filter(({ score }) => score >= lowest).slice(0, MAXIMUM_PRINTED);
}

/** Cells as lines, each column as wide as its widest cell. */
function aligned(table: readonly (readonly string[])[]): string[] {
  const widths = table[0]!.map((_, column) => Math.max(...table.map((cells) => cells[column]!.length)));
  return table.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
}

function stretchTable({ found, file }: Report): string[] {
  const isRows = found.detector.kind === 'rows';
  const cells = strongest(found.stretches).map((stretch) => {
    const named = stretch.columns.filter(({ share }, i) => i === 0 || share >= SMALL_SHARE).slice(0, 4);
    const names = named.map(({ name, share }) =>
      found.columns.length === 1 ? printable(name) : `${printable(name)} ${Math.round(100 * share)} %`,
    );
    const rows = [rowName(stretch.start, file), ...(isRows ? [] : [rowName(stretch.end, file)])];
    return [...rows.map(printable), stretch.score.toFixed(2), names.join(', ')];
  });
  return aligned([[...(isRows ? ['row'] : ['start', 'end']), 'score', 'columns'], ...cells]);
}

/** The column of the strangest stretch, else the first one. */
function mainColumn({ found, file }: Report) {
  const [strangest] = [...found.stretches].sort((a, b) => b.score - a.score);
  const name = strangest?.columns[0]?.name ?? found.columns[0];
  return file.series.columns.find((column) => column.name === name)!;
}

/** A chart with the name of its column. */
function chartLines(report: Report, width: number): string[] {
  const { found } = report;
  const column = mainColumn(report);
  const chart = textChart({
    values: column.values,
    order: found.order,
    strange: (row) => found.scores[row]! > 1,
    width: Math.min(width, 120),
    height: CHART_HEIGHT,
  });
  return ['', printable(column.name), ...chart];
}

/** The lines of the report. */
export function reportLines(report: Report): string[] {
  const { name, found, width } = report;
  const isRows = found.detector.kind === 'rows';
  const judged = found.scores.filter((score) => !Number.isNaN(score));
  const size = [count(found.scores.length, 'row'), count(found.columns.length, 'column')];
  if (!isRows) size.push(`windows of ${found.window} rows`);
  const lines = [`${printable(name)}: ${size.join(', ')}`];
  const unjudged = found.scores.length - judged.length;
  if (unjudged) lines.push(`${count(unjudged, 'row')} without a score: too many values are missing there`);
  if (found.stretches.length === 0) {
    lines.push(`nothing strange: the highest score is ${highestOf(judged).toFixed(2)}, the threshold is 1`);
  } else {
    const strange = isRows
      ? count(found.stretches.length, 'strange row')
      : `${found.stretches.length} strange ${found.stretches.length === 1 ? 'stretch' : 'stretches'}`;
    const { falseAlarms } = found.detector;
    const expected = falseAlarms * judged.length;
    const allowed = expected < 1 ? 'less than one false alarm' : `about ${count(Math.round(expected), 'false alarm')}`;
    lines.push(`${strange} with a score above 1; --false-alarms ${falseAlarms} allows ${allowed} in these rows`);
    lines.push(...stretchTable(report));
    const others = found.stretches.length - MAXIMUM_PRINTED;
    if (others > 0) lines.push(`and ${others.toLocaleString('en-US')} with lower scores: --json prints all`);
  }
  if (width !== undefined && !isRows) lines.push(...chartLines(report, width));
  return lines;
}
