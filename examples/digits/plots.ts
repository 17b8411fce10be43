// The curves and the map of the report, as SVG. Ink and paper are the page's own colours, so that both themes fit.

import * as vega from 'vega';
import * as lite from 'vega-lite';

export interface Curve {
  readonly model: string;
  readonly data: string;
  readonly values: readonly number[];
}

const soft = 'var(--soft)';
const config: lite.Config = {
  background: 'transparent',
  view: { stroke: null },
  axis: { labelColor: soft, titleColor: soft, gridColor: 'var(--line)', domainColor: soft, tickColor: soft, labelFontSize: 14, titleFontSize: 14, titleFontWeight: 'normal' },
  font: 'system-ui, sans-serif',
}; // biome-ignore format: a table

/** Ten hues that differ in lightness too, each legible on white and on black. */
export const hues = [
  '#3b7dd8', '#e8821a', '#2fa36b', '#d9435f', '#8d63d2', '#9a6b4b', '#d65fb0', '#7c8796', '#b09a1a', '#18a5b8',
]; // biome-ignore format: a table

async function svg(spec: object, title: string): Promise<string> {
  const whole = { width: 370, config, ...spec } as lite.TopLevelSpec;
  const view = new vega.View(vega.parse(lite.compile(whole).spec), { renderer: 'none' });
  const text = await view.toSVG();
  view.finalize();
  // One picture with one description: a reader need not walk through its marks.
  const quiet = text.replace(/ (role|aria-[a-z]+)="[^"]*"/g, '');
  return quiet.replace('<svg ', `<svg role="img" aria-label="${title}" `);
}

const nameOf = ({ model, data }: Curve): string => `${model}, ${data}`;

/** A hue a model; dashes for its second curve. */
function lookOf(curves: readonly Curve[]): { hue: string; dashed: boolean }[] {
  const models = [...new Set(curves.map(({ model }) => model))];
  return curves.map(({ model }, i) => ({ hue: hues[models.indexOf(model)]!, dashed: curves[i - 1]?.model === model }));
}

/** What the curves are, as HTML: its letters keep their size where the plot is scaled down. */
export function legend(curves: readonly Curve[]): string {
  const look = lookOf(curves);
  const item = (curve: Curve, i: number): string =>
    `<li><i style="border-top: 3px ${look[i]!.dashed ? 'dashed' : 'solid'} ${look[i]!.hue}"></i>${nameOf(curve)}</li>`;
  return `<ul class="legend">${curves.map(item).join('')}</ul>`;
}

/** Loss by epoch, the axis logarithmic. */
export function lossCurves(curves: readonly Curve[], title: string): Promise<string> {
  const values = curves.flatMap((curve) =>
    curve.values.map((loss, i) => ({ curve: nameOf(curve), epoch: i + 1, loss })),
  );
  const [domain, look] = [curves.map(nameOf), lookOf(curves)];
  const range = look.map(({ hue }) => hue);
  const dashes = look.map(({ dashed }) => (dashed ? [5, 4] : [1, 0]));
  const epochs = Math.max(...curves.map((curve) => curve.values.length));
  const losses = values.map(({ loss }) => loss).filter((loss) => loss > 0);
  const [low, high] = [Math.min(...losses) / 1.25, Math.max(...losses) * 1.15];
  const ticks = [1, 2, 5].flatMap((n) => [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1].map((ten) => n * ten));
  return svg(
    {
      data: { values },
      height: 240,
      mark: { type: 'line', strokeWidth: 2.5, point: epochs === 1 },
      encoding: {
        x: { field: 'epoch', type: 'quantitative', axis: { tickCount: Math.min(epochs, 10), tickMinStep: 1, format: 'd', grid: false }, scale: { domain: [1, Math.max(epochs, 2)], nice: false } },
        y: { field: 'loss', type: 'quantitative', scale: { type: 'log', domain: [low, high], nice: false }, axis: { title: 'mean squared error', values: ticks.filter((t) => t >= low && t <= high), format: '~g' } },
        color: { field: 'curve', type: 'nominal', scale: { domain, range }, legend: null },
        strokeDash: { field: 'curve', type: 'nominal', scale: { domain, range: dashes }, legend: null },
      },
    },
    title,
  ); // biome-ignore format: a specification
}

interface Spot {
  x: number;
  y: number;
  readonly digit: number;
}

/** The middle of each digit's points, moved apart where two names would cover each other. */
function middles(spots: readonly Spot[]): Spot[] {
  const names = [...new Set(spots.map(({ digit }) => digit))].map((digit) => {
    const own = spots.filter((spot) => spot.digit === digit);
    const mean = (of: (spot: Spot) => number): number => own.reduce((sum, spot) => sum + of(spot), 0) / own.length;
    return { digit, x: mean(({ x }) => x), y: mean(({ y }) => y) };
  });
  for (let round = 0; round < 50; round++) {
    for (const a of names) {
      for (const b of names) {
        const [dx, dy] = [b.x - a.x, b.y - a.y];
        const distance = Math.hypot(dx, dy);
        if (a === b || distance >= APART || distance === 0) continue;
        const push = (APART - distance) / distance / 4;
        [a.x, a.y, b.x, b.y] = [a.x - dx * push, a.y - dy * push, b.x + dx * push, b.y + dy * push];
      }
    }
  }
  return names;
}

/** Between two names on the map, as a part of its side. */
const APART = 0.075;

/** What brings the values into 0..1. */
function unit(values: readonly number[]): (value: number) => number {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return (value) => Number(((value - low) / (high - low || 1)).toFixed(4));
}

/** Points in the plane, coloured by digit; each digit's name where the middle of its points is. */
export function map(points: Float64Array, labels: Uint8Array, title: string): Promise<string> {
  const [xs, ys] = [0, 1].map((k) => [...points].filter((_, i) => i % 2 === k)) as [number[], number[]];
  const [x, y] = [unit(xs), unit(ys)];
  const spots = xs.map((value, i) => ({ x: x(value), y: y(ys[i]!), digit: labels[i]! }));
  const place = (field: string) => ({ field, type: 'quantitative', axis: null, scale: { domain: [-0.02, 1.02] } });
  const scale = { domain: [...hues.keys()], range: hues };
  const encoding = { x: place('x'), y: place('y'), color: { field: 'digit', type: 'nominal', scale, legend: null } };
  const name = { type: 'text', fontSize: 22, fontWeight: 'bold' };
  const { color: _, ...text } = { ...encoding, text: { field: 'digit', type: 'nominal' } };
  const halo = { value: 'var(--card)' };
  return svg(
    {
      height: 360,
      layer: [
        { data: { values: spots }, mark: { type: 'circle', size: 18, opacity: 0.6 }, encoding },
        { data: { values: middles(spots) }, mark: { ...name, strokeWidth: 6, strokeJoin: 'round' }, encoding: { ...text, stroke: halo, color: halo } },
        { data: { values: middles(spots) }, mark: name, encoding: { ...text, color: encoding.color } },
      ],
    },
    title,
  ); // biome-ignore format: a specification
}
