// Long work in steps, each of which yields the share of the work that is done: run at once, or in turns with other tasks.

import { yieldToEventLoop } from './event-loop.ts';
import type { Signal } from './types.ts';
import { callback, optional, signal } from './validate.ts';

/** A generator of shares, 0..1, that returns what the work was for. */
export type Steps<T> = Generator<number, T, undefined>;

export interface ProgressOptions {
  /** Stops between two steps; the call then rejects with the signal's reason. */
  readonly signal?: Signal;
  /** After every step, awaited: the share that is done, in the end 1. */
  readonly onProgress?: (done: number) => unknown;
}

export const progressChecks = /* @__PURE__ */ (() => ({ signal: optional(signal), onProgress: optional(callback) }))();

/** Gives the event loop its turn after every step. Errors: those of the work; the signal's reason. */
export async function runInTurns<T>(
  steps: Steps<T> | AsyncGenerator<number, T, undefined>,
  { signal, onProgress }: ProgressOptions,
): Promise<T> {
  signal?.throwIfAborted();
  let reached = 0;
  for (;;) {
    const { done, value } = await steps.next();
    // Parts of the work may say more of themselves than comes true.
    reached = done ? 1 : Math.max(reached, value);
    await onProgress?.(reached);
    signal?.throwIfAborted();
    if (done) return value;
    await yieldToEventLoop();
    signal?.throwIfAborted();
  }
}

/** The same steps as a part of larger work, from the share `from` of it to the share `to`. */
export function* scaleProgress<T>(steps: Steps<T>, from: number, to: number): Steps<T> {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    yield from + (to - from) * value;
  }
}
