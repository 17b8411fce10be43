// A small chart of text: the range of the values in each column of characters, and the strange stretches below.

/** Eight heights of a bar in one character. */
const BLOCKS = ' ▁▂▃▄▅▆▇█';

/** The data of a chart. */
export interface TextChart {
  readonly values: ArrayLike<number>;
  /** Indices of the rows in the order of the chart. */
  readonly order: ArrayLike<number>;
  /** For each row, whether it is strange. */
  readonly strange: (row: number) => boolean;
  /** Characters of a line. */
  readonly width: number;
  /** Lines of the chart. */
  readonly height: number;
}

/** A finite maximum and minimum of each column of characters. */
function rangesOf({ values, order, width }: TextChart) {
  const count = Math.min(width, order.length);
  return Array.from({ length: count }, (_, x) => {
    const start = Math.floor((x * order.length) / count);
    const end = Math.floor(((x + 1) * order.length) / count);
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let i = start; i < end; i++) {
      const value = values[order[i]!]!;
      if (!Number.isFinite(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    return { start, end, low, high };
  });
}

/** The lines of the chart: a line of text for each eighth of the height, then a line that marks strange rows with ^. */
export function textChart(chart: TextChart): string[] {
  const { order, strange, height } = chart;
  const ranges = rangesOf(chart);
  const low = Math.min(...ranges.map((range) => range.low));
  const high = Math.max(...ranges.map((range) => range.high));
  if (!(high >= low)) return [];
  // Halves prevent overflow.
  const span = high / 2 - low / 2 || 1;
  const levelOf = (value: number): number => Math.round(((value / 2 - low / 2) / span) * (height * 8 - 1));
  const lines: string[] = [];
  for (let line = height - 1; line >= 0; line--) {
    lines.push(
      ranges
        .map((range) => {
          if (!(range.high >= range.low)) return ' ';
          const top = levelOf(range.high) - line * 8 + 1;
          if (top <= 0 || levelOf(range.low) >= (line + 1) * 8) return ' ';
          return BLOCKS[Math.min(8, top)]!;
        })
        .join('')
        .trimEnd(),
    );
  }
  const marks = ranges.map(({ start, end }) => {
    for (let i = start; i < end; i++) if (strange(order[i]!)) return '^';
    return ' ';
  });
  return [...lines, marks.join('').trimEnd()];
}
