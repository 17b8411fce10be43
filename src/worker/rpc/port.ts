// Workers of browsers, Deno and Bun, and workers of Node: they name their events in different ways.

import { UnsupportedError } from '../../core/errors.ts';
import type { WorkerLike } from '../types.ts';

/** The event methods of both kinds of workers. */
interface Events {
  addEventListener?(type: string, listener: (event: { data?: unknown; message?: string }) => void): void;
  on?(type: string, listener: (value: unknown) => void): void;
  ref?(): void;
  unref?(): void;
}

/** For runtimes that have no workers. Errors: UnsupportedError, always. */
export function refuseWorkers(cause?: unknown): never {
  throw new UnsupportedError('Workers', 'import the same calls from isthmus', { cause });
}

/** Calls `receive` with each message, and `end` with the reason when no more messages can come. */
export function listen(worker: WorkerLike, receive: (data: unknown) => void, end: (message: string) => void): void {
  const events = worker as WorkerLike & Events;
  const failed = (event: unknown): void =>
    end((event as { message?: string })?.message ?? 'no such file, or Content-Security-Policy: worker-src');
  if (events.addEventListener) {
    events.addEventListener('message', (event) => receive(event.data));
    events.addEventListener('error', (event) => {
      // Otherwise the page also reports an uncaught error.
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

/** Lets a worker of Node keep the process alive while it is busy. Other workers have no `ref` and `unref`. */
export function keepAlive(worker: WorkerLike, busy: boolean): void {
  const { ref, unref } = worker as Events;
  (busy ? ref : unref)?.call(worker);
}
