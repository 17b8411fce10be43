// What suites of a worker share.

import type { Isthmus } from './assert.ts';
import { size } from './small.ts';

export type OffThread = typeof import('isthmus/worker');
/** Test bodies over the package in a worker and on the spot. */
export type WorkerSuite = Record<string, (isthmus: Isthmus, off: OffThread) => Promise<void>>;
type Spawned = Awaited<ReturnType<OffThread['spawn']>>;

/** A body with a worker, which is ended behind it. */
export const within =
  (body: (worker: Spawned, isthmus: Isthmus, off: OffThread) => Promise<void>) =>
  async (isthmus: Isthmus, off: OffThread): Promise<void> => {
    const worker = await off.spawn();
    try {
      await body(worker, isthmus, off);
    } finally {
      worker.terminate();
    }
  };

export const spec = ({ dense }: OffThread) => ({
  input: [size],
  encoder: [dense({ units: 8, activation: 'relu' })],
  decoder: [dense({ units: size, activation: 'sigmoid' })],
});
