// Records the calls of kernels that a pass makes. Later repeats the pass with the results that a worker has sent.

import type { Kernels } from '../../wasm/kernels.ts';
import { CALL_NUMBERS, MAX_ARGUMENTS } from '../calls.ts';

/** The calls of a pass depend on results of kernels, so a worker cannot run a recorded list of them. */
export class DataDependentCalls extends Error {
  override readonly name = 'DataDependentCalls';
}

export class CallRecorder {
  /** Kernels that record calls, or return recorded results, and run nothing. */
  readonly kernels: Kernels;
  readonly #names: readonly string[];
  #calls: number[] = [];
  /** The recorded calls and their results during a replay. */
  #replayed: { readonly calls: Float64Array; readonly results: Float64Array } | undefined;
  #next = 0;

  constructor(names: readonly string[]) {
    this.#names = names;
    const entries = names.map((name, index) => [name, (...values: number[]) => this.#call(index, values)]);
    this.kernels = Object.fromEntries(entries) as Kernels;
  }

  /** The calls that `run` makes: for each the index of the kernel and its arguments. While recording, each kernel returns 0. */
  record(run: () => unknown): Float64Array<ArrayBuffer> {
    this.#calls = [];
    run();
    return Float64Array.from(this.#calls);
  }

  /**
   * Makes the recorded calls again: each returns its result. Errors: DataDependentCalls where `run` makes other calls than
   * those that were recorded.
   */
  replay<T>(calls: Float64Array, results: Float64Array, run: () => T): T {
    this.#replayed = { calls, results };
    this.#next = 0;
    try {
      const value = run();
      if (this.#next * CALL_NUMBERS !== calls.length) throw new DataDependentCalls();
      return value;
    } finally {
      this.#replayed = undefined;
    }
  }

  #call(index: number, values: readonly number[]): number {
    if (values.length > MAX_ARGUMENTS)
      throw new Error(`${this.#names[index]} has more than ${MAX_ARGUMENTS} arguments`);
    if (!this.#replayed) {
      const start = this.#calls.length;
      this.#calls.push(index, ...values);
      while (this.#calls.length < start + CALL_NUMBERS) this.#calls.push(0);
      return 0;
    }
    const { calls, results } = this.#replayed;
    const at = this.#next * CALL_NUMBERS;
    const isSame = calls[at] === index && values.every((value, i) => Object.is(Number(value), calls[at + 1 + i]));
    if (!isSame) throw new DataDependentCalls();
    return results[this.#next++]!;
  }
}
