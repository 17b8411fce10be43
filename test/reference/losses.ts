// Losses in float64: the mean over all values, and its gradient.

import type { LossName as AnyLoss } from '../../src/engine/losses.ts';

/** Losses that are a mean over values. */
export type LossName = Exclude<AnyLoss, 'categoricalCrossentropy'>;

const clip = (y: number): number => Math.min(Math.max(y, 1e-7), 1 - 1e-7);

/** Loss of one value, and its derivative by y: Keras' definitions, huber with delta 1 (Huber, 1964). */
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

export const kinds = Object.keys(terms) as LossName[];

/** The mean of a loss over all values. */
export function value(kind: LossName, y: ArrayLike<number>, t: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < y.length; i++) sum += terms[kind][0](y[i]!, t[i]!);
  return sum / y.length;
}

/** The derivative of `value` by each y. */
export function gradient(kind: LossName, y: ArrayLike<number>, t: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: y.length }, (_, i) => terms[kind][1](y[i]!, t[i]!) / y.length);
}

/** Losses with their weights. */
export type Mix = { readonly [name in LossName]?: number };

/** The weight of the sample that value `i` of `n` belongs to. */
const factor = (weights: ArrayLike<number> | undefined, i: number, n: number): number =>
  weights ? weights[Math.floor((i * weights.length) / n)]! : 1;

/** Σ weight · loss; each sample's share of a mean times its weight. */
export function mixtureValue(
  mix: Mix,
  y: ArrayLike<number>,
  t: ArrayLike<number>,
  weights?: ArrayLike<number>,
): number {
  let sum = 0;
  for (const [name, weight] of Object.entries(mix)) {
    const of = terms[name as LossName][0];
    for (let i = 0; i < y.length; i++) sum += (weight * factor(weights, i, y.length) * of(y[i]!, t[i]!)) / y.length;
  }
  return sum;
}

/** The derivative of `mixtureValue` by each y. */
export function mixtureGradient(
  mix: Mix,
  y: ArrayLike<number>,
  t: ArrayLike<number>,
  weights?: ArrayLike<number>,
): Float64Array {
  const sum = new Float64Array(y.length);
  for (const [name, weight] of Object.entries(mix)) {
    const one = gradient(name as LossName, y, t);
    for (let i = 0; i < sum.length; i++) sum[i]! += weight * factor(weights, i, y.length) * one[i]!;
  }
  return sum;
}
