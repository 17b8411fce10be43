// Idle workers wait here for the next call. They end after some seconds.

import { PlainWorker } from './worker.ts';

/** Milliseconds after which an idle worker ends. Starting a worker takes 10 to 60. */
const IDLE_MILLISECONDS = 5000;

const idle: PlainWorker[] = [];
let timer: unknown;

/** Up to `count` workers. Takes workers whose subject `isPreferred` first. Workers that cannot start are left out. */
export function takeWorkers(count: number, isPreferred: (subject: unknown) => boolean): PlainWorker[] {
  const usable = idle.splice(0).filter((worker) => !worker.ended);
  usable.sort((a, b) => Number(isPreferred(b.subject)) - Number(isPreferred(a.subject)));
  const taken = usable.splice(0, count);
  idle.push(...usable);
  while (taken.length < count) {
    const worker = new PlainWorker();
    if (worker.ended) break;
    taken.push(worker);
  }
  return taken;
}

/** Takes workers back. A worker that has a task ends. A worker that waits for its setup stays. */
export function returnWorkers(workers: readonly PlainWorker[]): void {
  for (const worker of workers) {
    if (worker.isReady && worker.tasks > 0) worker.end('its task is no longer needed');
    else if (!worker.ended) idle.push(worker);
  }
  const { setTimeout, clearTimeout } = globalThis as Partial<typeof globalThis>;
  clearTimeout?.(timer as number);
  const endIdle = (): void => {
    for (const worker of idle.splice(0)) worker.end('it was idle');
  };
  timer = setTimeout?.(endIdle, IDLE_MILLISECONDS);
  // The timer must not keep Node, Bun or Deno alive.
  (timer as { unref?(): void } | undefined)?.unref?.();
  if (typeof timer === 'number') (globalThis as { Deno?: { unrefTimer?(id: number): void } }).Deno?.unrefTimer?.(timer);
}
