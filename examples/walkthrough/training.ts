// The two models of the walk-through, trained with a progress bar.

import { SingleBar } from 'cli-progress';
import { adam, autoencoder, dense, type FitOptions, fit, gaussianNoise, type History, type Model } from 'isthmus';

export interface Settings {
  readonly latent: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly seed: number;
}

/** Standard deviation of the noise that the second model learns to remove. */
export const NOISE = 0.3;

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

/** What the denoising model is given besides: noise on the input, clean digits to compare with. */
export const corruption = gaussianNoise({ stddev: NOISE, clip: [0, 1] });

/** A bar on a terminal, a line an epoch elsewhere, both on stderr. */
function progress(title: string, epochs: number): Pick<FitOptions, 'onBatchEnd' | 'onEpochEnd'> & { stop(): void } {
  const line = (epoch: number, loss: number): string => `${title} ${epoch + 1}/${epochs}  loss ${loss.toFixed(4)}`;
  if (!process.stderr.isTTY) {
    const onEpochEnd: FitOptions['onEpochEnd'] = (epoch, { loss }) => console.error(line(epoch, loss));
    return { onEpochEnd, stop() {} };
  }
  const format = '{title}  {bar} {value}/{total}  {eta_formatted}';
  const bar = new SingleBar({
    format,
    hideCursor: true,
    clearOnComplete: true,
    stream: process.stderr,
    fps: 10,
    etaBuffer: 200,
    barsize: 30,
    barCompleteChar: '█',
    barIncompleteChar: '░',
  });
  let going = false;
  return {
    onBatchEnd(batch, { epoch, loss, batches = 0 }) {
      if (!going) bar.start(batches, batch, { title: line(epoch, loss) });
      going = true;
      bar.update(batch + 1, { title: line(epoch, loss) });
      if (batch + 1 === batches) {
        bar.stop();
        going = false;
      }
    },
    stop: () => bar.stop(),
  };
}

/** Trains, or goes on where `run.history` stopped. Rejects with the signal's reason when aborted. */
export async function train(
  title: string,
  run: Run,
  { epochs, batchSize }: Settings,
  digits: { train: Uint8Array; test: Uint8Array },
  more: Pick<FitOptions, 'corruption' | 'validationData' | 'validationTargets' | 'signal'>,
): Promise<History> {
  const { stop, ...callbacks } = progress(title, epochs);
  const resume = run.history && { resume: run.history };
  try {
    const optimizer = adam();
    const onBatchEnd: FitOptions['onBatchEnd'] = (batch, logs) => {
      run.at = { epoch: logs.epoch + 1, batches: batch + 1 };
      return callbacks.onBatchEnd?.(batch, logs);
    };
    const shared = { epochs, batchSize, optimizer, loss: 'meanSquaredError', validationData: digits.test } as const;
    run.history = await fit(run.model, digits.train, { ...shared, ...callbacks, onBatchEnd, ...more, ...resume });
    return run.history;
  } finally {
    stop();
  }
}
