// Gives the event loop its turn in long work: by the clock where it runs, and by the arithmetic done where it stands
// still (on Workers it advances only with input and output, under fake timers only when a test says so).

/** Milliseconds without a turn: under one frame at 60 Hz, with time left for the page. */
const MOST_MILLISECONDS = 8;
/** The same as floating-point operations, at the 60 GFLOP/s of a fast core. */
const MOST_OPERATIONS = 5e8;
/** The smallest module: a header. */
const emptyModule = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);

/** Milliseconds since some moment. An AudioWorklet has no `performance`. */
export const now = (): number => (globalThis.performance ?? Date).now();

type Begin = (done: () => void, milliseconds?: number) => unknown;

/** A timer of the runtime: not a fake of Sinon, Vitest or Jest, which carries its clock, nor of node:test, a bound one. */
function timer(name: 'setImmediate' | 'setTimeout'): Begin | undefined {
  const found = (globalThis as unknown as { readonly [name: string]: Begin | undefined })[name];
  return found?.name === name && !('clock' in found) ? found : undefined;
}

function message(done: () => void): void {
  // A channel of its own: Node delivers up to 1000 messages of one before a timer has its turn.
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    done();
  };
  port2.postMessage(0);
}

const compilation = (done: () => void) => WebAssembly.compile(emptyModule).then(done, done);

/**
 * Resolves after other tasks had their turn, by the first means that works.
 *
 * `setImmediate` takes 4 to 9 µs; at some edges it throws. A message takes 30 to 50 µs, 320 µs in WebKit, and fake timers
 * leave it alone; on Workers it goes before all timers. Browsers stretch nested `setTimeout` to 4 ms: it is for jsdom and
 * for edges without messages. Under fake timers there, and in an AudioWorklet, which has no timers, a compilation ends in a
 * task of its own (30 to 220 µs); it is the last since in Node it can go before timers for ever. `scheduler.yield` comes
 * back before any timer: a page's own abort by `setTimeout` would wait for the end.
 */
export const yieldToEventLoop = (): Promise<void> =>
  new Promise((resolve) => {
    for (const begin of [timer('setImmediate'), message, timer('setTimeout'), compilation]) {
      try {
        if (begin) return begin(resolve, 0);
      } catch {
        // Not here.
      }
    }
  });

export class Yielder {
  readonly #steps: number;
  #done = 0;
  #since = now();

  /** `operations`: floating-point operations of one step. */
  constructor(operations: number) {
    this.#steps = Math.max(1, Math.floor(MOST_OPERATIONS / operations));
  }

  /** To be asked once a step: whether it is time. */
  isDue(): boolean {
    this.#done++;
    return this.#done >= this.#steps || now() - this.#since > MOST_MILLISECONDS;
  }

  async yield(): Promise<void> {
    await yieldToEventLoop();
    this.#done = 0;
    this.#since = now();
  }
}
