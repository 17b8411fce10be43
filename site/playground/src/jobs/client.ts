// The worker of the jobs. A job that is cancelled ends with its worker; the next call starts a new one.
import { type Remote, wrap } from 'comlink';
import type { JobsWorker } from './protocol.ts';

let thread: Worker | undefined;
let remote: Remote<JobsWorker> | undefined;

export function jobs(): Remote<JobsWorker> {
  if (remote) return remote;
  thread = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  remote = wrap<JobsWorker>(thread);
  return remote;
}

export function endJobs(): void {
  thread?.terminate();
  thread = undefined;
  remote = undefined;
}
