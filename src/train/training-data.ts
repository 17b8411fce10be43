// What a run reads: samples, targets and weights to train on, and others to validate with.

import { wrongType, wrongValue } from '../core/errors.ts';
import { number } from '../core/validate.ts';
import { oneHot } from '../data/labels.ts';
import { Rows, valuesOf } from '../data/sample-batch.ts';
import { inMemory, type Source, sourceOf, type TrainingSamples } from '../data/training-source.ts';
import { asMany, matching } from '../engine/measure.ts';
import { engineOf, type Model } from '../model/model.ts';
import type { FitOptions, FitSettings } from './options.ts';
import { checkChanges, checkTargets } from './target-ranges.ts';

/** Samples, what the outputs for them are to be (undefined where that is the samples themselves), and their weights. */
interface Part<X> {
  readonly x: X;
  readonly targets: Rows | undefined;
  readonly weights: Float64Array | undefined;
}

export interface Data {
  readonly training: Part<Source>;
  readonly validation: Part<Rows> | undefined;
}

/** What the outputs for `count` samples are to be; undefined where that is the samples themselves. */
function targetsOf(
  options: FitOptions,
  count: number | undefined,
  model: Model,
  validation: boolean,
): Rows | undefined {
  const [name, labelled] = validation
    ? (['validationTargets', 'validationLabels'] as const)
    : (['targets', 'labels'] as const);
  const { [name]: targets, [labelled]: labels } = options;
  if (targets !== undefined && labels !== undefined)
    throw wrongValue(labelled, `no ${name} beside them`, labels, 'both');
  if (labels !== undefined && !model.spec.head) throw wrongValue(labelled, 'a model with a head (see addHead)', labels);
  if (labels !== undefined) return oneHot(labelled, labels, count, model.outputShape);
  if (targets === undefined) {
    if (model.spec.decoder) return undefined;
    throw wrongType(labelled, 'the class of each sample, as the model has a head', undefined);
  }
  return matching(name, targets, count, model.outputShape);
}

/** A copy of `sampleWeight`. Errors: TypeError, RangeError for another number of weights, and for a wrong one. */
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
  asMany('sampleWeight', weights.length, count, 'weights');
  return weights;
}

/** Errors: TypeError, RangeError where one does not fit the other. `epochs`: how often x will be read. */
export function dataOf(
  model: Model,
  x: TrainingSamples,
  options: FitOptions,
  settings: FitSettings,
  epochs: number,
): Data {
  const { validationData, validationSplit, sampleWeight } = options;
  const { loss, augment } = settings;
  const check = (rows: Rows | undefined): void => rows && checkTargets(rows, loss, model[engineOf], true);
  const itself = options.targets === undefined && model.spec.decoder;
  checkChanges(augment, loss, model[engineOf], options);
  const source = sourceOf(x, model.inputShape, epochs, (rows) => itself && check(rows));
  const { count, rows } = source;
  const whole = { targets: targetsOf(options, count, model, false), weights: weightsOf(sampleWeight, count) };
  check(whole.targets);
  if (validationSplit === undefined) {
    const training = { x: source, ...whole };
    if (validationData === undefined) return { training, validation: undefined };
    const other = new Rows('validationData', validationData, model.inputShape);
    const targets = targetsOf(options, other.count, model, true);
    checkTargets(targets ?? other, loss, model[engineOf]);
    return { training, validation: { x: other, targets, weights: undefined } };
  }
  const first = Math.floor((count ?? 0) * (1 - validationSplit));
  if (!rows || !first)
    throw wrongValue('validationSplit', 'x in memory, with samples left to train on', validationSplit);
  // Checked already.
  const partOf = (all: Rows, from: number, to: number): Rows =>
    new Rows(all.name, valuesOf(all, from, to - from), [all.size], true);
  const part = (from: number, to: number) => ({
    x: partOf(rows, from, to),
    targets: whole.targets && partOf(whole.targets, from, to),
    weights: whole.weights?.subarray(from, to),
  });
  const { x: kept, ...rest } = part(0, first);
  return { training: { x: inMemory(kept), ...rest }, validation: part(first, count!) };
}
