// The two models of the walk-through, and their training.

import { adam, autoencoder, dense, type FitOptions, fit, gaussianNoise, type History, type Model } from 'isthmus';
import { progress } from './progress.ts';

export interface Settings {
  readonly latent: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly seed: number;
}

/** Standard deviation of the noise that the second model learns to remove. */
export const NOISE = 0.3;

/** What the denoising model is given besides: noise on the input, clean digits to compare with. */
export const corruption = gaussianNoise({ stddev: NOISE, clip: [0, 1] });

/** A model and its history, complete or to be gone on with. */
export interface Run {
  readonly model: Model;
  history?: History;
  /** Where training stands: the epoch, from 1, and the batches done in it. */
  at?: { readonly epoch: number; readonly batches: number };
}

/** 784-latent-784, ReLU inside and sigmoid at the end. */
export const buildModel = ({ latent, seed }: Settings): Promise<Model> =>
  autoencoder(
    {
      input: [784],
      encoder: [dense({ units: latent, activation: 'relu' })],
      decoder: [dense({ units: 784, activation: 'sigmoid' })],
    },
    { seed },
  );

/** Trains, or goes on where `run.history` stopped. Rejects with the signal's reason when aborted. */
export async function train(
  title: string,
  run: Run,
  { epochs, batchSize, seed }: Settings,
  digits: { readonly train: Uint8Array; readonly test: Uint8Array },
  more: Pick<FitOptions, 'corruption' | 'validationData' | 'validationTargets' | 'signal'>,
): Promise<History> {
  // The first model is complete where a run stopped in the second one.
  if (run.history && run.history.epoch >= epochs) return run.history;
  const { onBatchEnd, onEpochEnd, stop } = progress(title, epochs);
  const resume = run.history && { resume: run.history };
  try {
    run.history = await fit(run.model, digits.train, {
      epochs,
      batchSize,
      seed,
      optimizer: adam(),
      loss: 'meanSquaredError',
      validationData: digits.test,
      onBatchEnd(batch, logs) {
        run.at = { epoch: logs.epoch + 1, batches: batch + 1 };
        onBatchEnd(batch, logs);
      },
      onEpochEnd,
      ...more,
      ...resume,
    });
    return run.history;
  } finally {
    stop();
  }
}
