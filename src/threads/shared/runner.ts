// The code of a thread over a shared memory, as text. A worker that starts from text needs no file that a bundler must find.

import { CALL_NUMBERS, runCallsText } from '../calls.ts';
import * as control from './control.ts';

/**
 * Turns of the loop in which a thread looks for the next job before it sleeps. A sleeping thread needs 30 to 60 µs to wake up.
 * The time between two jobs of a training step is 1 to 50 µs.
 */
const SPINS = 4000;

/** The message that starts a thread. */
export interface RunnerMessage {
  /** The memory of the kernels, and the memory of the jobs. */
  readonly memory: WebAssembly.Memory;
  readonly jobs: WebAssembly.Memory;
  /** Bytes of the modules of kernels. Some runtimes cannot send a compiled module. */
  readonly modules: readonly Uint8Array<ArrayBuffer>[];
  /** Names of the kernels in the order of their indices in calls. */
  readonly names: readonly string[];
  /** The share that the thread takes first, so that its caches have the data of the previous job. */
  readonly index: number;
}

/** Runs shares until the number of the job is negative, then waits for the next message. */
export const runnerText = (): string => `"use strict";
const { ${Object.keys(control).join(', ')} } = ${JSON.stringify(control)};
const runCalls = ${runCallsText()};
const { load, store, add, sub, compareExchange, wait } = Atomics;
const pause = Atomics.pause ?? (() => {});
const port = typeof self === 'object' && self.postMessage ? self : process.getBuiltinModule('node:worker_threads').parentPort;
port.onmessage = ({ data: { memory, jobs, modules, names, index } }) => {
  const kernels = {};
  for (const bytes of modules)
    Object.assign(kernels, new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } }).exports);
  const functions = names.map((name) => kernels[name]);
  const words = new Int32Array(jobs.buffer);
  let numbers = new Float64Array(jobs.buffer, CONTROL_BYTES);
  let sequence = 0;
  const nextJob = () => {
    for (let spins = 0; ; ) {
      const next = load(words, SEQUENCE);
      if (next !== sequence) return next;
      if (++spins < ${SPINS}) pause();
      else {
        add(words, SLEEPERS, 1);
        wait(words, SEQUENCE, sequence);
        sub(words, SLEEPERS, 1);
      }
    }
  };
  while ((sequence = nextJob()) > 0) {
    const shares = load(words, SHARES);
    for (let i = 0; i < shares; i++) {
      const at = (FIRST_SHARE + ((index + i) % shares)) * SHARE_WORDS;
      if (compareExchange(words, at + CLAIM, sequence, -sequence) !== sequence) continue;
      try {
        const first = words[at + FIRST_CALL];
        const count = words[at + CALLS];
        if ((first + count) * ${CALL_NUMBERS} > numbers.length) numbers = new Float64Array(jobs.buffer, CONTROL_BYTES);
        runCalls(functions, numbers, first, count, (done) => {
          store(words, at + PROGRESS, done);
          // The calling thread completes this share itself.
          if (load(words, SEQUENCE) !== sequence) throw new Error('closed');
        });
        store(words, at + DONE, sequence);
      } catch (error) {
        store(words, at + DONE, -sequence);
        throw error;
      }
    }
  }
};`;
