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

/**
 * Resolves after other tasks had their turn.
 *
 * By a message where that is possible: it takes 30 to 50 µs, 320 µs in WebKit, and fake timers (Vitest, Jest, Sinon,
 * node:test) leave it alone. They replace `setImmediate` (4 to 9 µs), which throws at some edges. Browsers stretch nested
 * `setTimeout` to 4 ms. `scheduler.yield` comes back before any timer has its turn: a page's own abort by `setTimeout`
 * would wait for the end. The channel is new each time: Node delivers up to 1000 messages of one channel before a timer
 * has its turn.
 *
 * jsdom and some edges have no messages, but `setTimeout`. Where that is a fake, and in an AudioWorklet, which has none, a
 * compilation ends in a task of its own (30 to 220 µs). It comes last since in Node it can go before timers for ever.
 */
export const turn = (): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => resolve();
    try {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(0);
    } catch {
      const { setTimeout } = globalThis;
      // Fake timers of all kinds that are in use carry their clock.
      if (setTimeout && !('clock' in setTimeout)) setTimeout(done, 0);
      else WebAssembly.compile(emptyModule).then(done, done);
    }
  });

export class Pause {
  readonly #steps: number;
  #done = 0;
  #since = now();

  /** `operations`: floating-point operations of one step. */
  constructor(operations: number) {
    this.#steps = Math.max(1, Math.floor(MOST_OPERATIONS / operations));
  }

  /** To be asked once a step: whether it is time. */
  due(): boolean {
    this.#done++;
    return this.#done >= this.#steps || now() - this.#since > MOST_MILLISECONDS;
  }

  async take(): Promise<void> {
    await turn();
    this.#done = 0;
    this.#since = now();
  }
}
