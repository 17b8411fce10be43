// Where an epoch's samples come from: memory, in one chunk, or a stream of chunks.

import { asBytes } from '../core/bytes.ts';
import { wrongType, wrongValue } from '../core/errors.ts';
import type { Shape } from '../core/shape.ts';
import type { Samples, Signal } from '../core/types.ts';
import { SampleBatch } from './sample-batch.ts';

type Chunks = AsyncIterable<Samples> | Iterable<Samples>;

/** Samples in memory, chunks that can be read once, or a function that opens them anew for each epoch. */
export type TrainingSamples = Samples | AsyncIterable<Samples> | (() => Chunks);

/** @internal */
export interface TrainingSource {
  /** Samples of an epoch; undefined where that is not known beforehand. */
  readonly count: number | undefined;
  /** The samples, where they are in memory. */
  readonly batch?: SampleBatch;
  /** A stream that can be read only once. */
  readonly singleUse?: object;
  /** Rejects with the signal's reason as soon as it is aborted, whatever a stream is waiting for. */
  chunks(signal: Signal | undefined): AsyncIterable<SampleBatch> | Iterable<SampleBatch>;
}

/** The stream's results, until the signal is aborted: a stream that never answers must not hold `fit`. */
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
  let open = true;
  try {
    while (true) {
      signal?.throwIfAborted();
      const result = await Promise.race([iterator.next(), aborted]);
      if (result.done) {
        open = false;
        return;
      }
      yield result.value;
    }
  } catch (error) {
    // What threw has ended by itself; what was aborted is told, and not waited for.
    open = signal?.aborted ?? false;
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
    if (open) {
      const closed = Promise.resolve().then(() => iterator.return?.());
      if (signal?.aborted) closed.catch(() => {});
      else await closed;
    }
  }
}

type Check = (rows: SampleBatch) => unknown;

async function* readChunks(
  chunks: Chunks,
  shape: Shape,
  signal: Signal | undefined,
  check: Check,
): AsyncGenerator<SampleBatch> {
  let any = false;
  for await (const chunk of untilAborted(signal, chunks)) {
    // A transferred one is no empty one.
    asBytes(chunk, 'x');
    if ((chunk as Float32Array)?.length === 0) continue;
    any = true;
    const rows = new SampleBatch('x', chunk, shape);
    check(rows);
    yield rows;
  }
  if (!any) throw wrongValue('x', 'a stream with at least one sample', any, 'an empty stream');
}

/** @internal `epochs`: how often it will be read; `check` throws on samples that do not fit for another reason. Errors: TypeError for what is no source; RangeError for samples that do not fit, and for a stream that cannot be read twice. */
export function trainingSource(x: TrainingSamples, shape: Shape, epochs: number, check: Check): TrainingSource {
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
  const rows = new SampleBatch('x', x, shape);
  check(rows);
  return memorySource(rows);
}

/** @internal Samples in memory. */
export const memorySource = (batch: SampleBatch): TrainingSource => ({
  count: batch.count,
  batch,
  chunks: () => [batch],
});
