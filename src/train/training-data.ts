// The data of a run: samples, targets and weights, for training and for validation.

import { wrongType, wrongValue } from '../core/errors.ts';
import { number } from '../core/validate.ts';
import { oneHot } from '../data/labels.ts';
import { checkCount, matchingTargets, SampleBatch, sampleValues } from '../data/sample-batch.ts';
import { memorySource, type TrainingSamples, type TrainingSource, trainingSource } from '../data/training-source.ts';
import { engineSymbol, type Model } from '../model/model.ts';
import type { FitOptions, FitSettings } from './options.ts';
import { checkAugmentRange, checkTargetRange } from './target-ranges.ts';

/** Samples, their targets (undefined where the samples are the targets), and their weights. */
export interface DataSplit<X> {
  readonly x: X;
  readonly targets: SampleBatch | undefined;
  readonly weights: Float64Array | undefined;
}

export interface TrainingData {
  readonly training: DataSplit<TrainingSource>;
  readonly validation: DataSplit<SampleBatch> | undefined;
}

/** The targets of `count` samples; undefined where the samples are the targets. */
function targetsOf(
  options: FitOptions,
  count: number | undefined,
  model: Model,
  validation: boolean,
): SampleBatch | undefined {
  const [name, labelled] = validation
    ? (['validationTargets', 'validationLabels'] as const)
    : (['targets', 'labels'] as const);
  const { [name]: targets, [labelled]: labels } = options;
  if (targets !== undefined && labels !== undefined) throw wrongValue(labelled, `no ${name}`, labels, 'both');
  if (labels !== undefined && !model.spec.head) throw wrongValue(labelled, 'a model with a head (see addHead)', labels);
  if (labels !== undefined) return oneHot(labelled, labels, count, model.outputShape);
  if (targets === undefined) {
    if (model.spec.decoder) return undefined;
    throw wrongType(labelled, 'the class of each sample, as the model has a head', undefined);
  }
  return matchingTargets(name, targets, count, model.outputShape);
}

/** A copy of `sampleWeight`. Errors: TypeError, RangeError for a wrong number of weights or a wrong weight. */
function weightsOf(given: ArrayLike<number> | undefined, count: number | undefined): Float64Array | undefined {
  if (given === undefined) return undefined;
  if (!(Object(given).length >= 0)) throw wrongType('sampleWeight', 'a list of numbers', given);
  const weights = Float64Array.from(given, (weight, i) =>
    number(
      `sampleWeight[${i}]`,
      weight,
      'a number of at least 0 that float32 holds',
      (w) => Math.fround(w) < Infinity && w >= 0,
    ),
  );
  checkCount('sampleWeight', weights.length, count, 'weights');
  return weights;
}

/** `epochs`: how often x will be read. Errors: TypeError, RangeError for samples, targets and weights that do not fit. */
export function trainingData(
  model: Model,
  x: TrainingSamples,
  options: FitOptions,
  settings: FitSettings,
  epochs: number,
): TrainingData {
  const { validationData, validationSplit, sampleWeight } = options;
  const { loss, augment } = settings;
  const check = (rows: SampleBatch | undefined): void =>
    rows && checkTargetRange(rows, loss, model[engineSymbol], true);
  const isTarget = options.targets === undefined && model.spec.decoder;
  checkAugmentRange(augment, loss, model[engineSymbol], options);
  const source = trainingSource(x, model.inputShape, epochs, (rows) => isTarget && check(rows));
  const { count, batch } = source;
  const perSample = { targets: targetsOf(options, count, model, false), weights: weightsOf(sampleWeight, count) };
  check(perSample.targets);
  if (validationSplit === undefined) {
    const training = { x: source, ...perSample };
    if (validationData === undefined) return { training, validation: undefined };
    const validationBatch = new SampleBatch('validationData', validationData, model.inputShape);
    const targets = targetsOf(options, validationBatch.count, model, true);
    checkTargetRange(targets ?? validationBatch, loss, model[engineSymbol]);
    return { training, validation: { x: validationBatch, targets, weights: undefined } };
  }
  const first = Math.floor((count ?? 0) * (1 - validationSplit));
  if (!batch || !first)
    throw wrongValue('validationSplit', 'x in memory, with samples left to train on', validationSplit);
  // The samples have been checked: not again.
  const partOf = (all: SampleBatch, from: number, to: number): SampleBatch =>
    new SampleBatch(all.name, sampleValues(all, from, to - from), [all.size], true);
  const part = (from: number, to: number) => ({
    x: partOf(batch, from, to),
    targets: perSample.targets && partOf(perSample.targets, from, to),
    weights: perSample.weights?.subarray(from, to),
  });
  const { x: trainingBatch, ...rest } = part(0, first);
  return { training: { x: memorySource(trainingBatch), ...rest }, validation: part(first, count!) };
}
