// Training that continues from a checkpoint after an interruption or a crash.

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
import type { Training } from '../../results/recipe.ts';
import { writeFileAtomically } from '../files.ts';
import { reportProgress } from './progress-board.ts';

/** Milliseconds between two checkpoints: the work that a crash may cost. */
const CHECKPOINT_INTERVAL = 20_000;

export interface ResumableRun {
  /** Title of the progress. */
  readonly title: string;
  /** The file of the checkpoint. */
  readonly path: string;
  readonly signal: AbortSignal;
  /** Trains for one epoch only. */
  readonly quick: boolean;
}

/**
 * Trains a model, or continues from the checkpoint at `path`; a completed training is only loaded. Gives the model and
 * its seconds of training. Errors: the reason of the signal, after a checkpoint.
 */
export async function resumableFit(
  { title, path, signal, quick }: ResumableRun,
  spec: AutoencoderSpec,
  x: TrainingSamples,
  { seed, ...options }: Training,
): Promise<{ model: Model; seconds: number }> {
  const checkpoint = existsSync(path) ? await loadCheckpoint(readFileSync(path)) : undefined;
  const model = checkpoint?.model ?? (await autoencoder(spec, { seed }));
  const epochs = quick ? 1 : options.epochs;
  const earlierSeconds = checkpoint ? Number(readFileSync(`${path}.seconds`, 'utf8')) : 0;
  if (checkpoint && (checkpoint.history.stoppedEarly || checkpoint.history.epoch >= epochs)) {
    return { model, seconds: earlierSeconds };
  }
  const progress = reportProgress(title, epochs);
  // Processor time and not wall time: other work on the machine does not count.
  const start = process.threadCpuUsage();
  const seconds = (): number => {
    const { user, system } = process.threadCpuUsage(start);
    return earlierSeconds + (user + system) / 1e6;
  };
  const writeCheckpoint = (): void => {
    writeFileAtomically(`${path}.seconds`, String(seconds()));
    writeFileAtomically(path, saveCheckpoint(model));
  };
  let writtenAt = performance.now();
  let hasHistory = checkpoint !== undefined;
  try {
    await fit(model, x, {
      ...options,
      epochs,
      signal,
      ...(checkpoint && { resume: checkpoint.history }),
      onBatchEnd(batch, logs) {
        hasHistory = true;
        progress.onBatchEnd(batch, logs);
        if (performance.now() - writtenAt < CHECKPOINT_INTERVAL) return;
        writeCheckpoint();
        writtenAt = performance.now();
      },
      onEpochEnd: progress.onEpochEnd,
    });
    writeCheckpoint();
    return { model, seconds: seconds() };
  } catch (error) {
    if (signal.aborted && hasHistory) writeCheckpoint();
    throw error;
  } finally {
    progress.stop();
  }
}
