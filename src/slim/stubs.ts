// Replacements for modules in the bundle of isthmus/slim (rollup.config.mjs). The replaced modules would add the text of the kernels,
// all layers and long messages. `#wasm` is replaced by the names of the kernels.

import { asBytes } from '../core/bytes.ts';
import { wrongType } from '../core/errors.ts';
import { runInTurns, type Steps } from '../core/progress.ts';
import { sizeOf } from '../core/shape.ts';
import { type ThreadOptions, threadChecks } from '../core/thread-options.ts';
import type { BlobLike } from '../core/types.ts';
import { validate } from '../core/validate.ts';
import { type CheckedPass, planPass } from '../engine/executor.ts';

/** Called for a model without an engine only. */
export function decodeText(_: string): Uint8Array<ArrayBuffer> {
  throw wrongType('engine', 'what load() of isthmus/slim resolves to', undefined);
}

export const readResponse = async (response: BlobLike): Promise<unknown> => asBytes(await response.arrayBuffer());

/** Other formats are not recognised; errors say what was expected. */
export const refuseForeign = (): void => {};
export const loaderHint = (): string => '';

export function allLayers(): never {
  throw wrongType('layers', 'the layer factories that the file may use, such as [dense]', undefined);
}

/** Kernels that the caller has compiled have a memory that threads cannot share: one thread trains. */
export const isWorthDividing = (): boolean => true;
export const trainInParallel = async (): Promise<undefined> => undefined;

/** Without workers: the calling thread runs all chunks, with a turn of the event loop after each. */
export async function runNetworkOnThreads(
  { engine, range, check, outputShape }: CheckedPass,
  options: ThreadOptions,
): Promise<Float32Array<ArrayBuffer>> {
  validate('options', options, threadChecks);
  const samples = check();
  const size = sizeOf(outputShape);
  const result = new Float32Array(samples.count * size);
  function* steps(): Steps<void> {
    for (let first = 0; first < samples.count; ) {
      // Planned for each chunk, because other calls may use the memory between two of them.
      const { output, rows } = planPass(engine, range, samples).run(first);
      result.set(engine.memory.view(output, rows * size), first * size);
      first += rows;
      yield first / samples.count;
    }
  }
  await runInTurns(steps(), options);
  return result;
}
