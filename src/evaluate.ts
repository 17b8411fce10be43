import { options as plain } from './check.ts';
import type { Engine } from './engine/engine.ts';
import { forward } from './engine/inference.ts';
import { PARAMETERS } from './engine/memory.ts';
import { wrongType, wrongValue } from './errors.ts';
import { type Loss, type LossName, type LossTerm, losses, lossTerms } from './losses.ts';
import { engineOf, type Model } from './model.ts';
import { Rows, type Samples } from './samples.ts';

export interface EvaluateOptions {
  /** What the reconstruction is compared with. Default: the samples themselves. */
  readonly targets?: Samples;
  /** Default: the loss given to the last `fit`, else the spec's, else the mean squared error. */
  readonly loss?: Loss;
}

/** Means over all values. `loss` includes the penalties of weights; the terms of the loss stand beside it by name. */
export type Evaluation = {
  readonly loss: number;
  readonly meanSquaredError: number;
  readonly meanAbsoluteError: number;
} & {
  readonly [name in LossName]?: number;
};

/** Rows to compare with: `name` must hold as many samples as `x`. */
export function matching(name: string, targets: Samples | undefined, x: Rows, shape: readonly number[]): Rows {
  if (targets === undefined) return x;
  const rows = new Rows(name, targets, shape);
  if (rows.count !== x.count) throw wrongValue(name, `${x.count} samples, as many as x`, rows.count);
  return rows;
}

/** The mean of every named loss over the reconstructions. */
export function measure(engine: Engine, x: Rows, targets: Rows, names: readonly LossName[]): Map<LossName, number> {
  const { kernels, network } = engine;
  const sums = new Map(names.map((name) => [name, 0]));
  const add = (y: number, _: number, rows: number, t: number): void => {
    for (const [name, sum] of sums) sums.set(name, sum + kernels.lossSum(y, t, rows * x.size, losses[name]));
  };
  forward(engine, { start: 0, end: network.nodes.length }, x, add, targets);
  return new Map([...sums].map(([name, sum]) => [name, sum / (x.count * x.size)]));
}

/** What `fit` reports as the loss: the weighted terms, and the penalties of weights. */
export function total(engine: Engine, terms: readonly LossTerm[], means: ReadonlyMap<LossName, number>): number {
  const penalties = engine.network.weights.map(({ offset, size, l1, l2 }) =>
    l1 || l2 ? engine.kernels.penalty(PARAMETERS + offset, size, l1, l2) : 0,
  );
  const data = terms.map(({ name, weight }) => weight * means.get(name)!);
  return [...data, ...penalties].reduce((sum, value) => sum + value, 0);
}

/**
 * How well a model reconstructs: `{ loss, meanSquaredError, meanAbsoluteError, ... }`. Errors: TypeError,
 * RangeError when samples or targets do not fit.
 */
export function evaluate(model: Model, x: Samples, options: EvaluateOptions = {}): Evaluation {
  plain('options', options, ['targets', 'loss']);
  const engine = model?.[engineOf];
  if (!engine) throw wrongType('model', 'a model made by autoencoder()', model);
  const terms = lossTerms(options.loss ?? engine.loss ?? model.spec.loss ?? 'meanSquaredError');
  const rows = new Rows('x', x, model.inputShape);
  const targets = matching('targets', options.targets, rows, model.inputShape);
  const names: LossName[] = ['meanSquaredError', 'meanAbsoluteError', ...terms.map((term) => term.name)];
  const means = measure(engine, rows, targets, names);
  return { loss: total(engine, terms, means), ...Object.fromEntries(means) } as Evaluation;
}
