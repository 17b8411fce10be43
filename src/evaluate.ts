import { options as plain } from './check.ts';
import { finish, matching, measure, total } from './engine/measure.ts';
import { wrongType } from './errors.ts';
import { type Loss, type LossName, lossTerms } from './losses.ts';
import { engineOf, type Model } from './model.ts';
import { Rows } from './samples.ts';
import type { Samples } from './types.ts';

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
  const measured = finish(measure(engine, rows, targets, names));
  return { loss: total(engine, terms, measured), ...Object.fromEntries(measured.means) } as Evaluation;
}
