// The option `threads`: how many threads a call may use.

import { wrongType, wrongValue } from './errors.ts';
import type { Check } from './validate.ts';

/** A number of threads, the calling thread included, or `auto`: `threadCount` selects the number. */
export type Threads = 'auto' | number;

/** The largest number of threads. */
const MAX_THREADS = 64;
/** The largest number of threads of `auto`: other tasks of the machine need cores too. */
const MAX_AUTO_THREADS = 8;

/** Checks the option. Errors: TypeError, RangeError. */
export const threads: Check<Threads> = (name, value) => {
  if (value === 'auto') return value;
  const expected = `'auto' or integer 1..${MAX_THREADS}`;
  if (typeof value !== 'number' && typeof value !== 'string') throw wrongType(name, expected, value);
  const inRange = typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_THREADS;
  if (!inRange) throw wrongValue(name, expected, value);
  return value;
};

/** The number of cores that this process may use; 1 where the runtime does not state it. */
function availableCores(): number {
  const { process, navigator } = globalThis as {
    process?: { getBuiltinModule?(name: string): { availableParallelism?(): number } | undefined };
    navigator?: { hardwareConcurrency?: number };
  };
  return process?.getBuiltinModule?.('node:os')?.availableParallelism?.() ?? navigator?.hardwareConcurrency ?? 1;
}

/**
 * The number of threads for an option. `auto` is one thread where the work that is divided at a time has fewer than
 * `minOperations` floating-point operations, else the number of cores, at most 8.
 */
export function threadCount(option: Threads, operations: number, minOperations: number): number {
  if (option !== 'auto') return option;
  return operations < minOperations ? 1 : Math.min(availableCores(), MAX_AUTO_THREADS);
}
