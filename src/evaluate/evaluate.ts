import { wrongType } from '../core/errors.ts';
import { runToEnd } from '../core/progress.ts';
import { sizeOf } from '../core/shape.ts';
import type { Labels, Samples } from '../core/types.ts';
import { integerWithin, optional, unchecked, validate } from '../core/validate.ts';
import { argmax, oneHot } from '../data/labels.ts';
import { matchingTargets, SampleBatch } from '../data/sample-batch.ts';
import { type Loss, type LossName, lossTerms } from '../engine/losses.ts';
import { measure, totalLoss } from '../engine/measure.ts';
import { outputScale } from '../engine/schedule.ts';
import { engineOf, type Model, sessionSymbol } from '../model/model.ts';
import { checkTargetRange } from '../train/target-ranges.ts';
import { likelihoodBounds } from './elbo.ts';

/** Options of `evaluate`. */
export interface EvaluateOptions {
  /** The expected outputs: n samples of the output shape. Default: the samples themselves. */
  readonly targets?: Samples;
  /** The class of each sample, for a model with a head. Replaces `targets`. */
  readonly labels?: Labels;
  /** Default: the loss of the last `fit`, else that of the spec, else the mean squared error. */
  readonly loss?: Loss;
  /** Codes drawn for each sample, for the bounds of a variational model, 1..10000. Default 1. */
  readonly draws?: number;
}

/**
 * Means over all values of all samples; each term of the loss is a property with the name of the term. For a model that ends in a
 * `normalization` with `invert`, the losses by name are in the unit of the data, while `loss` and the bounds are computed from
 * normalized values.
 */
export type Evaluation = {
  /** The loss as `fit` measures it: the weighted terms, the penalties of weights and bottleneck, and the weighted rate. */
  readonly loss: number;
  /** Mean of (x - x̂)². */
  readonly meanSquaredError: number;
  /** Mean of |x - x̂|. */
  readonly meanAbsoluteError: number;
  /** With `labels`: the fraction of samples whose most probable class is the label. */
  readonly accuracy?: number;
  /** After `fit` with a `rateWeight`: bits a sample that the rounded code costs under the learned prior. */
  readonly rate?: number;
  /**
   * Evidence lower bound, in nats a sample. Only for a variational model whose loss is a likelihood: the binary cross-entropy,
   * or the mean squared error with the `stddev` of the bottleneck.
   */
  readonly elbo?: number;
  /** Importance-weighted bound of `draws` draws (Burda et al., 2016), in nats a sample. At least `elbo`. */
  readonly importanceWeighted?: number;
} & {
  readonly [name in LossName]?: number;
};

/** The fraction of equal classes. */
const agreement = (classes: Uint32Array, labels: Labels): number =>
  classes.reduce((sum, label, i) => sum + Number(label === labels[i]), 0) / classes.length;

/**
 * Losses of a model on samples: `{ loss, meanSquaredError, meanAbsoluteError, ... }`. Synchronous: it blocks the event loop;
 * `spawn` of isthmus/worker runs it on another thread.
 *
 * Errors: TypeError; RangeError for samples, targets or labels that do not fit the model, and for targets outside 0..1 of a
 * cross-entropy.
 *
 * @example
 * ```ts
 * import { autoencoder, denseAutoencoder, evaluate, fit } from 'isthmus';
 *
 * const x = Float32Array.from({ length: 200 * 16 }, (_, i) => Math.sin((i >> 4) + (i % 16) / 3)); // waves of 16 values
 * const model = await autoencoder(denseAutoencoder({ input: [16], latent: 8 }), { seed: 1 });
 * await fit(model, x.subarray(0, 150 * 16), { epochs: 60, deterministic: true });
 * const { meanSquaredError, meanAbsoluteError } = evaluate(model, x.subarray(150 * 16));
 * console.log(meanSquaredError.toFixed(3), meanAbsoluteError.toFixed(2));
 * // prints 0.068 0.19
 * ```
 */
export function evaluate(model: Model, x: Samples, options: EvaluateOptions = {}): Evaluation {
  const { draws } = validate('options', options, {
    targets: unchecked,
    labels: unchecked,
    loss: unchecked,
    draws: optional(integerWithin(1, 10_000), 1),
  });
  const { inputShape, outputShape, spec } = model;
  const engine = engineOf(model);
  const { record } = model[sessionSymbol];
  const terms = lossTerms(options.loss ?? record?.loss ?? spec.loss ?? 'meanSquaredError');
  const samples = new SampleBatch('x', x, inputShape);
  const targets = targetsOf(model, samples, options);
  if (!options.labels) checkTargetRange(targets, terms, engine);
  const names: LossName[] = ['meanSquaredError', 'meanAbsoluteError', ...terms.map((term) => term.name)];
  const measured = runToEnd(measure(engine, { x: samples, targets, names }));
  const isScaled = outputScale(engine.network) !== undefined;
  const { means } = isScaled ? runToEnd(measure(engine, { x: samples, targets, names, raw: true })) : measured;
  const { stddev = Math.SQRT1_2 } = (spec.latent ?? {}) as { stddev?: number };
  const isVariational = spec.latent?.type === 'variational' && spec.decoder;
  return {
    loss: totalLoss(engine, terms, measured, record?.rateWeight ?? 0),
    ...Object.fromEntries(means),
    ...(options.labels && { accuracy: agreement(argmax(model.predict(x), sizeOf(outputShape)), options.labels) }),
    ...(measured.rate !== undefined && { rate: measured.rate }),
    ...(isVariational && likelihoodBounds(engine, samples, targets, terms, stddev, draws)),
  } as Evaluation;
}

/** The expected outputs: one-hot labels, targets, or the samples. */
function targetsOf(model: Model, samples: SampleBatch, { labels, targets }: EvaluateOptions): SampleBatch {
  const { count } = samples;
  if (!model.spec.decoder && labels === undefined && targets === undefined) {
    throw wrongType('labels', 'the class of each sample, as the model has no decoder', undefined);
  }
  const compared = targets === undefined ? samples : matchingTargets('targets', targets, count, model.outputShape);
  return labels ? oneHot('labels', labels, count, model.outputShape) : compared;
}
