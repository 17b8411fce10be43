// A picture of a series with its strange stretches, as the text of an SVG file.

import { scaleLinear, scaleUtc } from 'd3-scale';
import { line } from 'd3-shape';
import type { NumberColumn, Stretch } from './types.ts';

/** What is drawn. */
export interface PlotData {
  readonly title: string;
  /** The columns to draw, one below the other. */
  readonly columns: readonly NumberColumn[];
  /** The score of each row as a multiple of the threshold. */
  readonly scores: ArrayLike<number>;
  readonly stretches: readonly Stretch[];
  /** Indices of the rows in order of time. */
  readonly order: ArrayLike<number>;
  /** Times of the rows in milliseconds. Default: the rows are numbered. */
  readonly times?: ArrayLike<number>;
}

/** Sizes in pixels. */
const WIDTH = 1000;
const LEFT = 70;
const RIGHT = 20;
const TOP = 50;
const PANEL = 130;
const GAP = 34;
/** Further columns are not drawn. */
const MAXIMUM_PANELS = 12;
/** Scores above this multiple of the threshold are drawn at the edge. */
const HIGHEST_SCORE = 4;

const STYLE = `
.background { fill: #fff } .line { fill: none; stroke: #1f4e8c; stroke-width: 1 } .score { fill: none; stroke: #6b7280; stroke-width: 1 }
.strange { fill: #d93025; fill-opacity: .22; stroke: #d93025; stroke-width: 1 } .threshold { stroke: #d93025; stroke-dasharray: 4 3 }
.axis { stroke: #9ca3af } text { fill: #1f2937; font: 12px system-ui, sans-serif } .title { font-size: 15px; font-weight: 600 }
@media (prefers-color-scheme: dark) {
.background { fill: #14181f } .line { stroke: #8ab4f8 } .score { stroke: #9ca3af } text { fill: #e5e7eb }
.strange { fill: #f28b82; stroke: #f28b82 } .threshold { stroke: #f28b82 } }`;

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text for XML: characters that XML does not allow become U+FFFD. */
const escapeText = (text: string): string =>
  text
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: XML does not allow these characters.
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"]/g, (character) => escapes[character]!);

const rounded = (value: number): string => String(Math.round(value * 10) / 10);

/** A point of a line. */
interface Point {
  readonly x: number;
  readonly y: number;
}

/** The least and the greatest value of each pixel column, in order: a line through them looks like that through all values. */
function pointsOf(
  values: ArrayLike<number>,
  order: ArrayLike<number>,
  x: (row: number) => number,
  y: (value: number) => number,
) {
  const points: Point[] = [];
  for (let i = 0; i < order.length; ) {
    const pixel = Math.floor(x(order[i]!));
    let low: number | undefined;
    let high: number | undefined;
    let isGap = false;
    for (; i < order.length && Math.floor(x(order[i]!)) === pixel; i++) {
      const value = values[order[i]!]!;
      if (!Number.isFinite(value)) isGap = true;
      else if (low === undefined || values[order[low]!]! > value) low = i;
      if (Number.isFinite(value) && (high === undefined || values[order[high]!]! < value)) high = i;
    }
    if (low === undefined || high === undefined) {
      if (isGap) points.push({ x: Number.NaN, y: Number.NaN });
      continue;
    }
    for (const index of low === high ? [low] : [Math.min(low, high), Math.max(low, high)]) {
      points.push({ x: x(order[index]!), y: y(values[order[index]!]!) });
    }
  }
  return points;
}

const path = line<Point>()
  .x(({ x }) => Math.round(x * 10) / 10)
  .y(({ y }) => Math.round(y * 10) / 10)
  .defined(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));

/** The least and the greatest finite value, apart from each other. */
function extentOf(values: ArrayLike<number>): { low: number; high: number } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i]!)) continue;
    low = Math.min(low, values[i]!);
    high = Math.max(high, values[i]!);
  }
  if (!(high >= low)) return { low: 0, high: 1 };
  return high > low ? { low, high } : { low: low - 1, high: high + 1 };
}

/** Ticks of a horizontal axis of times or row numbers, and the position of a value on it. */
function horizontalAxis({ low, high }: { low: number; high: number }, isTime: boolean) {
  const range = [LEFT, WIDTH - RIGHT];
  if (isTime) {
    const scale = scaleUtc().domain([low, high]).range(range);
    const format = scale.tickFormat(8);
    const ticks = scale.ticks(8).map((tick) => ({ at: scale(tick), text: format(tick) }));
    return { ticks, position: (value: number): number => scale(value) };
  }
  const scale = scaleLinear().domain([low, high]).range(range);
  const format = scale.tickFormat(8);
  const ticks = scale.ticks(8).map((tick) => ({ at: scale(tick), text: format(tick) }));
  return { ticks, position: (value: number): number => scale(value) };
}

/** The marks of strange stretches over a height of the picture. */
function stretchMarks(stretches: readonly Stretch[], x: (row: number) => number, top: number, height: number): string {
  return stretches
    .map(({ start, end, score }) => {
      const width = Math.max(2, x(end) - x(start));
      const left = x(start) + (x(end) - x(start) - width) / 2;
      const name = `score ${score.toFixed(2)}`;
      return `<rect class="strange" x="${rounded(left)}" y="${top}" width="${rounded(width)}" height="${height}"><title>${name}</title></rect>`;
    })
    .join('\n');
}

/** The text of an SVG file with the columns, the scores and the strange stretches. */
export function plotSvg({ title, columns, scores, stretches, order, times }: PlotData): string {
  const panels = columns.slice(0, MAXIMUM_PANELS);
  const count = order.length;
  const positions = new Float64Array(scores.length);
  for (let i = 0; i < count; i++) positions[order[i]!] = times ? times[order[i]!]! : i + 1;
  const first = positions[order[0]!] ?? 0;
  const last = positions[order[count - 1]!] ?? 1;
  const { ticks, position } = horizontalAxis(
    { low: first, high: last > first ? last : first + 1 },
    times !== undefined,
  );
  const x = (row: number): number => position(positions[row]!);
  const height = TOP + (panels.length + 1) * (PANEL + GAP) + 10;
  const parts: string[] = [];

  /** One panel with its name, its line and its vertical axis. */
  const panel = (
    index: number,
    name: string,
    values: ArrayLike<number>,
    limits: { low: number; high: number },
    kind: string,
  ) => {
    const top = TOP + index * (PANEL + GAP);
    const vertical = scaleLinear()
      .domain([limits.low, limits.high])
      .range([top + PANEL, top])
      .clamp(true);
    const format = vertical.tickFormat(4);
    parts.push(`<text x="${LEFT}" y="${top - 6}">${escapeText(name)}</text>`);
    for (const tick of vertical.ticks(4)) {
      const y = rounded(vertical(tick));
      parts.push(`<line class="axis" x1="${LEFT - 4}" x2="${LEFT}" y1="${y}" y2="${y}"/>`);
      parts.push(`<text x="${LEFT - 8}" y="${y}" dy=".32em" text-anchor="end">${escapeText(format(tick))}</text>`);
    }
    parts.push(`<path class="axis" d="M${LEFT} ${top}V${top + PANEL}H${WIDTH - RIGHT}" fill="none"/>`);
    parts.push(stretchMarks(stretches, x, top, PANEL));
    parts.push(`<path class="${kind}" d="${path(pointsOf(values, order, x, vertical)) ?? ''}"/>`);
    if (kind !== 'score') return;
    const y = rounded(vertical(1));
    parts.push(`<line class="threshold" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}"/>`);
  };

  panels.forEach(({ name, values }, index) => {
    panel(index, name, values, extentOf(values), 'line');
  });
  const highest = Math.min(HIGHEST_SCORE, Math.max(1.2, extentOf(scores).high));
  panel(panels.length, 'score, as a multiple of the threshold', scores, { low: 0, high: highest }, 'score');
  const bottom = TOP + panels.length * (PANEL + GAP) + PANEL;
  for (const { at, text } of ticks) {
    parts.push(`<line class="axis" x1="${rounded(at)}" x2="${rounded(at)}" y1="${bottom}" y2="${bottom + 4}"/>`);
    parts.push(`<text x="${rounded(at)}" y="${bottom + 18}" text-anchor="middle">${escapeText(text)}</text>`);
  }
  const found = stretches.length === 1 ? '1 strange stretch' : `${stretches.length} strange stretches`;
  const summary = `${escapeText(title)}: ${found}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${summary}">
<style>${STYLE}</style>
<rect class="background" width="${WIDTH}" height="${height}"/>
<text class="title" x="${LEFT}" y="22">${summary}</text>
${parts.filter(Boolean).join('\n')}
</svg>
`;
}
