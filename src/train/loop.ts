// Epoch after epoch: batches, validation, early stopping, callbacks, and a turn for the event loop in between.

import { now, Yielder } from '../core/event-loop.ts';
import type { Engine } from '../engine/engine.ts';
import { multiplicationsPerSample } from '../engine/graph.ts';
import { type Measurement, measure, totalLoss } from '../engine/measure.ts';
import { newHistory, type TrainingRecord } from '../model/training-record.ts';
import { runEpoch } from './batches.ts';
import { DivergenceGuard } from './divergence-guard.ts';
import { checkEarlyStopping } from './early-stopping.ts';
import { rateAt } from './optimizers/schedules.ts';
import type { FitOptions, FitSettings } from './options.ts';
import type { Trainer } from './trainer.ts';
import type { TrainingData } from './training-data.ts';

/** A rate under its name, if there is one. */
const rated = <K extends string = 'rate'>(rate: number | undefined, name = 'rate' as K) =>
  (rate === undefined ? {} : { [name]: rate }) as { readonly [name in K]?: number };

/** From where the record stands to the last epoch, or until early stopping has enough. */
export async function runEpochs(
  engine: Engine,
  trainer: Trainer,
  record: TrainingRecord,
  { training: { x: source, targets, weights }, validation }: TrainingData,
  settings: FitSettings,
  options: FitOptions,
): Promise<void> {
  const { history, seed, batchSize } = record;
  const { shuffle, dropLast, earlyStopping, loss: terms } = settings;
  const { onBatchEnd, onEpochEnd, signal } = options;
  const { partial } = history;
  const pause = new Yielder(6 * batchSize * multiplicationsPerSample(engine.network));
  const batches = source.count === undefined ? undefined : Math[dropLast ? 'floor' : 'ceil'](source.count / batchSize);

  const copyWeights = () => engine.memory.read(engine.memory.parameters, engine.network.weightBytes / 4);

  const pauseIfDue = async (wait: unknown): Promise<void> => {
    await wait;
    if (pause.isDue()) await pause.yield();
    signal?.throwIfAborted();
  };
  const step = (rows: number): Promise<void> | undefined => {
    guard.beginStep();
    const loss = trainer.computeGradients(rows, history.step, partial.batches ? rows / batchSize : 1);
    guard.checkLoss(loss);
    trainer.update(history.step);
    history.step++;
    const batch = partial.batches++;
    partial.samples += rows;
    partial.loss += loss * rows;
    const rate = trainer.bits;
    if (rate !== undefined) partial.rate += rate * rows;
    const wait = onBatchEnd?.(batch, { epoch: history.epoch, batch, batches, size: rows, loss, ...rated(rate) });
    return wait !== undefined || signal?.aborted || pause.isDue() ? pauseIfDue(wait) : undefined;
  };
  const validate = async ({ x, targets, weights }: NonNullable<TrainingData['validation']>): Promise<Measurement> => {
    const names = terms.map((term) => term.name);
    const steps = measure(engine, x, targets ?? x, names, weights);
    while (true) {
      const { done, value } = steps.next();
      if (done) return value;
      if (signal?.aborted || pause.isDue()) await pauseIfDue(undefined);
    }
  };

  const { definition } = engine.network.nodes.find((node) => node.definition.adapt) ?? {};
  await definition?.adapt?.(engine, {
    source,
    targets,
    signal,
    readapt: settings.adapt,
    pause: () => pauseIfDue(undefined),
  });
  const guard = new DivergenceGuard(engine, record);

  while (history.epoch < settings.epochs && !history.stoppedEarly) {
    const { epoch } = history;
    const begin = now() - partial.seconds * 1000;
    let valLoss: number | undefined;
    let measured: Measurement | undefined;
    try {
      const epochOptions = {
        epoch,
        batchSize,
        shuffle,
        seed,
        skip: partial.samples,
        targets,
        weights,
        dropLast,
        signal,
      };
      await runEpoch(engine, trainer, source, epochOptions, step);
      measured = validation && (await validate(validation));
      valLoss = measured && totalLoss(engine, terms, measured);
      guard.checkEpoch(valLoss);
    } catch (error) {
      guard.restoreIfBad();
      throw error;
    } finally {
      partial.seconds = (now() - begin) / 1000;
    }
    const logs = {
      loss: partial.loss / partial.samples,
      valLoss,
      ...(settings.rateWeight && { rate: partial.rate / partial.samples, ...rated(measured?.rate, 'valRate') }),
      learningRate: rateAt(settings.optimizer.learningRate, history.step - 1),
      seconds: partial.seconds,
    };
    for (const [name, value] of Object.entries(logs)) {
      if (value !== undefined) history[name as keyof typeof logs].push(value);
    }
    history.epoch++;
    Object.assign(partial, newHistory().partial);
    if (earlyStopping) {
      const { best, stop } = checkEarlyStopping(history, earlyStopping);
      // Not those of an earlier run, whose best epoch is another one.
      if (best) record.best = earlyStopping.restoreBest ? copyWeights() : undefined;
      history.stoppedEarly = stop;
    }
    await onEpochEnd?.(epoch, logs);
    if (history.epoch < settings.epochs && !history.stoppedEarly) await pauseIfDue(undefined);
  }
  if (earlyStopping?.restoreBest && record.best) {
    record.last = copyWeights();
    engine.memory.write(engine.memory.parameters, record.best);
  }
}
