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
  /** Text for screen readers: what the lines show now. */
  readonly label: string;
  readonly xLabel: string;
  readonly time?: boolean;
  readonly logarithmic?: boolean;
  readonly hooks?: uPlot.Hooks.Arrays;
  /** Creates the plot anew when it changes. */
  readonly kind?: string;
}

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
        scales: { x: { time }, y: logarithmic ? { distr: 3 } : {} },
        axes: [
          { ...axis, label: xLabel, labelSize: 18, size: 30 },
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
