// Lets other tasks of the event loop run during long work.
//
// When to do so is decided by the clock and by counted arithmetic: on Workers the clock advances only with input and output,
// and under fake timers only when a test says so.

/** Longest time between two yields, in ms: half a frame at 60 Hz. */
const MAX_MILLISECONDS = 8;
/** Most floating-point operations between two yields: 8 ms at the 60 GFLOP/s of a fast core. */
const MAX_OPERATIONS = 5e8;
/** The smallest WebAssembly module: a header. */
const emptyModule = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);

/** Milliseconds since an arbitrary moment. An AudioWorklet has no `performance`. */
export const now = (): number => (globalThis.performance ?? Date).now();

/** Calls `done` in a later task. */
type Schedule = (done: () => void, milliseconds?: number) => unknown;

/** The runtime's timer. Undefined for a fake one: those of Sinon, Vitest and Jest have a `clock`, that of node:test is bound. */
function timer(name: 'setImmediate' | 'setTimeout'): Schedule | undefined {
  const found = (globalThis as unknown as { readonly [name: string]: Schedule | undefined })[name];
  return found?.name === name && !('clock' in found) ? found : undefined;
}

function message(done: () => void): void {
  // One channel a message: Node delivers up to 1000 messages of a channel before it runs a timer.
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    done();
  };
  port2.postMessage(0);
}

const compilation = (done: () => void) => WebAssembly.compile(emptyModule).then(done, done);

/**
 * Resolves after other tasks have run, by the first of these means that works:
 *
 * 1. `setImmediate`: 4 to 9 µs. It throws on some edge runtimes.
 * 2. A message: 30 to 50 µs, 320 µs in WebKit. Fake timers do not replace it. On Workers it runs before all timers.
 * 3. `setTimeout`: for jsdom and for edge runtimes without messages. Browsers delay nested calls to 4 ms.
 * 4. A compilation: 30 to 220 µs. It ends in a separate task, under fake timers and in an AudioWorklet, which has no
 *    timers. It is the last because in Node it may run before timers for ever.
 *
 * Not `scheduler.yield`: it resumes before any timer, so a page's `setTimeout` could not abort the work.
 */
export const yieldToEventLoop = (): Promise<void> =>
  new Promise((resolve) => {
    for (const schedule of [timer('setImmediate'), message, timer('setTimeout'), compilation]) {
      try {
        if (schedule) return schedule(resolve, 0);
      } catch {
        // The next means.
      }
    }
  });

/** Says after which steps of long work to yield to the event loop. */
export class Yielder {
  readonly #maxSteps: number;
  #steps = 0;
  #since = now();

  /** `operations`: floating-point operations of one step. */
  constructor(operations: number) {
    this.#maxSteps = Math.max(1, Math.floor(MAX_OPERATIONS / operations));
  }

  /** Counts a step, and returns whether it is time to yield. Call it once a step. */
  isDue(): boolean {
    this.#steps++;
    return this.#steps >= this.#maxSteps || now() - this.#since > MAX_MILLISECONDS;
  }

  async yield(): Promise<void> {
    await yieldToEventLoop();
    this.#steps = 0;
    this.#since = now();
  }
}
