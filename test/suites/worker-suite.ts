// Helpers of the suites that run a model in a worker.

import type { Isthmus } from './assert.ts';
import { size } from './small-model.ts';

export type WorkerPackage = typeof import('isthmus/worker');
/** Test bodies by title. Each gets the API of the main thread and that of `isthmus/worker`. */
export type WorkerSuite = Record<string, (isthmus: Isthmus, off: WorkerPackage) => Promise<void>>;
type SpawnedWorker = Awaited<ReturnType<WorkerPackage['spawn']>>;

/** A test body that gets a worker, which is terminated after the body. */
export const withWorker =
  (body: (worker: SpawnedWorker, isthmus: Isthmus, off: WorkerPackage) => Promise<void>) =>
  async (isthmus: Isthmus, off: WorkerPackage): Promise<void> => {
    const worker = await off.spawn();
    try {
      await body(worker, isthmus, off);
    } finally {
      worker.terminate();
    }
  };

export const workerSpec = ({ dense }: WorkerPackage) => ({
  input: [size],
  encoder: [dense({ units: 8, activation: 'relu' })],
  decoder: [dense({ units: size, activation: 'sigmoid' })],
});
