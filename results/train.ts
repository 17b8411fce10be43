// Training that a recipe may be interrupted in.

import { existsSync, readFileSync } from 'node:fs';
import {
  type AutoencoderSpec,
  autoencoder,
  fit,
  loadCheckpoint,
  type Model,
  saveCheckpoint,
  type TrainingSamples,
} from 'isthmus';
import { writeWhole } from '../examples/digits/write.ts';
import type { Training } from './recipe.ts';
import { reportOf } from './report.ts';

/** Milliseconds of work that a crash may cost. */
const BETWEEN = 20_000;

export interface Run {
  readonly title: string;
  /** File of the checkpoint. */
  readonly path: string;
  readonly signal: AbortSignal;
  /** Cuts all training down to one epoch. */
  readonly quick: boolean;
}

/**
 * Trains a model, or goes on from the checkpoint in the file; what has ended is only loaded. Errors: the signal's
 * reason when aborted, after a checkpoint.
 */
export async function train(
  { title, path, signal, quick }: Run,
  spec: AutoencoderSpec,
  x: TrainingSamples,
  { seed, ...options }: Training,
): Promise<{ model: Model; seconds: number }> {
  const run = existsSync(path) ? await loadCheckpoint(readFileSync(path)) : undefined;
  const model = run?.model ?? (await autoencoder(spec, { seed }));
  const epochs = quick ? 1 : options.epochs;
  // Of the processor, not of the clock: other work on the machine is not counted.
  const before = run ? Number(readFileSync(`${path}.seconds`, 'utf8')) : 0;
  if (run && (run.history.stoppedEarly || run.history.epoch >= (epochs ?? 1))) return { model, seconds: before };
  const { onBatchEnd, onEpochEnd, stop } = reportOf(title, epochs);
  const start = process.threadCpuUsage();
  const seconds = (): number => {
    const { user, system } = process.threadCpuUsage(start);
    return before + (user + system) / 1e6;
  };
  const keep = (): void => {
    writeWhole(`${path}.seconds`, String(seconds()));
    writeWhole(path, saveCheckpoint(model));
  };
  let kept = performance.now();
  let begun = run !== undefined;
  try {
    await fit(model, x, {
      ...options,
      epochs,
      signal,
      ...(run && { resume: run.history }),
      onBatchEnd(batch, logs) {
        begun = true;
        onBatchEnd(batch, logs);
        if (performance.now() - kept < BETWEEN) return;
        keep();
        kept = performance.now();
      },
      onEpochEnd,
    });
    keep();
    return { model, seconds: seconds() };
  } catch (error) {
    if (signal.aborted && begun) keep();
    throw error;
  } finally {
    stop();
  }
}
