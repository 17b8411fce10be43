// Training in slices: a slice trains a number of batches and saves a checkpoint, from which any machine can continue.

import { adam, autoencoder, deepAutoencoder, fit, loadCheckpoint, saveCheckpoint } from 'isthmus';

export interface Task {
  /** Shape of a window. */
  readonly input: readonly number[];
  /** Windows, end to end. All slices need the same windows. */
  readonly x: Float32Array;
  readonly epochs: number;
  readonly seed: number;
}

/** The spec of the model. It is small, because windows of telemetry are. */
export const specOf = (input: readonly number[]) =>
  deepAutoencoder({ input, latent: 8, hidden: [64], output: 'linear' });

/** Options of `fit`. With `deterministic` the result has the same bits on every machine and for every length of slices. */
export const options = { batchSize: 32, optimizer: adam(0.002), deterministic: true };

/**
 * Trains at most `steps` batches, from a checkpoint or from the beginning. A slice is not limited by time, because the clock of a
 * Worker stops while a program computes.
 */
export async function slice(
  { input, x, epochs, seed }: Task,
  checkpoint: ArrayBuffer | undefined,
  steps: number,
): Promise<{ checkpoint: Uint8Array<ArrayBuffer>; loss: readonly number[]; done: boolean }> {
  const { model, history } = checkpoint
    ? await loadCheckpoint(checkpoint)
    : { model: await autoencoder(specOf(input), { seed }), history: undefined };
  // The last slice is repeated: its checkpoint was saved, but the change of phase was not.
  if (checkpoint && history && history.loss.length >= epochs)
    return { checkpoint: new Uint8Array(checkpoint), loss: history.loss, done: true };
  const limit = new AbortController();
  const loss = [...(history?.loss ?? [])];
  let remaining = steps;
  let done = true;
  try {
    await fit(model, x, {
      ...options,
      epochs,
      signal: limit.signal,
      onBatchEnd: () => {
        if (--remaining === 0) limit.abort();
      },
      onEpochEnd: (_, logs) => loss.push(logs.loss),
      ...(history && { resume: history }),
    });
  } catch (error) {
    if (error !== limit.signal.reason) throw error;
    done = false;
  }
  return { checkpoint: saveCheckpoint(model), loss, done };
}
