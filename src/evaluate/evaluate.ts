import { wrongType } from '../core/errors.ts';
import { runInTurns, runToEnd } from '../core/progress.ts';
import { sizeOf } from '../core/shape.ts';
import { threadChecks, threadsFor } from '../core/thread-options.ts';
import type { Threads } from '../core/threads.ts';
import type { Labels, Samples, Signal } from '../core/types.ts';
import { integerWithin, optional, unchecked, validate } from '../core/validate.ts';
import { argmax, oneHot } from '../data/labels.ts';
import { matchingTargets, SampleBatch } from '../data/sample-batch.ts';
import type { Engine } from '../engine/engine.ts';
import { multiplicationsPerSample } from '../engine/graph.ts';
import { type Loss, type LossName, type LossTerm, lossTerms } from '../engine/losses.ts';
import { lossSums, type Measurement, type MeasureOptions, measure, totalLoss } from '../engine/measure.ts';
import { outputScale } from '../engine/schedule.ts';
import { engineOf, type Model, sessionSymbol } from '../model/model.ts';
import { measureOnThreads } from '../threads/plain/pass.ts';
import { checkTargetRange } from '../train/target-ranges.ts';
import { type BoundOptions, type LikelihoodBounds, likelihoodBounds } from './elbo.ts';

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
  /** Threads, as for `encode`. With this option `evaluate` returns a promise. */
  readonly threads?: Threads;
  /** Stops between two steps. With this option `evaluate` returns a promise, which then rejects with the signal's reason. */
  readonly signal?: Signal;
}

type SyncEvaluateOptions = Omit<EvaluateOptions, 'threads' | 'signal'>;
type AsyncEvaluateOptions = EvaluateOptions &
  (Required<Pick<EvaluateOptions, 'threads'>> | Required<Pick<EvaluateOptions, 'signal'>>);

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
 * Losses of a model on samples: `{ loss, meanSquaredError, meanAbsoluteError, ... }`. Synchronous: it blocks the event loop. With
 * `threads` or `signal` it returns a promise and computes on several threads or in short steps. The losses have the same bits. Samples
 * and model must not change until the promise resolves.
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
export function evaluate(
  model: Model,
  x: Samples,
  options: EvaluateOptions & Required<Pick<EvaluateOptions, 'threads'>>,
): Promise<Evaluation>;
export function evaluate(model: Model, x: Samples, options: AsyncEvaluateOptions): Promise<Evaluation>;
export function evaluate(model: Model, x: Samples, options?: SyncEvaluateOptions): Evaluation;
export function evaluate(model: Model, x: Samples, options: EvaluateOptions = {}): Evaluation | Promise<Evaluation> {
  if (options?.threads !== undefined || options?.signal !== undefined) return evaluateOnThreads(model, x, options);
  const plan = planEvaluation(model, x, options);
  const { engine, scaled, raw } = plan;
  const measured = runToEnd(measure(engine, scaled));
  return evaluationOf(plan, {
    measured,
    means: raw ? runToEnd(measure(engine, raw)).means : measured.means,
    outputs: options.labels && model.predict(x),
    bounds: plan.bounds && runToEnd(likelihoodBounds(engine, plan.bounds)),
  });
}

/** `evaluate` on several threads. The promise rejects with the errors of `evaluate`. */
async function evaluateOnThreads(model: Model, x: Samples, options: EvaluateOptions): Promise<Evaluation> {
  const plan = planEvaluation(model, x, options);
  const { engine, scaled, raw } = plan;
  const { signal } = options;
  const threads = threadsFor(plan.threads, scaled.x.count * multiplicationsPerSample(engine.network));
  const division = { threads, ...(signal && { signal }) };
  signal?.throwIfAborted();
  const measured = await measureOnThreads(lossSums, engine, scaled, division);
  return evaluationOf(plan, {
    measured,
    means: raw ? (await measureOnThreads(lossSums, engine, raw, division)).means : measured.means,
    outputs: options.labels && (await model.predict(x, division)),
    bounds: plan.bounds && (await runInTurns(likelihoodBounds(engine, plan.bounds), division)),
  });
}

/** What an evaluation measures. */
interface EvaluationPlan {
  readonly model: Model;
  readonly engine: Engine;
  readonly labels: Labels | undefined;
  readonly threads: Threads;
  readonly terms: readonly LossTerm[];
  /** On the scale on which `fit` measures losses. */
  readonly scaled: MeasureOptions;
  /** In the unit of the data, where that is another scale. */
  readonly raw: MeasureOptions | undefined;
  /** For a variational model. */
  readonly bounds: BoundOptions | undefined;
}

interface EvaluationParts {
  readonly measured: Measurement;
  readonly means: Measurement['means'];
  /** Outputs of the head, with labels. */
  readonly outputs: Float32Array | undefined;
  readonly bounds: LikelihoodBounds | undefined;
}

/** Checks the arguments. Errors: those of `evaluate`. */
function planEvaluation(model: Model, x: Samples, options: EvaluateOptions): EvaluationPlan {
  const { draws, threads } = validate('options', options, {
    targets: unchecked,
    labels: unchecked,
    loss: unchecked,
    draws: optional(integerWithin(1, 10_000), 1),
    threads: threadChecks.threads,
    signal: threadChecks.signal,
  });
  const { spec } = model;
  const engine = engineOf(model);
  const terms = lossTerms(options.loss ?? model[sessionSymbol].record?.loss ?? spec.loss ?? 'meanSquaredError');
  const samples = new SampleBatch('x', x, model.inputShape);
  const targets = targetsOf(model, samples, options);
  if (!options.labels) checkTargetRange(targets, terms, engine);
  const names: LossName[] = ['meanSquaredError', 'meanAbsoluteError', ...terms.map((term) => term.name)];
  const scaled = { x: samples, targets, names };
  const { stddev = Math.SQRT1_2 } = (spec.latent ?? {}) as { stddev?: number };
  const isVariational = spec.latent?.type === 'variational' && spec.decoder;
  return {
    model,
    engine,
    labels: options.labels,
    threads,
    terms,
    scaled,
    raw: outputScale(engine.network) && { ...scaled, raw: true },
    bounds: isVariational ? { x: samples, targets, terms, stddev, draws } : undefined,
  };
}

function evaluationOf(
  { model, engine, labels, terms }: EvaluationPlan,
  { measured, means, outputs, bounds }: EvaluationParts,
): Evaluation {
  return {
    loss: totalLoss(engine, terms, measured, model[sessionSymbol].record?.rateWeight ?? 0),
    ...Object.fromEntries(means),
    ...(outputs && { accuracy: agreement(argmax(outputs, sizeOf(model.outputShape)), labels!) }),
    ...(measured.rate !== undefined && { rate: measured.rate }),
    ...bounds,
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
