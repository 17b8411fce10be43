// Epoch after epoch: batches, validation, early stopping, callbacks, and a turn for the event loop in between.

import { now, Pause } from '../core/event-loop.ts';
import type { Engine } from '../engine/engine.ts';
import { products } from '../engine/graph.ts';
import { type Measured, measure, total } from '../engine/measure.ts';
import { newHistory, type TrainingRecord } from '../model/training-record.ts';
import { runEpoch } from './batches.ts';
import { Guard } from './divergence-guard.ts';
import { watch } from './early-stopping.ts';
import { rateAt } from './optimizers/schedules.ts';
import type { FitOptions, FitSettings } from './options.ts';
import type { Trainer } from './trainer.ts';
import type { Data } from './training-data.ts';

/** A rate under its name, if there is one. */
const rated = <K extends string = 'rate'>(rate: number | undefined, name = 'rate' as K) =>
  (rate === undefined ? {} : { [name]: rate }) as { readonly [name in K]?: number };

/** From where the record stands to the last epoch, or until early stopping has enough. */
export async function runEpochs(
  engine: Engine,
  trainer: Trainer,
  record: TrainingRecord,
  { training: { x: source, targets, weights }, validation }: Data,
  settings: FitSettings,
  options: FitOptions,
): Promise<void> {
  const { history, seed, batchSize } = record;
  const { shuffle, dropLast, earlyStopping, loss: terms } = settings;
  const { onBatchEnd, onEpochEnd, signal } = options;
  const { partial } = history;
  // What says the rate of a batch, where that is trained.
  const priced = trainer.penalties.find(({ call }) => call.rateWeight);
  const pause = new Pause(6 * batchSize * products(engine.network));
  const batches = source.count === undefined ? undefined : Math[dropLast ? 'floor' : 'ceil'](source.count / batchSize);

  const copied = () => engine.memory.read(engine.memory.parameters, engine.network.bytes / 4);

  const breathe = async (wait: unknown): Promise<void> => {
    await wait;
    if (pause.due()) await pause.take();
    signal?.throwIfAborted();
  };
  const step = (rows: number): Promise<void> | undefined => {
    guard.before();
    const loss = trainer.gradients(rows, history.step, partial.batches ? rows / batchSize : 1);
    guard.check(loss);
    trainer.update(history.step);
    history.step++;
    const batch = partial.batches++;
    partial.samples += rows;
    partial.loss += loss * rows;
    const rate = priced?.call.rate;
    if (rate !== undefined) partial.rate += rate * rows;
    const wait = onBatchEnd?.(batch, { epoch: history.epoch, batch, batches, size: rows, loss, ...rated(rate) });
    return wait !== undefined || signal?.aborted || pause.due() ? breathe(wait) : undefined;
  };
  const validate = async ({ x, targets, weights }: NonNullable<Data['validation']>): Promise<Measured> => {
    const names = terms.map((term) => term.name);
    const steps = measure(engine, x, targets ?? x, names, weights);
    while (true) {
      const { done, value } = steps.next();
      if (done) return value;
      if (signal?.aborted || pause.due()) await breathe(undefined);
    }
  };

  const { kind } = engine.network.nodes.find((node) => node.kind.adapt) ?? {};
  await kind?.adapt?.(engine, { source, targets, signal, anew: settings.adapt, breathe: () => breathe(undefined) });
  const guard = new Guard(engine, record);

  while (history.epoch < settings.epochs && !history.stoppedEarly) {
    const { epoch } = history;
    const begin = now() - partial.seconds * 1000;
    let valLoss: number | undefined;
    let measured: Measured | undefined;
    try {
      const place = { epoch, batchSize, shuffle, seed, skip: partial.samples, targets, weights, dropLast, signal };
      await runEpoch(engine, trainer, source, place, step);
      measured = validation && (await validate(validation));
      valLoss = measured && total(engine, terms, measured);
      guard.checkEpoch(valLoss);
    } catch (error) {
      guard.settle();
      throw error;
    } finally {
      partial.seconds = (now() - begin) / 1000;
    }
    const logs = {
      loss: partial.loss / partial.samples,
      valLoss,
      ...(priced && { rate: partial.rate / partial.samples, ...rated(measured?.rate, 'valRate') }),
      learningRate: rateAt(settings.optimizer.learningRate, history.step - 1),
      seconds: partial.seconds,
    };
    for (const [name, value] of Object.entries(logs)) {
      if (value !== undefined) history[name as keyof typeof logs].push(value);
    }
    history.epoch++;
    Object.assign(partial, newHistory().partial);
    if (earlyStopping) {
      const { best, stop } = watch(history, earlyStopping);
      // Not those of an earlier run, whose best epoch is another one.
      if (best) record.best = earlyStopping.restoreBest ? copied() : undefined;
      history.stoppedEarly = stop;
    }
    await onEpochEnd?.(epoch, logs);
    if (history.epoch < settings.epochs && !history.stoppedEarly) await breathe(undefined);
  }
  if (earlyStopping?.restoreBest && record.best) {
    record.last = copied();
    engine.memory.write(engine.memory.parameters, record.best);
  }
}
