// Long work in steps. A generator yields the fraction of the work that is done; it can run at once, or with other tasks of
// the event loop between its steps.

import { yieldToEventLoop } from './event-loop.ts';
import type { Signal } from './types.ts';
import { callback, optional, signal } from './validate.ts';

/** A generator that yields the completed fraction, 0..1, and returns a result. */
export type Steps<T> = Generator<number, T, undefined>;

/** Options of calls that can be aborted and report their progress. */
export interface ProgressOptions {
  /** Stops between two steps. The call then rejects with the signal's reason. */
  readonly signal?: Signal;
  /** Called after every step, and awaited. `done`: the completed fraction, 1 in the end. */
  readonly onProgress?: (done: number) => unknown;
}

export const progressChecks = /* @__PURE__ */ (() => ({
  signal: optional(signal),
  onProgress: optional(callback),
}))();

/** Runs a generator to its end, without a pause. */
export function runToEnd<T>(steps: Generator<unknown, T, undefined>): T {
  while (true) {
    const { done, value } = steps.next();
    if (done) return value as T;
  }
}

/** Runs steps and yields to the event loop after each of them. Errors: those of the work; the signal's reason. */
export async function runInTurns<T>(
  steps: Steps<T> | AsyncGenerator<number, T, undefined>,
  { signal, onProgress }: ProgressOptions,
): Promise<T> {
  signal?.throwIfAborted();
  let reached = 0;
  for (;;) {
    const { done, value } = await steps.next();
    // An estimate of a part of the work may be too high: progress never falls.
    reached = done ? 1 : Math.max(reached, value);
    await onProgress?.(reached);
    signal?.throwIfAborted();
    if (done) return value;
    await yieldToEventLoop();
    signal?.throwIfAborted();
  }
}

/** The same steps as a part of larger work: from its fraction `from` to `to`. */
export function* scaleProgress<T>(steps: Steps<T>, from: number, to: number): Steps<T> {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    yield from + (to - from) * value;
  }
}
