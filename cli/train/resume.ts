// Goes on with an interrupted training.

import { type History, loadCheckpoint, type Model } from 'isthmus';
import { type DataDescription, descriptionIn } from '../../jobs/train/data-description.ts';
import type { TrainSettings } from '../../jobs/train/settings.ts';
import type { TrainOptions } from '../commands/train.ts';
import { Failure, namingFile, UsageError } from '../errors.ts';
import { readBytes } from '../input.ts';

/** A training that continues. */
export interface ResumedTraining {
  readonly model: Model;
  readonly history: History;
  readonly description: DataDescription;
  readonly settings: TrainSettings;
}

/** Options that belong to the model, which exists already. */
const fixedOptions = ['kind', 'latent', 'hidden', 'filters', 'noise', 'loss', 'activation', 'seed'] as const;

/**
 * The training of a checkpoint, with the chosen epochs, batch size and learning rate. Errors: UsageError for options that
 * cannot change; Failure for files that are no checkpoint of `isthmus train`.
 */
export function resumeTraining(path: string, options: TrainOptions): Promise<ResumedTraining> {
  for (const name of fixedOptions)
    if (options[name] !== undefined)
      throw new UsageError(`"--${name}" cannot change when a training continues: omit the option`);
  return namingFile(path, async () => {
    const bytes = await readBytes(path);
    const { model, history } = await loadCheckpoint(bytes);
    const description = descriptionIn(bytes);
    if (!description?.settings)
      throw new Failure('the checkpoint is not of "isthmus train": continue with loadCheckpoint and fit in JavaScript');
    const settings: TrainSettings = {
      ...description.settings,
      ...(options.epochs !== undefined && { epochs: options.epochs }),
      ...(options.patience !== undefined && { patience: options.patience }),
      ...(options.batchSize !== undefined && { batchSize: options.batchSize }),
      ...(options.learningRate !== undefined && { learningRate: options.learningRate }),
      ...(options.deterministic && { deterministic: true }),
    };
    return { model, history, description, settings };
  });
}
