// The options of calls that divide samples among threads.

import { type ProgressOptions, progressChecks } from './progress.ts';
import { type Threads, threadCount, threads } from './threads.ts';
import { optional } from './validate.ts';

/** Floating-point operations of a call below which `auto` is one thread: 10 ms. To start a worker takes 10 to 60. */
const MIN_OPERATIONS = 4e8;

/** Options of calls that compute on several threads. */
export interface ThreadOptions extends ProgressOptions {
  /**
   * Threads, the calling one included: 1..64, or `auto` for as many as the machine has cores, at most 8, if the call is long enough.
   * The result has the same bits with any number. Threads that the runtime does not allow are left out. Default 1.
   */
  readonly threads?: Threads;
}

export const threadChecks = /* @__PURE__ */ (() => ({ threads: optional(threads, 1), ...progressChecks }))();

/** The number of threads that an option means for so many multiplications. */
export const threadsFor = (option: Threads, multiplications: number): number =>
  threadCount(option, 2 * multiplications, MIN_OPERATIONS);
