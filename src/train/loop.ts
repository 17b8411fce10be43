// Epoch after epoch: batches, validation, early stopping, callbacks, and turns of the event loop in between.

import { now, Yielder } from '../core/event-loop.ts';
import type { Signal } from '../core/types.ts';
import type { Engine } from '../engine/engine.ts';
import { multiplicationsPerSample } from '../engine/graph.ts';
import { measure, totalLoss } from '../engine/measure.ts';
import { type History, newHistory } from '../model/history.ts';
import type { TrainingRecord } from '../model/training-session.ts';
import { epochBatches } from './batches.ts';
import { DivergenceGuard } from './divergence-guard.ts';
import { checkEarlyStopping } from './early-stopping.ts';
import { rateAt } from './optimizers/schedules.ts';
import type { EpochLogs, FitOptions, FitSettings } from './options.ts';
import type { Trainer } from './trainer.ts';
import type { TrainingData } from './training-data.ts';

export interface TrainingRun {
  readonly engine: Engine;
  readonly trainer: Trainer;
  /** Where the run begins; the run updates it. */
  readonly record: TrainingRecord;
  readonly data: TrainingData;
  readonly settings: FitSettings;
  readonly options: FitOptions;
}

/** Turns of the event loop between two steps, and the check of the signal. */
class Pauses {
  readonly #yielder: Yielder;
  readonly #signal: Signal | undefined;

  constructor(operationsPerStep: number, signal: Signal | undefined) {
    this.#yielder = new Yielder(operationsPerStep);
    this.#signal = signal;
  }

  /** To be called once a step. */
  isDue(): boolean {
    return this.#signal?.aborted || this.#yielder.isDue();
  }

  /** Gives the event loop a turn if one is due. Errors: the signal's reason. */
  async take(): Promise<void> {
    if (this.#yielder.isDue()) await this.#yielder.yield();
    this.#signal?.throwIfAborted();
  }
}

/** Trains until the last epoch, or until early stopping ends the run. */
export async function runEpochs(run: TrainingRun): Promise<void> {
  const { engine, record, data, settings, options } = run;
  const { history } = record;
  const { earlyStopping } = settings;
  const { signal } = options;
  const pauses = new Pauses(6 * record.batchSize * multiplicationsPerSample(engine.network), signal);
  const copyWeights = () => engine.memory.read(engine.memory.parameters, engine.network.weightBytes / 4);

  const { definition } = engine.network.nodes.find((node) => node.definition.adapt) ?? {};
  const { x: source, targets } = data.training;
  await definition?.adapt?.(engine, { source, targets, signal, readapt: settings.adapt, pause: () => pauses.take() });
  const guard = new DivergenceGuard(run);

  while (history.epoch < settings.epochs && !history.stoppedEarly) {
    const { epoch } = history;
    const logs = await runEpoch(run, guard, pauses);
    recordEpoch(history, logs);
    if (earlyStopping) {
      const { best, stop } = checkEarlyStopping(history, earlyStopping);
      // Without restoreBest, weights that an earlier run has stored are dropped: they are of another epoch.
      if (best) record.best = earlyStopping.restoreBest ? copyWeights() : undefined;
      history.stoppedEarly = stop;
    }
    await options.onEpochEnd?.(epoch, logs);
    if (history.epoch < settings.epochs && !history.stoppedEarly) await pauses.take();
  }
  if (earlyStopping?.restoreBest && record.best) {
    record.last = copyWeights();
    engine.memory.write(engine.memory.parameters, record.best);
  }
}

/** Runs the current epoch, from where it was interrupted: batches and validation. */
async function runEpoch(run: TrainingRun, guard: DivergenceGuard, pauses: Pauses): Promise<EpochLogs> {
  const { record, data, settings } = run;
  const { history } = record;
  const { partial } = history;
  const begin = now() - partial.seconds * 1000;
  let validation: Validation | undefined;
  try {
    await trainBatches(run, guard, pauses);
    validation = data.validation && (await validate(run, data.validation, pauses));
    guard.checkEpoch(validation?.loss);
  } catch (error) {
    guard.restoreIfBad();
    throw error;
  } finally {
    partial.seconds = (now() - begin) / 1000;
  }
  const trainsRate = settings.rateWeight > 0;
  return {
    loss: partial.loss / partial.samples,
    valLoss: validation?.loss,
    ...(trainsRate && { rate: partial.rate / partial.samples }),
    ...(trainsRate && validation?.rate !== undefined && { valRate: validation.rate }),
    learningRate: rateAt(settings.optimizer.learningRate, history.step - 1),
    seconds: partial.seconds,
  };
}

async function trainBatches(
  { engine, trainer, record, data, settings, options }: TrainingRun,
  guard: DivergenceGuard,
  pauses: Pauses,
): Promise<void> {
  const { history, batchSize } = record;
  const { epoch, partial } = history;
  const { count } = data.training.x;
  const batches = count === undefined ? undefined : Math[settings.dropLast ? 'floor' : 'ceil'](count / batchSize);
  const chunks = epochBatches(engine, trainer, data.training, record, settings, options.signal);
  for await (const chunk of chunks) {
    for (const rows of chunk) {
      guard.beginStep();
      // The first batch of an epoch counts as a full one, even where the data has fewer samples.
      const batchFraction = partial.batches ? rows / batchSize : 1;
      const loss = trainer.gradientsInParts
        ? await trainer.gradientsInParts(rows, history.step, batchFraction)
        : trainer.computeGradients(rows, history.step, batchFraction);
      guard.checkLoss(loss);
      trainer.update(history.step);
      history.step++;
      const batch = partial.batches++;
      partial.samples += rows;
      partial.loss += loss * rows;
      const rate = trainer.bits;
      if (rate !== undefined) partial.rate += rate * rows;
      const result = options.onBatchEnd?.(batch, {
        epoch,
        batch,
        batches,
        size: rows,
        loss,
        ...(rate !== undefined && { rate }),
      });
      if (result === undefined && !pauses.isDue()) continue;
      await result;
      await pauses.take();
    }
  }
}

/** The loss of the validation data and, where its bottleneck has a trained rate, bits per sample. */
interface Validation {
  readonly loss: number;
  readonly rate: number | undefined;
}

async function validate(
  { engine, record, settings }: TrainingRun,
  { x, targets, weights }: NonNullable<TrainingData['validation']>,
  pauses: Pauses,
): Promise<Validation> {
  const { loss: terms } = settings;
  const names = terms.map((term) => term.name);
  const steps = measure(engine, { x, targets: targets ?? x, names, weights });
  for (;;) {
    const { done, value } = steps.next();
    if (done) return { loss: totalLoss(engine, terms, value, record.rateWeight), rate: value.rate };
    if (pauses.isDue()) await pauses.take();
  }
}

/** Appends the logs of a completed epoch. The history has a list for each log, under the same name. */
function recordEpoch(history: History, logs: EpochLogs): void {
  for (const [name, value] of Object.entries(logs) as [keyof EpochLogs, number | undefined][]) {
    if (value !== undefined) history[name].push(value);
  }
  history.epoch++;
  Object.assign(history.partial, newHistory().partial);
}
