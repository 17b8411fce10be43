import type { Engine } from '../engine/engine.ts';
import { PARAMETERS } from '../engine/memory.ts';
import type { Node } from '../engine/network.ts';
import { wrongType, wrongValue } from '../errors.ts';
import { matching, measure, total } from '../evaluate.ts';
import { engineOf, type Model } from '../model.ts';
import { updateOf } from '../optimizers/optimizer.ts';
import { rateAt } from '../optimizers/schedules.ts';
import { Rows } from '../samples.ts';
import { watch } from './early-stopping.ts';
import { runEpoch } from './epoch.ts';
import { Guard } from './guard.ts';
import { type FitOptions, type FitSettings, fitSettings } from './options.ts';
import { Pause } from './pause.ts';
import { type History, newHistory, type TrainingRecord } from './record.ts';
import { type Source, sourceOf, type TrainingSamples } from './source.ts';
import { Trainer } from './trainer.ts';

/** The record to go on with. Errors: RangeError when it does not belong to this model or to these settings. */
function resumed(engine: Engine, history: History, settings: FitSettings): TrainingRecord {
  const record = engine.training;
  if (!record || record.history !== history) {
    throw wrongValue('resume', "the history of this model's last training or checkpoint", history);
  }
  const { type } = settings.optimizer;
  if (record.optimizer !== type) throw wrongValue('optimizer', `${record.optimizer}, as before the break`, type);
  const seed = settings.seed ?? record.seed;
  if (record.seed !== seed) throw wrongValue('seed', `${record.seed}, as before the break`, seed);
  if (history.partial.samples > 0 && record.batchSize !== settings.batchSize) {
    throw wrongValue('batchSize', `${record.batchSize}, as before the break within an epoch`, settings.batchSize);
  }
  return record;
}

/**
 * Trains a model to reconstruct `x` (or `targets`) and returns its history. The event loop gets its turn every
 * few milliseconds. Loss values are means over an epoch as it went, as in Keras.
 *
 * Errors, besides TypeError and RangeError on wrong arguments: the signal's reason when aborted, after which
 * `saveCheckpoint(model)` and `resume` lose nothing; RangeError when the loss is no finite number any more, with
 * the last good weights restored; what a callback throws.
 */
export async function fit(model: Model, x: TrainingSamples, options: FitOptions = {}): Promise<History> {
  const engine = model?.[engineOf];
  if (!engine) throw wrongType('model', 'a model made by autoencoder()', model);
  const given = fitSettings(model.spec, options);
  const source = sourceOf(x, model.inputShape, given.epochs);
  // No room for rows that a batch cannot have.
  const settings = { ...given, batchSize: Math.min(given.batchSize, source.count ?? given.batchSize) };
  const had = options.resume?.partial?.samples ?? 0;
  if (source.count !== undefined && had > source.count) {
    throw wrongValue('x', `at least ${had} samples, as many as the interrupted epoch has had`, source.count);
  }
  const targets = targetsOf(options, source, model);
  const validation = validationOf(options, model);
  options.signal?.throwIfAborted();
  if (engine.busy) throw wrongValue('model', 'no other fit under way on it', 'one');
  engine.busy = true;
  try {
    const record = options.resume && resumed(engine, options.resume, settings);
    const seed = settings.seed ?? record?.seed ?? engine.seed;
    if (!record) engine.training = undefined;
    const trainer = await Trainer.create(engine, { ...settings, seed, targets: targets !== undefined });
    engine.loss = options.loss;
    const slots = settings.optimizer[updateOf].slots;
    const history = record?.history ?? newHistory();
    if (!record) trainer.reset();
    const best = record?.best;
    engine.training = {
      history,
      optimizer: settings.optimizer.type,
      slots,
      seed,
      batchSize: settings.batchSize,
      addresses: trainer.slots,
      best,
    };
    await epochs(engine, trainer, engine.training, source, targets, validation, settings, options);
    return history;
  } finally {
    engine.busy = false;
  }
}

function targetsOf(options: FitOptions, source: Source, model: Model): Rows | undefined {
  if (options.targets === undefined) return undefined;
  const rows = new Rows('targets', options.targets, model.inputShape);
  if (rows.count !== source.count)
    throw wrongValue('targets', `${source.count ?? 'no'} samples, as many as x`, rows.count);
  return rows;
}

function validationOf(options: FitOptions, model: Model): { x: Rows; targets: Rows } | undefined {
  if (options.validationData === undefined) return undefined;
  const x = new Rows('validationData', options.validationData, model.inputShape);
  return { x, targets: matching('validationTargets', options.validationTargets, x, model.inputShape) };
}

/** About how many multiplications a sample needs in a node: each weight once at every place of the output. */
const products = ({ weights, output, outputSize }: Node): number =>
  weights.reduce((sum, { size }) => sum + (size * outputSize) / output[output.length - 1]!, 1);

async function epochs(
  engine: Engine,
  trainer: Trainer,
  record: TrainingRecord,
  source: Source,
  targets: Rows | undefined,
  validation: { x: Rows; targets: Rows } | undefined,
  settings: FitSettings,
  options: FitOptions,
): Promise<void> {
  const { history, seed } = record;
  const { batchSize } = record;
  const { shuffle, earlyStopping, loss: terms } = settings;
  const { onBatchEnd, onEpochEnd, signal } = options;
  const { partial } = history;
  const guard = new Guard(engine, history.step);
  const pause = new Pause(6 * batchSize * engine.network.nodes.reduce((sum, node) => sum + products(node), 0));
  const batches = source.count === undefined ? undefined : Math.ceil(source.count / batchSize);

  const breathe = async (wait: unknown): Promise<void> => {
    await wait;
    if (pause.due()) await pause.take();
    signal?.throwIfAborted();
  };
  const step = (rows: number): Promise<void> | undefined => {
    const loss = trainer.gradients(rows, history.step);
    guard.check(loss, history);
    trainer.update(history.step);
    history.step++;
    const batch = partial.batches++;
    partial.samples += rows;
    partial.loss += loss * rows;
    const wait = onBatchEnd?.(batch, { epoch: history.epoch, batch, batches, size: rows, loss });
    return wait !== undefined || signal?.aborted || pause.due() ? breathe(wait) : undefined;
  };

  while (history.epoch < settings.epochs && !history.stoppedEarly) {
    const { epoch } = history;
    const begin = performance.now() - partial.seconds * 1000;
    try {
      await runEpoch(
        engine,
        trainer,
        source,
        { epoch, batchSize, shuffle, seed, skip: partial.samples, targets },
        step,
      );
    } finally {
      partial.seconds = (performance.now() - begin) / 1000;
    }
    const means =
      validation &&
      measure(
        engine,
        validation.x,
        validation.targets,
        terms.map((term) => term.name),
      );
    const valLoss = means && total(engine, terms, means);
    guard.checkEpoch(valLoss, history);
    const logs = {
      loss: partial.loss / partial.samples,
      valLoss,
      learningRate: rateAt(settings.optimizer.learningRate, history.step - 1),
      seconds: (performance.now() - begin) / 1000,
    };
    history.loss.push(logs.loss);
    if (valLoss !== undefined) history.valLoss.push(valLoss);
    history.learningRate.push(logs.learningRate);
    history.seconds.push(logs.seconds);
    history.epoch++;
    Object.assign(partial, { batches: 0, samples: 0, loss: 0, seconds: 0 });
    if (earlyStopping) {
      const { best, stop } = watch(history, earlyStopping);
      if (best && earlyStopping.restoreBest) record.best = engine.memory.read(PARAMETERS, engine.network.bytes / 4);
      history.stoppedEarly = stop;
    }
    await onEpochEnd?.(epoch, logs);
    if (history.epoch < settings.epochs && !history.stoppedEarly) await breathe(undefined);
  }
  if (earlyStopping?.restoreBest && record.best) engine.memory.write(PARAMETERS, record.best);
}
