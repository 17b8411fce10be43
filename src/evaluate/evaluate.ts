import { wrongType } from '../core/errors.ts';
import { sizeOf } from '../core/shape.ts';
import type { Labels, Samples } from '../core/types.ts';
import { integerWithin, optional, unchecked, validate } from '../core/validate.ts';
import { argmax, oneHot } from '../data/labels.ts';
import { SampleBatch } from '../data/sample-batch.ts';
import { type Loss, type LossName, lossTerms } from '../engine/losses.ts';
import { matchingTargets, measure, runToEnd, totalLoss } from '../engine/measure.ts';
import { outputScale } from '../engine/schedule.ts';
import { engineOf, type Model } from '../model/model.ts';
import { checkTargetRange } from '../train/target-ranges.ts';
import { likelihoodBounds } from './elbo.ts';

export interface EvaluateOptions {
  /** What the reconstruction is compared with. Default: the samples themselves. */
  readonly targets?: Samples;
  /** The number of each sample's class, for a model with a head. */
  readonly labels?: Labels;
  /** Default: the loss given to the last `fit`, else the spec's, else the mean squared error. */
  readonly loss?: Loss;
  /** Codes drawn of each sample for the bounds of a variational model, 1..10000. Default 1. */
  readonly draws?: number;
}

/**
 * Means over all values. Behind a `normalization` with `invert`, `loss` is of normalised values, as `fit` measures it, and
 * so are the bounds; errors by name are in the units of the data. `loss` includes the penalties of weights, and of the rate as the last `fit` weighed it; the
 * terms of the loss stand beside it by name.
 */
export type Evaluation = {
  readonly loss: number;
  readonly meanSquaredError: number;
  readonly meanAbsoluteError: number;
  /** Share of samples whose most likely class is that of `labels`. */
  readonly accuracy?: number;
  /** Bits a sample: what rounded codes cost by the prior that `fit` with a `rateWeight` has learnt. */
  readonly rate?: number;
  /**
   * Of a variational model whose loss is a likelihood (binary cross-entropy, or the mean squared error with the
   * bottleneck's `stddev`), in nats a sample: the evidence lower bound, and the importance-weighted one of as many
   * draws, which is never lower.
   */
  readonly elbo?: number;
  readonly importanceWeighted?: number;
} & {
  readonly [name in LossName]?: number;
};

/** Share of classes that are the same. */
const agreement = (classes: Uint32Array, labels: Labels): number =>
  classes.reduce((sum, label, i) => sum + Number(label === labels[i]), 0) / classes.length;

/**
 * How well a model reconstructs: `{ loss, meanSquaredError, meanAbsoluteError, ... }`. Synchronous: nothing else runs
 * meanwhile; `spawn` of isthmus/worker takes it off the main thread. Errors: TypeError,
 * RangeError when samples or targets do not fit.
 */
export function evaluate(model: Model, x: Samples, options: EvaluateOptions = {}): Evaluation {
  const { draws } = validate('options', options, {
    ...{ targets: unchecked, labels: unchecked, loss: unchecked },
    draws: optional(integerWithin(1, 10_000), 1),
  });
  const engine = engineOf(model);
  const terms = lossTerms(options.loss ?? engine.trainingRecord?.loss ?? model.spec.loss ?? 'meanSquaredError');
  const rows = new SampleBatch('x', x, model.inputShape);
  const { labels, targets: given } = options;
  if (!model.spec.decoder && labels === undefined && given === undefined) {
    throw wrongType('labels', 'the class of each sample, as the model has no decoder', undefined);
  }
  const compared = given === undefined ? rows : matchingTargets('targets', given, rows.count, model.outputShape);
  const targets = labels ? oneHot('labels', labels, rows.count, model.outputShape) : compared;
  if (!labels) checkTargetRange(targets, terms, engine);
  const names: LossName[] = ['meanSquaredError', 'meanAbsoluteError', ...terms.map((term) => term.name)];
  const measured = runToEnd(measure(engine, rows, targets, names));
  const { means } = outputScale(engine.network)
    ? runToEnd(measure(engine, rows, targets, names, undefined, true))
    : measured;
  const accuracy = labels && agreement(argmax(model.predict(x), sizeOf(model.outputShape)), labels);
  const { stddev = Math.SQRT1_2 } = (model.spec.latent ?? {}) as { stddev?: number };
  const drawn = model.spec.latent?.type === 'variational' && model.spec.decoder;
  const bounds = drawn && likelihoodBounds(engine, rows, targets, terms, stddev, draws);
  return {
    loss: totalLoss(engine, terms, measured),
    ...Object.fromEntries(means),
    ...(labels && { accuracy }),
    ...(measured.rate !== undefined && { rate: measured.rate }),
    ...bounds,
  } as Evaluation;
}
