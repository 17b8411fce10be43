// Gives the event loop its turn in long work: by the clock where there is one, and by the arithmetic
// done where the clock stands still (on Workers it advances only with input and output).

/** Milliseconds without a turn: under one frame at 60 Hz, with time left for the page. */
const MOST_MILLISECONDS = 8;
/** The same as floating-point operations, at the 60 GFLOP/s of a fast core. */
const MOST_OPERATIONS = 5e8;

/** Resolves after other tasks had their turn, by the cheapest means this runtime has. */
export function turn(): Promise<void> {
  const { setImmediate: immediate } = globalThis as { setImmediate?: (f: () => void) => void };
  if (immediate) return new Promise((resolve) => immediate(resolve));
  if (typeof MessageChannel !== 'function') return new Promise((resolve) => setTimeout(resolve, 0));
  // Not scheduler.yield, which comes back before any timer has its turn: a page's own abort by setTimeout would wait for
  // the end. Not setTimeout where it can be helped: browsers stretch nested timeouts to 4 ms each.
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });
}

export class Pause {
  readonly #steps: number;
  #done = 0;
  #since = performance.now();

  /** `operations`: floating-point operations of one step. */
  constructor(operations: number) {
    this.#steps = Math.max(1, Math.floor(MOST_OPERATIONS / operations));
  }

  /** To be asked once a step: whether it is time. */
  due(): boolean {
    this.#done++;
    return this.#done >= this.#steps || performance.now() - this.#since > MOST_MILLISECONDS;
  }

  async take(): Promise<void> {
    await turn();
    this.#done = 0;
    this.#since = performance.now();
  }
}
