// Workers of browsers, Deno and Bun, and of Node, behind one face.

import { UnsupportedError } from '../errors.ts';
import type { WorkerLike } from './types.ts';

/** What both kinds have of events. */
interface Events {
  addEventListener?(type: string, listener: (event: { data?: unknown; message?: string }) => void): void;
  on?(type: string, listener: (value: unknown) => void): void;
  ref?(): void;
  unref?(): void;
}

interface Threads {
  readonly Worker: new (url: URL, options: object) => WorkerLike;
}

const missing = ['Workers', 'the calls of isthmus are the same, on the spot'] as const;

/** Errors: UnsupportedError where there are no workers, as on Cloudflare. */
export function startWorker(): WorkerLike {
  // As bundlers know it: they make the file an entry of its own.
  if (typeof Worker === 'function')
    return new Worker(new URL('./worker-thread.js', import.meta.url), { type: 'module' });
  const { process } = globalThis as { process?: { getBuiltinModule?(name: string): unknown } };
  const threads = process?.getBuiltinModule?.('node:worker_threads') as Threads | undefined;
  const { url: here } = import.meta;
  if (!threads?.Worker || !here) throw new UnsupportedError(...missing);
  try {
    // Without the flags of this process: some are for its own main file.
    return new threads.Worker(new URL('worker-thread.js', here), { execArgv: [] });
  } catch (cause) {
    // A Worker of Cloudflare has the module of Node, and nothing in it.
    throw new UnsupportedError(...missing, { cause });
  }
}

/** Calls `receive` with every message, and `end` with the reason when no more can come. */
export function listen(worker: WorkerLike, receive: (data: unknown) => void, end: (message: string) => void): void {
  const events = worker as WorkerLike & Events;
  const failed = (event: unknown): void => end((event as { message?: string })?.message ?? 'its file did not load');
  if (events.addEventListener) {
    events.addEventListener('message', (event) => receive(event.data));
    events.addEventListener('error', (event) => {
      // Else the page reports it as an error that nobody has caught.
      (event as { preventDefault?(): void }).preventDefault?.();
      failed(event);
    });
    events.addEventListener('messageerror', () => end('a message could not be read'));
    events.addEventListener('close', () => end('it has ended'));
  } else {
    events.on?.('message', receive);
    events.on?.('error', failed);
    events.on?.('exit', (code) => end(`it has ended with code ${code}`));
  }
}

/** Whether a worker keeps the process alive, where there is one. */
export function keepAlive(worker: WorkerLike, busy: boolean): void {
  const { ref, unref } = worker as Events;
  (busy ? ref : unref)?.call(worker);
}
