// Starts a thread of Node.

import { refuseWorkers } from './rpc/port.ts';
import type { WorkerLike } from './types.ts';

interface Threads {
  readonly Worker: new (file: URL, options: object) => WorkerLike;
}

/** Errors: UnsupportedError where the runtime has no workers. */
export function startThread(file: URL): WorkerLike {
  const { process } = globalThis as { process?: { getBuiltinModule?(name: string): unknown } };
  try {
    const { Worker } = process!.getBuiltinModule!('node:worker_threads') as Threads;
    // Without the flags of this process, because some concern its main file.
    return new Worker(file, { execArgv: [] });
  } catch (cause) {
    // `process` is missing, or `Worker` throws, as on Cloudflare.
    return refuseWorkers(cause);
  }
}
