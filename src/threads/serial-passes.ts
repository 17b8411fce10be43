// Passes for runtimes and bundles without workers. The calling thread computes all chunks and yields to the event loop after each
// chunk.

import { type ProgressOptions, runInTurns, type Steps } from '../core/progress.ts';
import { sizeOf } from '../core/shape.ts';
import { type ThreadOptions, threadChecks } from '../core/thread-options.ts';
import { validate } from '../core/validate.ts';
import type { Engine } from '../engine/engine.ts';
import { type CheckedPass, type PassSamples, planPass } from '../engine/executor.ts';
import type { LossSums, Measurement, MeasureOptions } from '../engine/measure.ts';
import type { DividedPass } from './plain/pass.ts';

/** A divided pass whose samples are not sent to workers. */
type SerialPass = Omit<DividedPass, 'samples'> & { readonly samples: PassSamples };

export async function forEachChunkOnThreads(
  engine: Engine,
  { range, samples, outputSize, maxRows, use }: SerialPass,
  options: ProgressOptions,
): Promise<void> {
  function* steps(): Steps<void> {
    for (let first = 0; first < samples.count; ) {
      // Planned for each chunk, because other calls may use the memory between two of them.
      const { output, rows } = planPass(engine, range, samples, { maxRows }).run(first);
      use(first, rows, engine.memory.view(output, rows * outputSize));
      first += rows;
      if (first < samples.count) yield first / samples.count;
    }
  }
  await runInTurns(steps(), options);
}

export async function runNetworkOnThreads(
  { engine, range, check, outputShape }: CheckedPass,
  options: ThreadOptions,
): Promise<Float32Array<ArrayBuffer>> {
  validate('options', options, threadChecks);
  const samples = check();
  const outputSize = sizeOf(outputShape);
  const result = new Float32Array(samples.count * outputSize);
  const use = (first: number, _: number, output: Float32Array): void => result.set(output, first * outputSize);
  await forEachChunkOnThreads(engine, { range, samples, outputSize, use }, options);
  return result;
}

export async function measureOnThreads(
  lossSums: (engine: Engine, options: MeasureOptions) => LossSums,
  engine: Engine,
  options: MeasureOptions,
  progress: ProgressOptions,
): Promise<Measurement> {
  const { count } = options.x;
  const total = lossSums(engine, options);
  function* steps(): Steps<void> {
    for (let first = 0; first < count; ) {
      const { pass, measure } = lossSums(engine, options);
      const losses = measure(pass.run(first));
      total.add(losses);
      first += losses.chunk.rows;
      if (first < count) yield first / count;
    }
  }
  await runInTurns(steps(), progress);
  return total.result();
}
