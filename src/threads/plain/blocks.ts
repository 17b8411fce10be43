// Divides blocks of work among the calling thread and workers. The calling thread uses the results in the order of the blocks, so that
// they do not depend on the thread that computes a block.

import { now, yieldToEventLoop } from '../../core/event-loop.ts';
import type { ProgressOptions } from '../../core/progress.ts';
import { DataDependentCalls } from './call-recorder.ts';
import type { PlainWorker, Task, TaskResult } from './worker.ts';

/** Tasks that a worker has at a time: it begins the next task while its last answer is sent. */
const TASKS_PER_WORKER = 2;
/** The maximum number of results that wait for the result of an earlier block. */
const MAX_WAITING = 16;
/**
 * A worker counts as ended after this many ms without an answer, plus this multiple of the time of the caller's slowest block. A browser
 * can end a worker without an event.
 */
const STALL_MILLISECONDS = 2000;
const STALL_RATIO = 20;

/** Work in blocks with results of type `T`. */
export interface BlockWork<T> {
  readonly count: number;
  /** The message that lets `worker` compute a block. */
  task(block: number, worker: PlainWorker): Task;
  /** The result of a block from the answer of a worker. */
  receive(block: number, answer: TaskResult): T;
  /** Computes a block in this thread. */
  compute(block: number): T;
  /** Uses a result. Called in the order of the blocks. */
  use(block: number, result: T): void;
}

/** Resolves to false after some milliseconds if `promise` has not settled; at once to true where there are no timers. */
export function settles(promise: Promise<unknown>, milliseconds: number): Promise<boolean> {
  const { setTimeout, clearTimeout } = globalThis as Partial<typeof globalThis>;
  return new Promise((resolve) => {
    const timer = setTimeout?.(() => resolve(false), milliseconds);
    promise.then(() => {
      clearTimeout?.(timer);
      resolve(true);
    });
  });
}

/**
 * Runs all blocks. Yields to the event loop after each block that this thread computes. If a worker ends or fails,
 * other threads compute its blocks. Errors: those of `work` and of `onProgress`; the signal's reason.
 */
export async function runBlocks<T>(
  workers: readonly PlainWorker[],
  work: BlockWork<T>,
  { signal, onProgress }: ProgressOptions,
): Promise<void> {
  const results = new Map<number, T>();
  const returned: number[] = [];
  let next = 0;
  let used = 0;
  let reported = 0;
  let slowest = 0;
  let failure: { readonly error: unknown } | undefined;
  /** False once a pass has made other calls than the recorded ones. */
  let canDivide = true;
  let wake = (): void => {};
  const hasBlock = (): boolean => returned.length > 0 || (next < work.count && next < used + MAX_WAITING);
  const takeBlock = (): number => returned.pop() ?? next++;
  const finish = (block: number, result: T): void => {
    results.set(block, result);
    while (results.has(used)) {
      const value = results.get(used)!;
      results.delete(used);
      work.use(used++, value);
    }
  };
  const send = async (worker: PlainWorker): Promise<void> => {
    const block = takeBlock();
    try {
      const answer = await worker.run(work.task(block, worker)).catch(() => undefined);
      if (answer) finish(block, work.receive(block, answer));
      else returned.push(block);
    } catch (error) {
      if (error instanceof DataDependentCalls) {
        canDivide = false;
        returned.push(block);
      } else failure ??= { error };
    }
    wake();
  };
  const fill = (): void => {
    for (const worker of canDivide ? workers : [])
      while (worker.isReady && !worker.ended && worker.tasks < TASKS_PER_WORKER && hasBlock()) void send(worker);
  };
  // Answers can arrive while `onProgress` runs, so the last block may be used before its progress is reported.
  while (reported < work.count) {
    signal?.throwIfAborted();
    fill();
    if (hasBlock()) {
      const begin = now();
      const block = takeBlock();
      finish(block, work.compute(block));
      slowest = Math.max(slowest, now() - begin);
      await yieldToEventLoop();
    } else if (used === reported && !failure) {
      const answered = new Promise<void>((resolve) => {
        wake = resolve;
        signal?.addEventListener('abort', resolve);
      });
      const inTime = await settles(answered, STALL_MILLISECONDS + STALL_RATIO * slowest);
      signal?.removeEventListener('abort', wake);
      if (!inTime) for (const worker of workers) if (worker.tasks > 0) worker.end('it does not answer');
    }
    if (failure) throw failure.error;
    if (used > reported) {
      reported = used;
      await onProgress?.(used / work.count);
      signal?.throwIfAborted();
    }
  }
}
