// Training in slices: so many batches, then all of it in bytes, to go on with wherever and whenever.

import { adam, autoencoder, deepAutoencoder, fit, loadCheckpoint, saveCheckpoint } from 'isthmus';

export interface Task {
  /** Shape of a window. */
  readonly input: readonly number[];
  /** Windows end to end, the same in every slice. */
  readonly x: Float32Array;
  readonly epochs: number;
  readonly seed: number;
}

/** The model that is trained: small, as windows of telemetry are. */
export const specOf = (input: readonly number[]) =>
  deepAutoencoder({ input, latent: 8, hidden: [64], output: 'linear' });

/** What training goes by. Deterministic: the same bits on every machine, and however it is cut. */
export const options = { batchSize: 32, optimizer: adam(0.002), deterministic: true };

/**
 * At most `steps` batches on, from a checkpoint or from the beginning. Counted in batches, not in time: on Workers the
 * clock stands still while a program computes.
 */
export async function slice(
  { input, x, epochs, seed }: Task,
  checkpoint: ArrayBuffer | undefined,
  steps: number,
): Promise<{ checkpoint: Uint8Array<ArrayBuffer>; loss: readonly number[]; done: boolean }> {
  const { model, history } = checkpoint
    ? await loadCheckpoint(checkpoint)
    : { model: await autoencoder(specOf(input), { seed }), history: undefined };
  // The slice ran before, and its checkpoint was kept, but not the word that it was the last.
  if (checkpoint && history && history.loss.length >= epochs)
    return { checkpoint: new Uint8Array(checkpoint), loss: history.loss, done: true };
  const enough = new AbortController();
  const loss = [...(history?.loss ?? [])];
  let left = steps;
  let done = true;
  try {
    await fit(model, x, {
      ...options,
      epochs,
      signal: enough.signal,
      onBatchEnd: () => {
        if (--left === 0) enough.abort();
      },
      onEpochEnd: (_, logs) => loss.push(logs.loss),
      ...(history && { resume: history }),
    });
  } catch (error) {
    if (error !== enough.signal.reason) throw error;
    done = false;
  }
  return { checkpoint: saveCheckpoint(model), loss, done };
}
