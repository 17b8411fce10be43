import { wrongValue } from '../core/errors.ts';
import { threadCount } from '../core/threads.ts';
import { warn } from '../core/warn.ts';
import type { TrainingSamples } from '../data/training-source.ts';
import type { Engine } from '../engine/engine.ts';
import { multiplicationsPerSample } from '../engine/graph.ts';
import { type History, newHistory } from '../model/history.ts';
import { floatEngineOf, type Model, sessionSymbol } from '../model/model.ts';
import type { TrainingRecord } from '../model/training-session.ts';
import { runEpochs } from './loop.ts';
import { updateSymbol } from './optimizers/optimizer.ts';
import { type FitOptions, type FitSettings, fitSettings } from './options.ts';
import { isWorthDividing, trainInParallel } from './parallel.ts';
import { Trainer } from './trainer.ts';
import { type TrainingData, trainingData } from './training-data.ts';

/** With fewer floating-point operations in a step, `threads: 'auto'` is one thread: 0.2 ms. */
const MIN_PARALLEL_OPERATIONS = 1e7;

/**
 * The record of a session, checked to be that of the history to resume. Errors: RangeError for the history of another model,
 * for a run that has ended, and for settings that a run cannot change.
 */
function resumedRecord(
  record: TrainingRecord | undefined,
  history: History,
  settings: FitSettings,
  resume: unknown,
): TrainingRecord {
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
 * Trains a model to reconstruct `x` (or `targets`, or to predict `labels`) and returns its history. The event loop gets a turn
 * every few milliseconds. The loss of an epoch is the mean over its batches, each before its update, as in Keras.
 *
 * Errors: TypeError and RangeError on wrong arguments. The signal's reason when aborted; `saveCheckpoint(model)` and `resume`
 * then continue the run. Errors that a callback throws. RangeError, which names the step, when the loss, a weight or the
 * optimizer's state is not finite: the weights and running statistics from before the divergence are restored and the
 * optimizer's state is cleared. The same is restored, without this error, if weights are not finite when a run is aborted.
 *
 * @example
 * ```ts
 * import { adam, autoencoder, deepAutoencoder, fit } from 'isthmus';
 *
 * const x = Float32Array.from({ length: 300 * 16 }, (_, i) => Math.sin((i >> 4) + (i % 16) / 3)); // waves of 16 values
 * const model = await autoencoder(deepAutoencoder({ input: [16], latent: 3, hidden: [32] }), { seed: 1 });
 * const history = await fit(model, x, {
 *   epochs: 40,
 *   batchSize: 32,
 *   optimizer: adam(0.005),
 *   validationSplit: 0.2,
 *   earlyStopping: { patience: 5, restoreBest: true },
 *   deterministic: true,
 *   onEpochEnd: (epoch, { loss }) => {
 *     if (epoch === 0) console.log(`first epoch: ${loss.toFixed(2)}`);
 *   },
 * });
 * console.log(history.valLoss!.at(-1)! < 0.01);
 * // prints first epoch: 0.46
 * // prints true
 * ```
 */
export async function fit(model: Model, x: TrainingSamples, options: FitOptions = {}): Promise<History> {
  const engine = floatEngineOf(model, 'one that can be trained');
  const session = model[sessionSymbol];
  if (!model.spec.decoder && !model.spec.head)
    throw wrongValue('model', 'one with a decoder or a head', model, 'an encoder');
  if (session.isTraining)
    throw wrongValue('model', 'idle', model, 'one that another fit() is training: await it first');
  const requested = fitSettings(model.spec, options);
  const last = session.record?.history;
  const resume = options.resume === true ? (last ?? newHistory()) : options.resume || undefined;
  const data = trainingData(model, x, options, requested, requested.epochs - (resume?.epoch ?? 0));
  const { count } = data.training.x;
  if (requested.dropLast && count !== undefined && count < requested.batchSize)
    throw wrongValue('x', `${requested.batchSize} samples or more with dropLast`, count);
  // A batch takes no more memory than the samples fill.
  const settings = { ...requested, batchSize: Math.min(requested.batchSize, count ?? requested.batchSize) };
  const resumedSamples = resume?.partial?.samples ?? 0;
  if (count !== undefined && resumedSamples > count) {
    throw wrongValue('x', `at least ${resumedSamples} samples, as many as the interrupted epoch has had`, count);
  }
  options.signal?.throwIfAborted();
  if (options.resume === undefined && last?.step && (session.wasInterrupted || last.partial.samples)) {
    warn(
      `fit begins at epoch 0; the run that stopped in epoch ${last.epoch + 1} goes on with resume: true (false: no warning)`,
    );
  }
  session.isTraining = true;
  try {
    const resumed = resume && resumedRecord(session.record, resume, settings, options.resume);
    const { trainer, record } = await startTraining(engine, data, settings, options, resumed);
    session.record = record;
    session.wasInterrupted = true;
    const parallel = await startThreads(engine, trainer, settings);
    try {
      await runEpochs({ engine, trainer, record, data, settings, options });
    } finally {
      await parallel?.end();
    }
    session.wasInterrupted = false;
    return record.history;
  } finally {
    session.isTraining = false;
  }
}

/** Starts the threads of a trainer. Undefined for one thread, for short steps, and where the runtime has no threads. */
async function startThreads(
  engine: Engine,
  trainer: Trainer,
  { threads, batchSize }: FitSettings,
): Promise<{ end(): Promise<void> } | undefined> {
  const count = threadCount(threads, 6 * batchSize * multiplicationsPerSample(engine.network), MIN_PARALLEL_OPERATIONS);
  if (count === 1) return undefined;
  if (!isWorthDividing(trainer, batchSize)) return undefined;
  let hasWarned = threads === 'auto';
  const refused = (reason: string): void => {
    if (!hasWarned) warn(`fit trains with fewer threads than ${threads}: ${reason}`);
    hasWarned = true;
  };
  const parallel = await trainInParallel(engine, trainer, count, batchSize, refused);
  if (!parallel) refused('this runtime cannot share memory with workers, or the kernels were compiled by the caller');
  return parallel;
}

/** The trainer of a run, and the record that it continues or begins. */
async function startTraining(
  engine: Engine,
  data: TrainingData,
  settings: FitSettings,
  { labels, loss }: FitOptions,
  resumed: TrainingRecord | undefined,
): Promise<{ trainer: Trainer; record: TrainingRecord }> {
  const { memory } = engine;
  const seed = settings.seed ?? resumed?.seed ?? engine.seed;
  const trainer = await Trainer.create(engine, {
    ...settings,
    seed,
    hasTargets: data.training.targets !== undefined,
    hasSampleWeights: data.training.weights !== undefined,
    oneHotTargets: labels !== undefined,
  });
  if (!resumed) trainer.reset();
  const { history = newHistory(), best, last } = resumed ?? {};
  // A completed run has restored its best weights. Going on needs those of its last step, unless weights were set since.
  if (last && sameBits(best, memory.read(memory.parameters, last.length))) memory.write(memory.parameters, last);
  const { type, [updateSymbol]: update } = settings.optimizer;
  const record = {
    history,
    optimizer: type,
    slots: update.slots,
    slotAddresses: trainer.slots,
    seed,
    batchSize: settings.batchSize,
    loss,
    rateWeight: settings.rateWeight,
    best,
    last: undefined,
  };
  return { trainer, record };
}

const sameBits = (a: Float32Array | undefined, b: Float32Array): boolean =>
  a?.every((value, i) => Object.is(value, b[i])) ?? false;
