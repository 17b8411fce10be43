// One column of a series with its strange stretches marked.
import type uPlot from 'uplot';
import { colour } from '../../components/colours.ts';
import { type Line, Plot } from '../../components/plot.tsx';
import type { Strange } from '../../jobs/protocol.ts';

interface SeriesPlotProps {
  readonly strange: Strange;
  readonly title: string;
  readonly values: Float64Array | Float32Array;
  readonly lines: readonly Line[];
  readonly height: number;
  /** A second line at this value, such as the threshold. */
  readonly level?: number;
  /** The plot shows the positions below it. */
  readonly hasAxis?: boolean;
  /** The stretch that is selected in the list. */
  readonly selected: number | undefined;
}

/** Marks the stretches behind the lines. At least 2 pixels wide. */
function drawStretches(plot: uPlot, { positions, stretches }: Strange, selected: number | undefined): void {
  const { ctx, bbox } = plot;
  ctx.save();
  stretches.forEach(({ first, last }, i) => {
    const left = plot.valToPos(positions[first]!, 'x', true);
    const width = Math.max(plot.valToPos(positions[last]!, 'x', true) - left, 2 * devicePixelRatio);
    ctx.fillStyle = colour('mark');
    ctx.globalAlpha = i === selected ? 0.5 : 0.22;
    ctx.fillRect(left, bbox.top, width, bbox.height);
  });
  ctx.restore();
}

export function SeriesPlot({
  strange,
  title,
  values,
  lines,
  height,
  level,
  selected,
  hasAxis = false,
}: SeriesPlotProps) {
  const { positions, hasTimes, stretches } = strange;
  const data: uPlot.AlignedData = [positions, values, ...(level === undefined ? [] : [positions.map(() => level)])];
  const axisName = hasTimes ? 'Time' : 'Row';
  const marked = stretches.map(({ from, to }) => (from === to ? from : `${from} to ${to}`)).join('; ');
  return (
    <Plot
      data={data}
      lines={lines}
      height={height}
      time={hasTimes}
      xLabel={hasAxis ? axisName : undefined}
      label={`${title}. ${stretches.length === 0 ? 'No row is marked' : `Marked as strange: ${marked}`}.`}
      hooks={{ drawClear: [(plot: uPlot) => drawStretches(plot, strange, selected)] }}
      kind={`${title} ${strange.seconds} ${selected}`}
    />
  );
}
