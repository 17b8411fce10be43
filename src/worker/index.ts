import { startThread } from './node.ts';
import { type Spawn, spawnBy } from './spawn.ts';
import { pageStarts, threadUrl } from './thread-url.ts';

export * from './exports.ts';

/**
 * A worker that has the calls of isthmus: those that make, load or take models, codecs and detectors, with the same
 * arguments and as promises. What they resolve to lives in the worker; its methods are promises too, what never changes
 * (`inputShape`, `threshold`) is there at once, and it is freed there when it is dropped here. Layers, optimizers and
 * specs are those of isthmus or, of 1 KB, of isthmus/worker. `fit` gets its callbacks, its signal and its streams from
 * here: a chunk is asked for when the one before is used up.
 *
 * Typed arrays are copied to the worker, unless marked with `transfer`; results are handed over. A call that fails
 * rejects with the same error, by class and message; one that was aborted, or whose callback threw, with that very
 * reason. When the worker dies, all calls reject. Several models may be at work, taking turns; workers run side by side.
 * An idle worker does not keep Node or Bun alive; Deno ends when it is terminated.
 *
 * Errors: UnsupportedError where there are no workers; Error where a worker does not start, which says why and what to write
 * instead.
 */
export const spawn: Spawn = (options = {}) =>
  spawnBy(options, typeof Worker === 'function' ? pageStarts : [() => startThread(threadUrl())]);
