// The batches of one epoch: shuffled, and put row by row where the trainer reads them.

import { wrongType, wrongValue } from '../core/errors.ts';
import { randomStreams } from '../core/random-streams.ts';
import type { Signal } from '../core/types.ts';
import type { SampleBatch } from '../data/sample-batch.ts';
import type { TrainingSource } from '../data/training-source.ts';
import type { Engine } from '../engine/engine.ts';
import type { Trainer } from './trainer.ts';

/** Fisher and Yates' shuffle of 0..count-1, from the seed, the epoch and the number of the chunk alone. */
export function permutation(engine: Engine, seed: number, count: number, epoch: number, chunk: number): Uint32Array {
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  engine.randomWords(
    count,
    epoch,
    randomStreams.shuffle + chunk,
    (words, from) => {
      for (let j = 0; j < words.length; j++) {
        const i = from + j;
        const k = i + Math.floor((words[j]! / 2 ** 32) * (count - i));
        const kept = order[i]!;
        order[i] = order[k]!;
        order[k] = kept;
      }
    },
    seed,
  );
  return order;
}

export interface EpochOptions {
  readonly epoch: number;
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly seed: number;
  /** Samples at the beginning that an interrupted run has had. */
  readonly skip: number;
  readonly targets: SampleBatch | undefined;
  readonly weights: Float64Array | undefined;
  readonly dropLast: boolean;
  readonly signal: Signal | undefined;
}

/**
 * Calls `step` with the number of rows of each batch, once they are in place; what it returns, if anything,
 * is awaited. Batches run across the chunks of a stream: rows that are left over wait where they lie.
 */
export async function runEpoch(
  engine: Engine,
  trainer: Trainer,
  source: TrainingSource,
  options: EpochOptions,
  step: (rows: number) => Promise<void> | undefined,
): Promise<void> {
  const { epoch, batchSize, shuffle, seed, targets, weights, dropLast } = options;
  const { memory } = engine;
  let { skip } = options;
  let filled = 0;
  let trained = skip;
  let chunk = -1;
  let pixels: boolean | undefined;
  const flush = (): Promise<void> | undefined => {
    if (pixels) trainer.convertPixels(filled, false);
    if (targets?.pixels) trainer.convertPixels(filled, true);
    const rows = filled;
    filled = 0;
    trained += rows;
    return step(rows);
  };
  for await (const rows of source.chunks(options.signal)) {
    chunk++;
    if (pixels !== undefined && pixels !== rows.pixels)
      throw wrongType('x', 'chunks of one type', rows.pixels ? 'bytes after floats' : 'floats after bytes');
    pixels = rows.pixels;
    const first = Math.min(skip, rows.count);
    skip -= first;
    if (first === rows.count) continue;
    const order = shuffle ? permutation(engine, seed, rows.count, epoch, chunk) : undefined;
    for (let i = first; i < rows.count; i++) {
      const index = order ? order[i]! : i;
      rows.copySample(memory, pixels ? trainer.pixels : trainer.input, filled, index);
      if (targets) targets.copySample(memory, targets.pixels ? trainer.targetPixels : trainer.target, filled, index);
      if (weights) trainer.sampleWeights[filled] = weights[index]!;
      if (++filled < batchSize) continue;
      const wait = flush();
      if (wait) await wait;
    }
  }
  if (skip > 0) throw wrongValue('x', `${options.skip} samples or more, as before the break`, options.skip - skip);
  if (filled && !dropLast) await flush();
  else if (filled && trained === 0) throw wrongValue('x', `${batchSize} samples or more with dropLast`, filled);
}
