import { wrongValue } from '../core/errors.ts';
import { warn } from '../core/warn.ts';
import type { TrainingSamples } from '../data/training-source.ts';
import type { Engine } from '../engine/engine.ts';
import { engineOf, type Model } from '../model/model.ts';
import { type History, newHistory, type TrainingRecord } from '../model/training-record.ts';
import { runEpochs } from './loop.ts';
import { updateSymbol } from './optimizers/optimizer.ts';
import { type FitOptions, type FitSettings, fitSettings } from './options.ts';
import { Trainer } from './trainer.ts';
import { trainingData } from './training-data.ts';

/** The record to go on with. Errors: RangeError when it does not belong to this model or to these settings, or is at its end. */
function recordOf(engine: Engine, history: History, settings: FitSettings, resume: unknown): TrainingRecord {
  const record = engine.trainingRecord;
  if (!record || record.history !== history) {
    throw wrongValue('resume', "the history of this model's last training or checkpoint", resume);
  }
  const { epoch, stoppedEarly, partial } = history;
  if (settings.epochs <= epoch) throw wrongValue('epochs', `more than the ${epoch} that are done`, settings.epochs);
  if (stoppedEarly) throw wrongValue('resume', 'a run that early stopping has not ended', resume);
  const { type, [updateSymbol]: update } = settings.optimizer;
  const { seed = record.seed, batchSize } = settings;
  const same: (readonly [name: string, before: unknown, now: unknown])[] = [
    ['optimizer', record.optimizer, type],
    ['optimizer', type, record.slots.join() === update.slots.join() ? type : 'other slots'],
    ['seed', record.seed, seed],
    ['batchSize', partial.samples ? record.batchSize : batchSize, batchSize],
  ];
  for (const [name, before, now] of same) {
    if (before !== now) throw wrongValue(name, `${before}, as before the break`, now);
  }
  return record;
}

/**
 * Trains a model to reconstruct `x` (or `hasTargets`) and returns its history. The event loop gets its turn every
 * few milliseconds. Loss values are means over an epoch as it went, as in Keras.
 *
 * Errors, besides TypeError and RangeError on wrong arguments: the signal's reason when aborted, after which
 * `saveCheckpoint(model)` and `resume` lose nothing; RangeError when the loss, a weight or the optimizer's state is no
 * finite number any more: the last good weights and running statistics are restored (those from before it began to
 * diverge; the message names the step), the optimizer starts anew, and the history goes on as after an abort; what a
 * callback throws. Weights that are no finite numbers when a run is aborted are put back in the same way.
 */
export async function fit(model: Model, x: TrainingSamples, options: FitOptions = {}): Promise<History> {
  const engine = engineOf(model);
  if (!model.spec.decoder && !model.spec.head)
    throw wrongValue('model', 'one with a decoder or a head', model, 'an encoder');
  if (engine.isTraining)
    throw wrongValue('model', 'no other fit under way on it', model, 'a second one: await the first');
  const given = fitSettings(model.spec, options);
  const last = engine.trainingRecord?.history;
  const resume = options.resume === true ? (last ?? newHistory()) : options.resume || undefined;
  const data = trainingData(model, x, options, given, given.epochs - (resume?.epoch ?? 0));
  const { count } = data.training.x;
  if (given.dropLast && count !== undefined && count < given.batchSize)
    throw wrongValue('x', `${given.batchSize} samples or more with dropLast`, count);
  // No room for rows that a batch cannot have.
  const settings = { ...given, batchSize: Math.min(given.batchSize, count ?? given.batchSize) };
  const had = resume?.partial?.samples ?? 0;
  if (count !== undefined && had > count) {
    throw wrongValue('x', `at least ${had} samples, as many as the interrupted epoch has had`, count);
  }
  options.signal?.throwIfAborted();
  if (options.resume === undefined && last?.step && (engine.wasInterrupted || last.partial.samples)) {
    warn(
      `fit begins at epoch 0; the run that stopped in epoch ${last.epoch + 1} goes on with resume: true (false: no warning)`,
    );
  }
  engine.isTraining = true;
  try {
    const record = resume && recordOf(engine, resume, settings, options.resume);
    const seed = settings.seed ?? record?.seed ?? engine.seed;
    const trainer = await Trainer.create(engine, {
      ...settings,
      seed,
      hasTargets: data.training.targets !== undefined,
      hasSampleWeights: data.training.weights !== undefined,
      oneHotTargets: options.labels !== undefined,
    });
    const { type, [updateSymbol]: update } = settings.optimizer;
    const history = record?.history ?? newHistory();
    if (!record) trainer.reset();
    if (record?.last && sameBits(record.best, engine.memory.read(engine.memory.parameters, record.last.length))) {
      // A run that had ended goes on from where it was, unless weights were set since.
      engine.memory.write(engine.memory.parameters, record.last);
    }
    engine.trainingRecord = {
      history,
      optimizer: type,
      slots: update.slots,
      seed,
      batchSize: settings.batchSize,
      slotAddresses: trainer.slots,
      loss: options.loss,
      rateWeight: settings.rateWeight,
      best: record?.best,
      last: undefined,
    };
    engine.wasInterrupted = true;
    await runEpochs(engine, trainer, engine.trainingRecord, data, settings, options);
    engine.wasInterrupted = false;
    return history;
  } finally {
    engine.isTraining = false;
  }
}

const sameBits = (a: Float32Array | undefined, b: Float32Array): boolean =>
  a?.every((value, i) => Object.is(value, b[i])) ?? false;
