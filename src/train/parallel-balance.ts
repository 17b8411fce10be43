// Selects how many parts of a batch each thread computes, by the times of its earlier parts.

/** Weight of the newest time in the moving average of a thread. */
const NEWEST = 0.3;
/** Number of steps after which a worker without parts gets a part again: another program may have slowed it. */
const RETRY_STEPS = 32;

export class Balance {
  /** Milliseconds that the caller and each worker take for a part. Undefined before the first part. */
  #caller: number | undefined;
  readonly #workers: (number | undefined)[];
  #steps = 0;

  constructor(workers: number) {
    this.#workers = Array(workers).fill(undefined);
  }

  /** The number of parts for each worker; the caller computes the others, at least one. `ready`: which workers can be used. */
  divide(parts: number, ready: readonly boolean[]): number[] {
    const counts = this.#workers.map(() => 0);
    const callerTime = this.#caller ?? 1;
    const times = this.#workers.map((time) => time ?? callerTime);
    let callerParts = 1;
    for (let part = 1; part < parts; part++) {
      let earliest = callerTime * (callerParts + 1);
      let best = -1;
      for (const [i, count] of counts.entries()) {
        const end = times[i]! * (count + 1);
        if (!ready[i] || end > earliest) continue;
        earliest = end;
        best = i;
      }
      if (best < 0) callerParts++;
      else counts[best]!++;
    }
    if (++this.#steps % RETRY_STEPS === 0) {
      for (const [i, count] of counts.entries()) {
        if (count || !ready[i] || callerParts === 1) continue;
        counts[i] = 1;
        callerParts--;
      }
    }
    return counts;
  }

  recordCaller(parts: number, milliseconds: number): void {
    this.#caller = average(this.#caller, milliseconds / parts);
  }

  recordWorker(worker: number, parts: number, milliseconds: number): void {
    this.#workers[worker] = average(this.#workers[worker], milliseconds / parts);
  }
}

const average = (before: number | undefined, newest: number): number =>
  before === undefined ? newest : before + NEWEST * (newest - before);
