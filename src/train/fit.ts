import type { Engine } from '../engine/engine.ts';
import { matching } from '../engine/measure.ts';
import { wrongType, wrongValue } from '../errors.ts';
import { oneHot } from '../labels.ts';
import { engineIn, type Model } from '../model.ts';
import { updateOf } from '../optimizers/optimizer.ts';
import { Rows } from '../samples.ts';
import { runEpochs } from './epochs.ts';
import { type FitOptions, type FitSettings, fitSettings } from './options.ts';
import { type History, newHistory, type TrainingRecord } from './record.ts';
import { sourceOf, type TrainingSamples } from './source.ts';
import { Trainer } from './trainer.ts';

/** The record to go on with. Errors: RangeError when it does not belong to this model or to these settings. */
function resumed(engine: Engine, history: History, settings: FitSettings): TrainingRecord {
  const record = engine.training;
  if (!record || record.history !== history) {
    throw wrongValue('resume', "the history of this model's last training or checkpoint", history);
  }
  const { type, [updateOf]: update } = settings.optimizer;
  const { seed = record.seed, batchSize } = settings;
  const same: (readonly [name: string, before: unknown, now: unknown])[] = [
    ['optimizer', record.optimizer, type],
    ['optimizer', type, record.slots.join() === update.slots.join() ? type : 'other slots'],
    ['seed', record.seed, seed],
    ['batchSize', history.partial.samples ? record.batchSize : batchSize, batchSize],
  ];
  for (const [name, before, now] of same) {
    if (before !== now) throw wrongValue(name, `${before}, as before the break`, now);
  }
  return record;
}

/**
 * Trains a model to reconstruct `x` (or `targets`) and returns its history. The event loop gets its turn every
 * few milliseconds. Loss values are means over an epoch as it went, as in Keras.
 *
 * Errors, besides TypeError and RangeError on wrong arguments: the signal's reason when aborted, after which
 * `saveCheckpoint(model)` and `resume` lose nothing; RangeError when the loss, a weight or the optimizer's state is no
 * finite number any more: the last good weights and running statistics are restored (those from before it began to
 * diverge; the message names the step), the optimizer starts anew, and the history goes on as after an abort; what a
 * callback throws. Weights that are no finite numbers when a run is aborted are put back in the same way.
 */
export async function fit(model: Model, x: TrainingSamples, options: FitOptions = {}): Promise<History> {
  const engine = engineIn(model);
  if (!model.spec.decoder && !model.spec.head) throw wrongValue('model', 'one with a decoder or a head', 'an encoder');
  const given = fitSettings(model.spec, options);
  const source = sourceOf(x, model.inputShape, given.epochs - (options.resume?.epoch ?? 0));
  // No room for rows that a batch cannot have.
  const settings = { ...given, batchSize: Math.min(given.batchSize, source.count ?? given.batchSize) };
  const had = options.resume?.partial?.samples ?? 0;
  if (source.count !== undefined && had > source.count) {
    throw wrongValue('x', `at least ${had} samples, as many as the interrupted epoch has had`, source.count);
  }
  const targets = targetsOf(options, source.count, model, false);
  const validation = validationOf(options, model);
  options.signal?.throwIfAborted();
  if (engine.busy) throw wrongValue('model', 'no other fit under way on it', 'one');
  engine.busy = true;
  try {
    const record = options.resume && resumed(engine, options.resume, settings);
    const seed = settings.seed ?? record?.seed ?? engine.seed;
    const trainer = await Trainer.create(engine, {
      ...settings,
      seed,
      targets: targets !== undefined,
      oneHot: options.labels !== undefined,
    });
    const { type, [updateOf]: update } = settings.optimizer;
    const history = record?.history ?? newHistory();
    if (!record) trainer.reset();
    if (record?.last && sameBits(record.best, engine.memory.read(engine.memory.parameters, record.last.length))) {
      // A run that had ended goes on from where it was, unless weights were set since.
      engine.memory.write(engine.memory.parameters, record.last);
    }
    engine.training = {
      history,
      optimizer: type,
      slots: update.slots,
      seed,
      batchSize: settings.batchSize,
      addresses: trainer.slots,
      loss: options.loss,
      rateWeight: settings.rateWeight,
      best: record?.best,
      last: undefined,
    };
    await runEpochs(engine, trainer, engine.training, { source, targets, validation }, settings, options);
    return history;
  } finally {
    engine.busy = false;
  }
}

const sameBits = (a: Float32Array | undefined, b: Float32Array): boolean =>
  a?.every((value, i) => Object.is(value, b[i])) ?? false;

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
  if (targets !== undefined && labels !== undefined) throw wrongValue(labelled, `no ${name} beside them`, 'both');
  if (labels !== undefined && !model.spec.head) throw wrongValue(labelled, 'a model with a head (see addHead)', labels);
  if (labels !== undefined) return oneHot(labelled, labels, count, model.outputShape);
  if (targets === undefined) {
    if (model.spec.decoder) return undefined;
    throw wrongType(labelled, 'the class of each sample, as the model has a head', undefined);
  }
  return matching(name, targets, count, model.outputShape);
}

function validationOf(options: FitOptions, model: Model): { x: Rows; targets: Rows } | undefined {
  if (options.validationData === undefined) return undefined;
  const x = new Rows('validationData', options.validationData, model.inputShape);
  return { x, targets: targetsOf(options, x.count, model, true) ?? x };
}
