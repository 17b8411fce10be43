// Calls of kernels as numbers: one thread records them, another thread runs them.

import type { Kernels } from '../wasm/kernels.ts';

/** The number of numbers in a recorded call: the index of the kernel, then its arguments, then zeros. */
export const CALL_NUMBERS = 20;
/** The largest number of arguments of a kernel that can be recorded. */
export const MAX_ARGUMENTS = CALL_NUMBERS - 1;

/** A function that runs a kernel. */
export type KernelFunction = (...values: number[]) => unknown;

/** Kernels that record their calls instead of running. They return undefined, so code that uses the result of a kernel cannot be recorded. */
export interface Recorder {
  readonly kernels: Kernels;
  /** The numbers of the calls since the last call of this method. */
  take(): number[];
}

/** Names of the kernels. The first number of a recorded call is an index in this list. */
export const kernelNames = (kernels: Kernels): string[] =>
  Object.keys(kernels).filter((name) => typeof kernels[name as keyof Kernels] === 'function');

/** A recorder for the kernels with these names. */
export function newRecorder(names: readonly string[]): Recorder {
  let numbers: number[] = [];
  const record =
    (index: number) =>
    (...values: number[]) => {
      if (values.length > MAX_ARGUMENTS) throw new Error(`${names[index]} has more than ${MAX_ARGUMENTS} arguments`);
      const start = numbers.length;
      numbers.push(index, ...values);
      while (numbers.length < start + CALL_NUMBERS) numbers.push(0);
    };
  const kernels = Object.fromEntries(names.map((name, index) => [name, record(index)])) as unknown as Kernels;
  const take = (): number[] => {
    const taken = numbers;
    numbers = [];
    return taken;
  };
  return { kernels, take };
}

/** The text of a function that runs calls. `done` gets the number of calls so far, after each call. */
export const runCallsText = (): string => `(functions, numbers, first, count, done) => {
  for (let i = 0; i < count; ) {
    const at = (first + i) * ${CALL_NUMBERS};
    functions[numbers[at]](${Array.from({ length: MAX_ARGUMENTS }, (_, i) => `numbers[at + ${i + 1}]`).join(', ')});
    done(++i);
  }
}`;
