// The gated recurrent unit in float64, by its definition.

import type { LayerRow } from './layers.ts';

/** Step by step, one sample at a time: GRUCell of Keras. */
const forward: LayerRow['forward'] = (o, { shape, data }, { rows, weight }) => {
  const [time, features] = shape as [number, number];
  const [n, resetAfter] = [o.units, o.resetAfter ?? true];
  const [kernel, recurrent, bias] = [
    weight('kernel')!,
    weight('recurrentKernel')!,
    weight('bias') ?? new Float64Array(6 * n),
  ];
  const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));
  /** Column `column` of a row vector times a matrix of 3·n columns. */
  const product = (row: (i: number) => number, length: number, matrix: Float64Array, column: number): number => {
    let sum = 0;
    for (let i = 0; i < length; i++) sum += row(i) * matrix[i * 3 * n + column]!;
    return sum;
  };
  const y = new Float64Array(rows * (o.returnSequences ? time : 1) * n);
  for (let b = 0; b < rows; b++) {
    let h = new Float64Array(n);
    for (let s = 0; s < time; s++) {
      const t = o.goBackwards ? time - 1 - s : s;
      const input = (column: number): number =>
        product((i) => data[(b * time + t) * features + i]!, features, kernel, column) + bias[column]!;
      const state = (column: number, from: (i: number) => number): number =>
        product(from, n, recurrent, column) + (resetAfter ? bias[3 * n + column]! : 0);
      const gate = (column: number): number => sigmoid(input(column) + state(column, (i) => h[i]!));
      const r = h.map((_, j) => gate(n + j));
      h = h.map((v, j) => {
        const z = gate(j);
        const inner = resetAfter ? r[j]! * state(2 * n + j, (i) => h[i]!) : state(2 * n + j, (i) => r[i]! * h[i]!);
        return z * v + (1 - z) * Math.tanh(input(2 * n + j) + inner);
      });
      if (o.returnSequences) y.set(h, (b * time + s) * n);
    }
    if (!o.returnSequences) y.set(h, b * n);
  }
  return { shape: o.returnSequences ? [time, n] : [n], data: y };
};

export const gru: LayerRow = {
  tfjs: 'GRU',
  signal: true,
  cases: {
    'reset before the product': (i) => i.gru({ units: 3, resetAfter: false }),
    'reset after the product': (i) => i.gru({ units: 5, returnSequences: true }),
  },
  forward,
};
