// Runs a model on many samples, with progress, and stops at Ctrl-C.

import { setImmediate } from 'node:timers/promises';
import type { Context } from '../context.ts';

interface BatchOptions {
  readonly title: string;
  /** Values of an input sample. */
  readonly inputSize: number;
  /** Values of an output sample. */
  readonly outputSize: number;
}

/** Values of a batch of inputs and outputs: about a tenth of a second for a small model. */
const BATCH_VALUES = 2 ** 20;

/** `run` on parts of the samples; the outputs end to end. */
export async function runInBatches<X extends Float32Array | Uint8Array>(
  context: Context,
  x: X,
  run: (batch: X) => Float32Array,
  { title, inputSize, outputSize }: BatchOptions,
): Promise<Float32Array> {
  const count = x.length / inputSize;
  const size = Math.max(1, Math.floor(BATCH_VALUES / (inputSize + outputSize)));
  const result = new Float32Array(count * outputSize);
  const progress = await context.progress(title);
  try {
    for (let start = 0; start < count; start += size) {
      context.signal.throwIfAborted();
      const end = Math.min(start + size, count);
      result.set(run(x.subarray(start * inputSize, end * inputSize) as X), start * outputSize);
      progress.update(end / count);
      await setImmediate();
    }
  } finally {
    progress.stop();
  }
  return result;
}
