// The workers that the package starts in Node, for tests that watch them, end them or replace them.
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

/** A message of the package for a worker. */
interface Message {
  /** Present in a task, absent in a setup. */
  readonly calls?: Float64Array;
}

/** What a test does to the workers of the package. */
export interface Interference {
  /** Called before a worker gets a message. `tasks`: how many tasks it has had. False: the worker does not get the message. */
  readonly deliver?: (worker: Worker, message: Message, tasks: number) => boolean;
  /** Called in place of the start of a worker. */
  readonly refuse?: () => never;
}

let interference: Interference = {};
let total = 0;
const workers = new Set<Watched>();

class Watched extends Worker {
  #tasks = 0;
  isReady = false;

  constructor(text: string, options: object) {
    interference.refuse?.();
    super(text, options);
    workers.add(this);
    this.on('exit', () => workers.delete(this));
    this.once('message', () => {
      this.isReady = true;
    });
  }

  override postMessage(message: Message, transfer?: never): void {
    if (message.calls) {
      total++;
      this.#tasks++;
    }
    if (interference.deliver?.(this, message, this.#tasks) !== false) super.postMessage(message, transfer);
  }
}

const { getBuiltinModule } = process;
const replaced = (name: string): object | undefined =>
  name === 'node:worker_threads' ? { Worker: Watched } : getBuiltinModule.call(process, name);
process.getBuiltinModule = replaced as typeof getBuiltinModule;

/** The number of tasks that workers of the package were given during `action`, which begins without any worker. */
export async function watchWorkers(action: () => Promise<void>, faults: Interference = {}): Promise<number> {
  await Promise.all([...workers].map((worker) => worker.terminate()));
  interference = faults;
  total = 0;
  try {
    await action();
  } finally {
    interference = {};
  }
  return total;
}

/** Waits until each worker that has been started has answered its first message or ended. */
export async function workersAreReady(): Promise<void> {
  while ([...workers].some(({ isReady }) => !isReady)) await sleep(5);
}
