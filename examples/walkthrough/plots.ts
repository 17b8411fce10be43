// The curves and the map of the report, as SVG.

import * as vega from 'vega';
import * as lite from 'vega-lite';

export interface Curve {
  readonly name: string;
  readonly values: readonly number[];
}

// A grey that is legible on white and on black.
const grey = '#8a8f98';
const config: lite.Config = {
  background: 'transparent',
  view: { stroke: null },
  axis: { labelColor: grey, titleColor: grey, gridColor: '#8a8f9833', domainColor: grey, tickColor: grey, labelFontSize: 12, titleFontSize: 12 },
  legend: { labelColor: grey, titleColor: grey, labelFontSize: 12, labelLimit: 0 },
  font: 'system-ui, sans-serif',
}; // biome-ignore format: a table

async function svg(spec: lite.TopLevelSpec, title: string): Promise<string> {
  const view = new vega.View(vega.parse(lite.compile(spec).spec), { renderer: 'none' });
  const text = await view.toSVG();
  return text.replace('<svg ', `<svg role="img" aria-label="${title}" `);
}

/** Loss by epoch, the axis logarithmic. */
export function lossCurves(curves: readonly Curve[]): Promise<string> {
  const values = curves.flatMap(({ name, values: list }) => list.map((loss, i) => ({ name, epoch: i + 1, loss })));
  const epochs = Math.max(...curves.map((curve) => curve.values.length));
  const tickCount = Math.min(epochs, 12);
  return svg(
    {
      data: { values },
      width: 430,
      height: 240,
      config,
      mark: { type: 'line', point: { size: 40, filled: true }, strokeWidth: 2 },
      encoding: {
        x: { field: 'epoch', type: 'quantitative', axis: { tickCount, format: 'd', grid: false }, scale: { domain: [1, Math.max(epochs, 2)] } },
        y: { field: 'loss', type: 'quantitative', scale: { type: 'log', nice: true }, axis: { title: 'mean squared error', tickCount: 5, format: '~g' } },
        color: { field: 'name', type: 'nominal', sort: curves.map((c) => c.name), legend: { title: null, orient: 'bottom', columns: 2 }, scale: { scheme: 'tableau10' } },
      },
    },
    'Loss by epoch',
  ); // biome-ignore format: a specification
}

/** Points in the plane, coloured by digit. */
export function map(points: Float64Array, labels: Uint8Array): Promise<string> {
  const values = Array.from({ length: points.length / 2 }, (_, i) => ({
    x: points[2 * i],
    y: points[2 * i + 1],
    digit: labels[i],
  }));
  const axis = { axis: null, scale: { zero: false } };
  return svg(
    {
      data: { values },
      width: 430,
      height: 340,
      config,
      mark: { type: 'text', fontSize: 10, fontWeight: 'bold', opacity: 0.85 },
      encoding: {
        x: { field: 'x', type: 'quantitative', ...axis },
        y: { field: 'y', type: 'quantitative', ...axis },
        text: { field: 'digit' },
        color: { field: 'digit', type: 'nominal', scale: { scheme: 'tableau10' }, legend: null },
      },
    },
    'Map of the codes of test digits',
  );
}

/** The first two principal components of `rows` codes of `size` values, by power iteration with deflation. */
export function principal(codes: Float32Array, size: number): Float64Array {
  const rows = codes.length / size;
  const data = Float64Array.from(codes);
  for (let j = 0; j < size; j++) {
    let mean = 0;
    for (let i = 0; i < rows; i++) mean += data[i * size + j]! / rows;
    for (let i = 0; i < rows; i++) data[i * size + j]! -= mean;
  }
  const out = new Float64Array(rows * 2);
  for (let k = 0; k < 2; k++) {
    let axis = Float64Array.from({ length: size }, (_, j) => 1 + (j % 7));
    const along = (i: number): number => axis.reduce((sum, v, j) => sum + v * data[i * size + j]!, 0);
    for (let step = 0; step < 50; step++) {
      const next = new Float64Array(size);
      for (let i = 0; i < rows; i++) {
        const p = along(i);
        for (let j = 0; j < size; j++) next[j]! += p * data[i * size + j]!;
      }
      const norm = Math.hypot(...next) || 1;
      axis = next.map((v) => v / norm);
    }
    for (let i = 0; i < rows; i++) {
      const p = along(i);
      out[2 * i + k] = p;
      for (let j = 0; j < size; j++) data[i * size + j]! -= p * axis[j]!;
    }
  }
  return out;
}
