// Threads over one shared memory, and the jobs that they do with the calling thread.
//
// The calling thread posts a job, runs the first share, then every share that no other thread has taken, and waits for the rest. It
// never sleeps, because the main thread of a page must not sleep. A thread that starts late, sleeps, or has ended does not stop a job,
// unless it is in the middle of a share: then the calling thread ends all threads and completes their shares.

import { CALL_NUMBERS, type KernelFunction } from '../calls.ts';
import {
  CALLS,
  CLAIM,
  CONTROL_BYTES,
  DONE,
  FIRST_CALL,
  FIRST_SHARE,
  PROGRESS,
  SEQUENCE,
  SHARE_WORDS,
  SHARES,
  SLEEPERS,
} from './control.ts';
import { type Runner, releaseRunner, takeRunner } from './idle-workers.ts';
import type { RunnerMessage } from './runner.ts';

const PAGE = 65536;
/** Maximum of the memory of jobs: 64 MB are half a million calls. */
const MAX_JOB_PAGES = 1024;
/** A thread counts as ended after this many ms without progress, or this multiple of the time of the caller's shares if that is longer. */
const STALL_MILLISECONDS = 500;
const STALL_RATIO = 10;
/** Turns of the waiting loop between two readings of the clock: about 50 µs. */
const SPINS_PER_LOOK = 1000;

/** Calls of one thread. */
export interface Share {
  /** Index of the first call in the memory of jobs, and number of calls. */
  readonly first: number;
  readonly count: number;
}

export interface Job {
  readonly shares: readonly Share[];
  /**
   * Indices of the kernels that change their input. After a thread has ended, a share with such calls continues from its last completed
   * call. Before such a call, the share copies the blocks that the call changes, or the call changes the copy of a block. Default: no such
   * kernels; any share can run again from its start.
   */
  readonly inPlace?: ReadonlySet<number>;
}

/** The memory of the kernels, and the kernels on it, by the indices of recorded calls. */
export interface TeamKernels {
  readonly memory: WebAssembly.Memory;
  readonly modules: readonly Uint8Array<ArrayBuffer>[];
  readonly names: readonly string[];
  readonly functions: readonly KernelFunction[];
}

const pause = (): void => (Atomics as { pause?(): void }).pause?.();
/** The first word of a share. */
const wordsOf = (share: number): number => (FIRST_SHARE + share) * SHARE_WORDS;

export class Team {
  /** Threads, the calling one included. */
  readonly threads: number;
  readonly #kernels: TeamKernels;
  readonly #jobs = new WebAssembly.Memory({ initial: 1, maximum: MAX_JOB_PAGES, shared: true });
  readonly #words = new Int32Array(this.#jobs.buffer);
  #numbers = new Float64Array(this.#jobs.buffer, CONTROL_BYTES);
  readonly #workers = new Set<Runner>();
  /** Whether jobs are posted; false while one thread is measured, or is faster. */
  isEnabled = true;
  /** Whether a worker has taken a share. */
  hasJoined = false;
  #sequence = 0;
  #calls = 0;

  /** Starts `threads` - 1 workers. They join when they are ready. `refused`: called when a worker cannot start or has failed. */
  constructor(threads: number, kernels: TeamKernels, refused: (reason: string) => void) {
    this.threads = threads;
    this.#kernels = kernels;
    const { memory, modules, names } = kernels;
    for (let index = 1; index < threads; index++) {
      const worker = takeRunner((reason) => {
        if (this.#workers.delete(worker!)) refused(reason);
      });
      if (!worker) {
        refused('the runtime starts no worker');
        break;
      }
      this.#workers.add(worker);
      try {
        const message: RunnerMessage = { memory, jobs: this.#jobs, modules, names, index };
        worker.post(message);
      } catch (error) {
        // A runtime that does not share memory with workers.
        this.close();
        refused((error as Error).message);
        break;
      }
    }
  }

  /** Whether a worker may take shares. */
  get isActive(): boolean {
    return this.isEnabled && this.#workers.size > 0;
  }

  /** Stores recorded calls until the team ends. Undefined where the memory of jobs is full. */
  store(numbers: readonly number[]): Share | undefined {
    const first = this.#calls;
    const count = numbers.length / CALL_NUMBERS;
    const end = CONTROL_BYTES + (first + count) * CALL_NUMBERS * 8;
    const missing = end - this.#jobs.buffer.byteLength;
    if (missing > 0) {
      try {
        this.#jobs.grow(Math.ceil(missing / PAGE));
      } catch {
        return undefined;
      }
      this.#numbers = new Float64Array(this.#jobs.buffer, CONTROL_BYTES);
    }
    this.#numbers.set(numbers, first * CALL_NUMBERS);
    this.#calls += count;
    return { first, count };
  }

  /** The numbers of a share's calls, to change arguments while no job runs. */
  numbersOf({ first, count }: Share): Float64Array {
    return this.#numbers.subarray(first * CALL_NUMBERS, (first + count) * CALL_NUMBERS);
  }

  /** Runs all shares of a job. */
  run({ shares, inPlace }: Job): void {
    const words = this.#words;
    const sequence = ++this.#sequence;
    for (let i = 0; i < shares.length; i++) {
      const at = wordsOf(i);
      const { first, count } = shares[i]!;
      words[at + FIRST_CALL] = first;
      words[at + CALLS] = count;
      Atomics.store(words, at + PROGRESS, 0);
      Atomics.store(words, at + CLAIM, sequence);
    }
    Atomics.store(words, SHARES, shares.length);
    Atomics.store(words, SEQUENCE, sequence);
    if (Atomics.load(words, SLEEPERS) > 0) Atomics.notify(words, SEQUENCE);
    const begin = performance.now();
    for (let i = 0; i < shares.length; i++) {
      if (Atomics.compareExchange(words, wordsOf(i) + CLAIM, sequence, -sequence) !== sequence) {
        this.hasJoined = true;
        continue;
      }
      this.#runCalls(shares[i]!, 0);
      Atomics.store(words, wordsOf(i) + DONE, sequence);
    }
    const stall = Math.max(STALL_MILLISECONDS, STALL_RATIO * (performance.now() - begin));
    for (let i = 0; i < shares.length; i++) {
      if (this.#isDone(i, sequence, stall)) continue;
      // No thread may write while, or after, its share is completed here.
      this.close();
      for (let j = i; j < shares.length; j++)
        if (Atomics.load(words, wordsOf(j) + DONE) !== sequence) this.#complete(j, shares[j]!, inPlace);
      return;
    }
  }

  /** Waits for a share. False when its thread has failed or makes no progress. */
  #isDone(share: number, sequence: number, stall: number): boolean {
    const words = this.#words;
    const at = wordsOf(share);
    let spins = 0;
    let progress = -1;
    let since = 0;
    for (;;) {
      const done = Atomics.load(words, at + DONE);
      if (done === sequence) return true;
      if (done === -sequence) return false;
      pause();
      if (++spins % SPINS_PER_LOOK) continue;
      const current = Atomics.load(words, at + PROGRESS);
      const time = performance.now();
      if (current !== progress) {
        progress = current;
        since = time;
      } else if (time - since > stall) return false;
    }
  }

  /** Completes a share whose thread has ended. */
  #complete(index: number, share: Share, inPlace: ReadonlySet<number> | undefined): void {
    const { first, count } = share;
    const progress = inPlace ? Atomics.load(this.#words, wordsOf(index) + PROGRESS) : 0;
    const kernelOf = (call: number): number => this.#numbers[(first + call) * CALL_NUMBERS]!;
    if (inPlace && progress < count && inPlace.has(kernelOf(progress))) {
      // The call may have changed a part of its blocks. A changed block is restored from its copy. A changed copy is restored from its
      // block.
      const [, worksOn] = this.#numbers.subarray((first + progress) * CALL_NUMBERS);
      for (let call = progress - 1; call >= 0 && !inPlace.has(kernelOf(call)); call--) {
        const at = (first + call) * CALL_NUMBERS;
        const [copy, to, from, n] = this.#numbers.subarray(at, at + 4) as unknown as [number, number, number, number];
        if (to === worksOn) this.#kernels.functions[copy]!(to, from, n);
        else this.#kernels.functions[copy]!(from, to, n);
      }
    }
    this.#runCalls(share, progress);
  }

  #runCalls({ first, count }: Share, from: number): void {
    const { functions } = this.#kernels;
    const n = this.#numbers;
    for (let call = first + from; call < first + count; call++) {
      const a = call * CALL_NUMBERS;
      functions[n[a]!]!(
        n[a + 1]!,
        n[a + 2]!,
        n[a + 3]!,
        n[a + 4]!,
        n[a + 5]!,
        n[a + 6]!,
        n[a + 7]!,
        n[a + 8]!,
        n[a + 9]!,
        n[a + 10]!,
        n[a + 11]!,
        n[a + 12]!,
        n[a + 13]!,
        n[a + 14]!,
        n[a + 15]!,
        n[a + 16]!,
        n[a + 17]!,
        n[a + 18]!,
        n[a + 19]!,
      );
    }
  }

  /** Ends all threads, also in the middle of a share. Afterwards the calling thread runs jobs alone. */
  close(): void {
    this.#stop((worker) => worker.terminate());
  }

  /** Ends the team between two jobs. Its workers can join another team. */
  release(): void {
    this.#stop(releaseRunner);
  }

  #stop(leave: (worker: Runner) => unknown): void {
    Atomics.store(this.#words, SEQUENCE, -1);
    Atomics.notify(this.#words, SEQUENCE);
    for (const worker of this.#workers) leave(worker);
    this.#workers.clear();
  }
}
