// Workers whose memory has the layout of a model's memory: the calls that the caller records run there with the same addresses.

import type { Engine } from '../../engine/engine.ts';
import type { Kernels } from '../../wasm/kernels.ts';
import type { Source } from '../../wasm/modules.ts';
import { kernelNames } from '../calls.ts';
import type { PlainWorker } from './worker.ts';
import { takeWorkers } from './worker-pool.ts';

/** What a worker needs to run the calls of a model. */
export interface ModelSetup {
  readonly engine: Engine;
  /** The kernels whose calls are recorded, and the modules that they come from. */
  readonly kernels: Kernels;
  readonly sources: readonly Source[];
  /** Bytes of the memory of a worker. */
  readonly bytes: number;
}

/** Whether a worker that was set up for `before` can do the tasks of `now`. */
const serves = (before: Partial<ModelSetup> | undefined, now: ModelSetup): boolean =>
  before?.engine === now.engine &&
  before.bytes! >= now.bytes &&
  before.sources!.join() === now.sources.join() &&
  kernelNames(before.kernels!).join() === kernelNames(now.kernels).join();

/**
 * Up to `count` workers for a model; an empty list for a model in the memory of another library. Each worker is sent the kernels. A
 * worker can run tasks once it `isReady`; a worker that fails has `ended`. Errors: those of compiling the kernels.
 */
export async function modelWorkers(setup: ModelSetup, count: number): Promise<PlainWorker[]> {
  const { engine, kernels, sources, bytes } = setup;
  if (count < 1 || sources.length === 0) return [];
  const modules = await Promise.all(sources.map((source) => engine.provider.moduleOf(source)));
  const workers = takeWorkers(count, (subject) => serves(subject as ModelSetup | undefined, setup));
  for (const worker of workers) {
    if (serves(worker.subject as ModelSetup | undefined, setup)) continue;
    void worker.setUp({ modules, names: kernelNames(kernels), bytes }, setup);
  }
  return workers;
}
