// Counts the shares that workers take, and hands out the workers that fit starts. Import this file before src/.

import type { Worker } from 'node:worker_threads';

const builtin = process.getBuiltinModule('node:worker_threads') as { Worker: typeof Worker };
const Original = builtin.Worker;

/** The workers that have started and have not ended. */
export const workers = new Set<Worker>();

builtin.Worker = class extends Original {
  constructor(...args: ConstructorParameters<typeof Worker>) {
    super(...args);
    workers.add(this);
    this.on('exit', () => workers.delete(this));
  }
};

const { compareExchange } = Atomics;
let taken = 0;

/** Shares that workers took before the calling thread came to them. */
export const sharesOfWorkers = (): number => taken;

Atomics.compareExchange = ((array: Int32Array, index: number, expected: number, value: number): number => {
  const found = compareExchange(array, index, expected, value);
  if (found !== expected) taken++;
  return found;
}) as typeof Atomics.compareExchange;

/** Lets workers start: fit does not wait for them. A loaded machine may need longer than `milliseconds`. */
export const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
