// Measures whether several threads are faster than one. Where cores share no cache, a store to a cache line that another core has read
// takes 140 ns, so a step of a small model takes longer with two threads than with one.

/** Steps before the first measurement: engines compile kernels and JavaScript in that time. */
const WARM_UP_STEPS = 60;
/** Steps that are measured with threads, and as many without. */
const TRIAL_STEPS = 12;
/** Steps from a decision to the next measurement. */
const DECIDED_STEPS = 1500;

/** Compares the shortest step with threads and the shortest step without. */
export class Trial {
  /** Whether the next step is to be computed by several threads. */
  usesThreads = true;
  #step = 0;
  #begin = 0;
  #together = Infinity;
  #alone = Infinity;

  /** To be called after each step with the time in ms. */
  endStep(now: number): void {
    const time = now - this.#begin;
    this.#begin = now;
    const step = this.#step++ - WARM_UP_STEPS;
    if (step < 0) return;
    if (step < TRIAL_STEPS) this.#together = Math.min(this.#together, time);
    else if (step < 2 * TRIAL_STEPS) this.#alone = Math.min(this.#alone, time);
    if (step === TRIAL_STEPS - 1) this.usesThreads = false;
    else if (step === 2 * TRIAL_STEPS - 1) this.usesThreads = this.#together < this.#alone;
    else if (step === 2 * TRIAL_STEPS + DECIDED_STEPS) {
      this.usesThreads = true;
      this.#step = WARM_UP_STEPS;
      this.#together = Infinity;
      this.#alone = Infinity;
    }
  }
}
