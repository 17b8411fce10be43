// Training samples: in memory, as one chunk, or a stream of chunks.

import { asBytes } from '../core/bytes.ts';
import { wrongType, wrongValue } from '../core/errors.ts';
import type { Shape } from '../core/shape.ts';
import type { Samples, Signal } from '../core/types.ts';
import { SampleBatch } from './sample-batch.ts';

type Chunks = AsyncIterable<Samples> | Iterable<Samples>;

/** Samples in memory; a stream of chunks, for one epoch; or a function that opens a stream for each epoch. */
export type TrainingSamples = Samples | AsyncIterable<Samples> | (() => Chunks);

/** @internal */
export interface TrainingSource {
  /** Samples of an epoch; undefined for a stream. */
  readonly count: number | undefined;
  /** The samples, if they are in memory. */
  readonly batch?: SampleBatch;
  /** A stream that can be read only once. */
  readonly singleUse?: object;
  /** The chunks of one epoch. Rejects with the signal's reason as soon as it is aborted, even while a stream is pending. */
  chunks(signal: Signal | undefined): AsyncIterable<SampleBatch> | Iterable<SampleBatch>;
}

/** The chunks, until the signal is aborted. A pending `next()` of a stream does not delay the abort. */
async function* untilAborted(signal: Signal | undefined, chunks: Chunks): AsyncGenerator<Samples> {
  const iterator = (
    (chunks as AsyncIterable<Samples>)[Symbol.asyncIterator] ?? (chunks as Iterable<Samples>)[Symbol.iterator]
  ).call(chunks) as AsyncIterator<Samples> | Iterator<Samples>;
  let stop = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal!.reason);
    signal?.addEventListener('abort', stop);
  });
  aborted.catch(() => {});
  let isOpen = true;
  try {
    while (true) {
      signal?.throwIfAborted();
      const result = await Promise.race([iterator.next(), aborted]);
      if (result.done) {
        isOpen = false;
        return;
      }
      yield result.value;
    }
  } catch (error) {
    // An iterator that threw is closed. After an abort it is still open.
    isOpen = signal?.aborted ?? false;
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
    if (isOpen) {
      const closed = Promise.resolve().then(() => iterator.return?.());
      // After an abort, `return()` may never settle, because `next()` is pending.
      if (signal?.aborted) closed.catch(() => {});
      else await closed;
    }
  }
}

/** Throws an error for samples that do not fit. */
type BatchCheck = (batch: SampleBatch) => unknown;

async function* readChunks(
  chunks: Chunks,
  shape: Shape,
  signal: Signal | undefined,
  check: BatchCheck,
): AsyncGenerator<SampleBatch> {
  let isEmpty = true;
  for await (const chunk of untilAborted(signal, chunks)) {
    // A transferred chunk has length 0 as well, but is an error: `asBytes` throws it.
    asBytes(chunk, 'x');
    if ((chunk as Float32Array)?.length === 0) continue;
    isEmpty = false;
    const batch = new SampleBatch('x', chunk, shape);
    check(batch);
    yield batch;
  }
  if (isEmpty) throw wrongValue('x', 'a stream with at least one sample', isEmpty, 'an empty stream');
}

/**
 * @internal The source of `x` for a number of epochs. `check` is called with each batch. Errors: TypeError for a value that is
 * no source, and for a stream that would be read more than once; RangeError for samples that do not fit `shape`.
 */
export function trainingSource(x: TrainingSamples, shape: Shape, epochs: number, check: BatchCheck): TrainingSource {
  if (typeof x === 'function') {
    return {
      count: undefined,
      chunks(signal) {
        const chunks = x() as Partial<AsyncIterable<Samples> & Iterable<Samples>> | undefined;
        if (!chunks?.[Symbol.asyncIterator] && !chunks?.[Symbol.iterator]) {
          throw wrongType('x()', 'an iterable of samples', chunks);
        }
        return readChunks(chunks as Chunks, shape, signal, check);
      },
    };
  }
  if (typeof x === 'object' && x !== null && Symbol.asyncIterator in x) {
    if (epochs > 1) throw wrongType('x', `a function that opens the stream for each of ${epochs} epochs`, x);
    return { count: undefined, singleUse: x, chunks: (signal) => readChunks(x, shape, signal, check) };
  }
  const batch = new SampleBatch('x', x, shape);
  check(batch);
  return memorySource(batch);
}

/** @internal A source of samples in memory. */
export const memorySource = (batch: SampleBatch): TrainingSource => ({
  count: batch.count,
  batch,
  chunks: () => [batch],
});
