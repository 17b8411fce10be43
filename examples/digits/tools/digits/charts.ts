// The charts of the report, as SVG. Text and background take the colours of the page, so that both themes fit.

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

/** Ten hues that also differ in lightness, each legible on white and on black. */
export const hues = [
  '#3b7dd8', '#e8821a', '#2fa36b', '#d9435f', '#8d63d2', '#9a6b4b', '#d65fb0', '#7c8796', '#b09a1a', '#18a5b8',
]; // biome-ignore format: a table

/** Renders a Vega-Lite specification. A screen reader gets `title` in place of the single marks. */
async function renderSvg(spec: object, title: string): Promise<string> {
  const complete = { width: 370, config, ...spec } as lite.TopLevelSpec;
  const view = new vega.View(vega.parse(lite.compile(complete).spec), { renderer: 'none' });
  const svg = await view.toSVG();
  view.finalize();
  const withoutMarkLabels = svg.replace(/ (role|aria-[a-z]+)="[^"]*"/g, '');
  return withoutMarkLabels.replace('<svg ', `<svg role="img" aria-label="${title}" `);
}

const curveName = ({ model, data }: Curve): string => `${model}, ${data}`;

/** One hue for each model. The second curve of a model is dashed. */
function lineStyles(curves: readonly Curve[]): { hue: string; dashed: boolean }[] {
  const models = [...new Set(curves.map(({ model }) => model))];
  return curves.map(({ model }, i) => ({ hue: hues[models.indexOf(model)]!, dashed: curves[i - 1]?.model === model }));
}

/** The legend of the curves, as HTML: its text keeps its size where the chart is scaled down. */
export function legend(curves: readonly Curve[]): string {
  const styles = lineStyles(curves);
  const items = curves.map((curve, i) => {
    const { hue, dashed } = styles[i]!;
    return `<li><i style="border-top: 3px ${dashed ? 'dashed' : 'solid'} ${hue}"></i>${curveName(curve)}</li>`;
  });
  return `<ul class="legend">${items.join('')}</ul>`;
}

/** Loss by epoch, on a logarithmic axis. */
export function lossChart(curves: readonly Curve[], title: string): Promise<string> {
  const values = curves.flatMap((curve) =>
    curve.values.map((loss, i) => ({ curve: curveName(curve), epoch: i + 1, loss })),
  );
  const [domain, styles] = [curves.map(curveName), lineStyles(curves)];
  const range = styles.map(({ hue }) => hue);
  const dashes = styles.map(({ dashed }) => (dashed ? [5, 4] : [1, 0]));
  const epochs = Math.max(...curves.map((curve) => curve.values.length));
  const losses = values.map(({ loss }) => loss).filter((loss) => loss > 0);
  const [low, high] = [Math.min(...losses) / 1.25, Math.max(...losses) * 1.15];
  const ticks = [1, 2, 5].flatMap((n) => [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1].map((ten) => n * ten));
  return renderSvg(
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

interface LabelledPoint {
  x: number;
  y: number;
  readonly digit: number;
}

/** The smallest distance between two names on the map, as a part of its side. */
const MIN_NAME_DISTANCE = 0.075;

/** The mean of the points of each digit, pushed apart where two names would cover each other. */
function namePositions(points: readonly LabelledPoint[]): LabelledPoint[] {
  const names = [...new Set(points.map(({ digit }) => digit))].map((digit) => {
    const members = points.filter((point) => point.digit === digit);
    const mean = (of: (point: LabelledPoint) => number): number =>
      members.reduce((sum, point) => sum + of(point), 0) / members.length;
    return { digit, x: mean(({ x }) => x), y: mean(({ y }) => y) };
  });
  for (let round = 0; round < 50; round++) {
    for (const a of names) {
      for (const b of names) {
        const [dx, dy] = [b.x - a.x, b.y - a.y];
        const distance = Math.hypot(dx, dy);
        if (a === b || distance >= MIN_NAME_DISTANCE || distance === 0) continue;
        const push = (MIN_NAME_DISTANCE - distance) / distance / 4;
        [a.x, a.y, b.x, b.y] = [a.x - dx * push, a.y - dy * push, b.x + dx * push, b.y + dy * push];
      }
    }
  }
  return names;
}

/** A function that maps the range of `values` to 0..1, with four decimals. */
function scaleToUnit(values: readonly number[]): (value: number) => number {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return (value) => Number(((value - low) / (high - low || 1)).toFixed(4));
}

/** A map of points `[x, y]` end to end, coloured by digit, with the name of each digit at the mean of its points. */
export function codeMap(coordinates: Float32Array, labels: Uint8Array, title: string): Promise<string> {
  const axis = (k: number): number[] => Array.from(coordinates).filter((_, i) => i % 2 === k);
  const [xs, ys] = [axis(0), axis(1)];
  const [scaleX, scaleY] = [scaleToUnit(xs), scaleToUnit(ys)];
  const points = xs.map((x, i) => ({ x: scaleX(x), y: scaleY(ys[i]!), digit: labels[i]! }));
  const names = namePositions(points);
  const position = (field: string) => ({ field, type: 'quantitative', axis: null, scale: { domain: [-0.02, 1.02] } });
  const color = { field: 'digit', type: 'nominal', scale: { domain: [...hues.keys()], range: hues }, legend: null };
  const encoding = { x: position('x'), y: position('y') };
  const text = { field: 'digit', type: 'nominal' };
  const textMark = { type: 'text', fontSize: 22, fontWeight: 'bold' };
  const background = { value: 'var(--card)' };
  return renderSvg(
    {
      height: 360,
      layer: [
        { data: { values: points }, mark: { type: 'circle', size: 18, opacity: 0.6 }, encoding: { ...encoding, color } },
        { data: { values: names }, mark: { ...textMark, strokeWidth: 6, strokeJoin: 'round' }, encoding: { ...encoding, text, stroke: background, color: background } },
        { data: { values: names }, mark: textMark, encoding: { ...encoding, text, color } },
      ],
    },
    title,
  ); // biome-ignore format: a specification
}
