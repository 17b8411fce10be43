// A thread of Node.

import { refuseWorkers } from './rpc/port.ts';
import type { WorkerLike } from './types.ts';

interface Threads {
  readonly Worker: new (file: URL, options: object) => WorkerLike;
}

/** Errors: UnsupportedError where there are no workers. */
export function startThread(file: URL): WorkerLike {
  const { process } = globalThis as { process?: { getBuiltinModule?(name: string): unknown } };
  try {
    const { Worker } = process!.getBuiltinModule!('node:worker_threads') as Threads;
    // Without the flags of this process: some are for its own main file.
    return new Worker(file, { execArgv: [] });
  } catch (cause) {
    // There is no process; or, on Cloudflare, the module of Node has a Worker that only throws.
    return refuseWorkers(cause);
  }
}
