// The options of calls that divide samples among threads.

import { type ProgressOptions, progressChecks } from './progress.ts';
import { type Threads, threadCount, threads } from './threads.ts';
import { optional } from './validate.ts';

/** With fewer floating-point operations in a call, `auto` is one thread: 10 ms. Starting a worker takes 10 to 60. */
const MIN_OPERATIONS = 4e8;

/** Options of calls that compute on several threads. */
export interface ThreadOptions extends ProgressOptions {
  /**
   * Number of threads, the calling thread included: 1..64, or `auto` for one thread for each core, at most 8, if the call is long
   * enough. The result has the same bits with any number. Where the runtime starts fewer workers, fewer threads compute. Default 1.
   */
  readonly threads?: Threads;
}

export const threadChecks = /* @__PURE__ */ (() => ({ threads: optional(threads, 1), ...progressChecks }))();

/** The number of threads that an option means for so many multiplications. */
export const threadsFor = (option: Threads, multiplications: number): number =>
  threadCount(option, 2 * multiplications, MIN_OPERATIONS);
