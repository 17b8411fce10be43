// Where an epoch's samples come from: memory, in one chunk, or a stream of chunks.

import { wrongType, wrongValue } from '../errors.ts';
import type { Shape } from '../layers/layer.ts';
import { Rows, type Samples } from '../samples.ts';

type Chunks = AsyncIterable<Samples> | Iterable<Samples>;

/** Samples in memory, chunks that can be read once, or a function that opens them anew for each epoch. */
export type TrainingSamples = Samples | AsyncIterable<Samples> | (() => Chunks);

export interface Source {
  /** Samples of an epoch; undefined where that is not known beforehand. */
  readonly count: number | undefined;
  chunks(): AsyncIterable<Rows> | Iterable<Rows>;
}

async function* read(chunks: Chunks, shape: Shape): AsyncGenerator<Rows> {
  let any = false;
  for await (const chunk of chunks) {
    if ((chunk as Float32Array)?.length === 0) continue;
    any = true;
    yield new Rows('x', chunk, shape);
  }
  if (!any) throw wrongValue('x', 'a stream with at least one sample', 'an empty stream');
}

/** Errors: TypeError for what is no source; RangeError for samples that do not fit, and for a stream that cannot be read twice. */
export function sourceOf(x: TrainingSamples, shape: Shape, epochs: number): Source {
  if (typeof x === 'function') {
    return {
      count: undefined,
      chunks() {
        const chunks = x() as Partial<AsyncIterable<Samples> & Iterable<Samples>> | undefined;
        if (!chunks?.[Symbol.asyncIterator] && !chunks?.[Symbol.iterator]) {
          throw wrongType('x()', 'an iterable of samples', chunks);
        }
        return read(chunks as Chunks, shape);
      },
    };
  }
  if (typeof x === 'object' && x !== null && Symbol.asyncIterator in x) {
    if (epochs > 1) throw wrongType('x', `a function that opens the stream for each of ${epochs} epochs`, x);
    return { count: undefined, chunks: () => read(x, shape) };
  }
  const rows = new Rows('x', x, shape);
  return { count: rows.count, chunks: () => [rows] };
}
