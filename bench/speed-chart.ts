// The picture of docs/speed.md: each figure as a multiple of its target, before and now.

import type { SavedFigures } from './figures.ts';
import { sections, type Target, worst } from './targets.ts';

/** Above 1 the target is exceeded. A target of 0 has no ratio. */
function ratioToTarget(target: Target, figure: number | readonly number[] | undefined): number | undefined {
  if (figure === undefined) return undefined;
  const value = worst(target, figure);
  if (target.atLeast) return value / target.atLeast;
  return target.atMost && value > 0 ? target.atMost / value : undefined;
}

interface Point {
  readonly work: string;
  readonly when: 'before, on a Zen 3' | 'now';
  readonly ratio: number;
}

/** The points of the picture: targets that have a limit and a figure. */
export const chartPoints = ({ figures }: SavedFigures): Point[] =>
  sections.flatMap(({ targets }) =>
    targets.flatMap((target) => {
      const now = ratioToTarget(target, figures[target.figure]);
      if (now === undefined) return [];
      const point = { work: target.label ?? target.work };
      const earlier = ratioToTarget(target, target.before);
      const old: Point[] = earlier === undefined ? [] : [{ ...point, when: 'before, on a Zen 3', ratio: earlier }];
      return [...old, { ...point, when: 'now', ratio: now }];
    }),
  );

/** The picture as SVG. */
export async function speedChart(saved: SavedFigures): Promise<string> {
  const [vega, lite] = await Promise.all([import('vega'), import('vega-lite')]);
  const y = { field: 'work', type: 'nominal' as const, sort: null, title: null, axis: { labelLimit: 420, grid: true } };
  const x = {
    field: 'ratio',
    type: 'quantitative' as const,
    scale: { type: 'log' as const },
    title: 'ratio to the target; right of the line the target is met',
  };
  const spec = {
    description: 'The ratio of each figure to its target, before and now',
    background: 'white',
    width: 360,
    data: { values: chartPoints(saved) as unknown as Record<string, string | number>[] },
    layer: [
      { mark: { type: 'rule' as const, color: '#888' }, encoding: { x: { datum: 1 } } },
      { mark: { type: 'line' as const, color: '#bbb' }, encoding: { x, y, detail: { field: 'work' } } },
      {
        mark: { type: 'point' as const, filled: true, size: 60, opacity: 1 },
        encoding: {
          x,
          y,
          color: {
            field: 'when',
            title: null,
            scale: { range: ['#b0b0b0', '#1f6fb2'] },
            legend: { orient: 'top' as const },
          },
        },
      },
    ],
  };
  return new vega.View(vega.parse(lite.compile(spec as never).spec), { renderer: 'none' }).toSVG();
}
