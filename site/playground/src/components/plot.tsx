// A line plot by uPlot, in the colours of the scheme and the width of its box.
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { colour, isDark } from './colours.ts';

export interface Line {
  readonly label: string;
  /** The name of a colour of the style sheet. */
  readonly colour: string;
  readonly width?: number;
  readonly dash?: number[];
}

interface PlotProps {
  /** The x values, then the y values of each line. */
  readonly data: uPlot.AlignedData;
  readonly lines: readonly Line[];
  readonly height: number;
  /** Text for screen readers: a description of the lines. */
  readonly label: string;
  /** The label of the x axis. Without it the axis has no numbers, as in a plot above another. */
  readonly xLabel: string | undefined;
  readonly time?: boolean;
  readonly logarithmic?: boolean;
  readonly hooks?: uPlot.Hooks.Arrays;
  /** Creates the plot anew when it changes. */
  readonly kind?: string;
}

/** Labels of times with 24 hours: the smallest interval in the format, and the date where it changes. */
const timeLabels: (string | number | null)[][] = [
  [3600 * 24 * 365, '{YYYY}', null, null, null, null, null, null, 1],
  [3600 * 24 * 28, '{MMM}', '\n{YYYY}', null, null, null, null, null, 1],
  [3600 * 24, '{D} {MMM}', '\n{YYYY}', null, null, null, null, null, 1],
  [60, '{HH}:{mm}', '\n{D} {MMM} {YYYY}', null, '\n{D} {MMM}', null, null, null, 1],
  [1, ':{ss}', '\n{D} {MMM} {YYYY} {HH}:{mm}', null, '\n{D} {MMM} {HH}:{mm}', null, '\n{HH}:{mm}', null, 1],
  [0.001, ':{ss}.{fff}', '\n{D} {MMM} {YYYY} {HH}:{mm}', null, '\n{D} {MMM} {HH}:{mm}', null, '\n{HH}:{mm}', null, 1],
];

type Range = (plot: uPlot, low: number | null, high: number | null) => uPlot.Range.MinMax;

/** Scales without data are those from 0 to 1, so that the axes do not move when data comes. */
const exactRange: Range = (_plot, low, high) =>
  low === null || low === high ? [low ?? 0, (low ?? 0) + 1] : [low, high];
const paddedRange: Range = (_plot, low, high) =>
  low === null || high === null ? [0, 1] : uPlot.rangeNum(low, high, 0.1, true);

const font = '12px system-ui, sans-serif';

export function Plot({
  data,
  lines,
  height,
  label,
  xLabel,
  time = false,
  logarithmic = false,
  hooks,
  kind = '',
}: PlotProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const latest = useRef(data);
  latest.current = data;
  const scheme = isDark.value;
  const shape = `${kind} ${lines.map((line) => line.label).join()} ${height} ${logarithmic} ${time}`;
  useEffect(() => {
    const element = box.current!;
    const axis = {
      stroke: colour('muted'),
      font,
      labelFont: font,
      grid: { stroke: colour('grid'), width: 1 },
      ticks: { stroke: colour('grid'), width: 1, size: 4 },
    };
    const made = new uPlot(
      {
        width: Math.max(element.clientWidth, 100),
        height,
        legend: { show: false },
        cursor: { y: false, points: { size: 6 } },
        // Times are shown as they are in the file, which names no zone.
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
        scales: { x: { time, range: exactRange }, y: logarithmic ? { distr: 3 } : { range: paddedRange } },
        axes: [
          xLabel === undefined
            ? { ...axis, size: 6, values: (_plot, splits) => splits.map(() => '') }
            : { ...axis, label: xLabel, labelSize: 18, size: 30, ...(time && { values: timeLabels }) },
          { ...axis, size: 56 },
        ],
        series: [
          {},
          ...lines.map((line) => ({
            label: line.label,
            stroke: colour(line.colour),
            width: line.width ?? 2,
            points: { show: false },
            spanGaps: true,
            ...(line.dash && { dash: line.dash }),
          })),
        ],
        ...(hooks && { hooks }),
      },
      latest.current,
      element,
    );
    plot.current = made;
    const observer = new ResizeObserver(() => {
      const width = element.clientWidth;
      if (width > 0 && width !== made.width) made.setSize({ width, height });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, [shape, scheme]);
  useEffect(() => {
    plot.current?.setData(data);
  }, [data]);
  return (
    <figure class="plot">
      <div ref={box} role="img" aria-label={label} style={{ height: `${height}px` }} />
      <figcaption class="legend">
        {lines.map((line) => (
          <span key={line.label}>
            <i style={{ background: `var(--${line.colour})` }} /> {line.label}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}
