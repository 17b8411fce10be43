// Losses in float64: the mean over all values, and its gradient.

import type { LossName } from '../../src/losses.ts';

const clip = (y: number): number => Math.min(Math.max(y, 1e-7), 1 - 1e-7);

/** Loss of one value, and its derivative by y. */
const terms: Record<LossName, [(y: number, t: number) => number, (y: number, t: number) => number]> = {
  meanSquaredError: [(y, t) => (y - t) ** 2, (y, t) => 2 * (y - t)],
  meanAbsoluteError: [(y, t) => Math.abs(y - t), (y, t) => Math.sign(y - t)],
  huber: [
    (y, t) => (Math.abs(y - t) <= 1 ? (y - t) ** 2 / 2 : Math.abs(y - t) - 0.5),
    (y, t) => Math.min(Math.max(y - t, -1), 1),
  ],
  binaryCrossentropy: [
    (y, t) => -(t * Math.log(clip(y)) + (1 - t) * Math.log(1 - clip(y))),
    (y, t) => (clip(y) === y ? (y - t) / (y * (1 - y)) : 0),
  ],
};

export function value(kind: LossName, y: ArrayLike<number>, t: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < y.length; i++) sum += terms[kind][0](y[i]!, t[i]!);
  return sum / y.length;
}

export function gradient(kind: LossName, y: ArrayLike<number>, t: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: y.length }, (_, i) => terms[kind][1](y[i]!, t[i]!) / y.length);
}
