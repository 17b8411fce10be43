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
  readonly Worker: new (file: URL, options: object) => WorkerLike;
}

/** A thread of Node. Errors: UnsupportedError where there are no workers, as on Cloudflare. */
export function startThread(file: URL): WorkerLike {
  const { process } = globalThis as { process?: { getBuiltinModule?(name: string): unknown } };
  try {
    const { Worker } = process!.getBuiltinModule!('node:worker_threads') as Threads;
    // Without the flags of this process: some are for its own main file.
    return new Worker(file, { execArgv: [] });
  } catch (cause) {
    // There is no process; or, on Cloudflare, the module of Node has a Worker that only throws.
    throw new UnsupportedError('Workers', 'import the same calls from isthmus', { cause });
  }
}

/** The URL of a script. It has the origin of the page. */
export const urlOf = (code: string): string => URL.createObjectURL(new Blob([code]));

/** Calls `receive` with every message, and `end` with the reason when no more can come. */
export function listen(worker: WorkerLike, receive: (data: unknown) => void, end: (message: string) => void): void {
  const events = worker as WorkerLike & Events;
  const failed = (event: unknown): void =>
    end((event as { message?: string })?.message ?? 'no such file, or Content-Security-Policy: worker-src');
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
