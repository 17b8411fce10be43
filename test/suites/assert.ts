// Assertions and sample data of the suites. They need no library and run in every runtime.

import { symmetricFromSeed } from '../../tools/linear-congruential.ts';

export function ok(value: unknown, message: string): asserts value {
  if (!value) throw new Error(message);
}

export function equal(actual: unknown, expected: unknown, message = 'values'): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  ok(Object.is(actual, expected) || (typeof actual === 'object' && a === b), `${message}: expected ${b}, got ${a}`);
}

/** The same bits; of two arrays, the first place where they differ is named. */
export function sameBits(actual: ArrayLike<number>, expected: ArrayLike<number>, message = 'arrays'): void {
  equal(actual.length, expected.length, `${message}: length`);
  for (let i = 0; i < actual.length; i++) {
    if (!Object.is(actual[i], expected[i]))
      throw new Error(`${message}[${i}]: expected ${expected[i]}, got ${actual[i]}`);
  }
}

/** |actual - expected| <= tolerance · max(1, |expected|), value by value. */
export function close(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  message = 'arrays',
): void {
  equal(actual.length, expected.length, `${message}: length`);
  for (let i = 0; i < actual.length; i++) {
    const [a, b] = [actual[i]!, expected[i]!];
    ok(
      Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b)),
      `${message}[${i}]: expected ${b} ± ${tolerance}, got ${a}`,
    );
  }
}

/** Runs `action`, which must fail with an error of that name whose message matches. Returns the error. */
export async function fails(action: () => unknown, name: string, message: RegExp): Promise<Error> {
  let error: Error | undefined;
  try {
    await action();
  } catch (caught) {
    error = caught as Error;
  }
  ok(error, `expected ${name} ${message}, got no error`);
  ok(error.name === name, `expected ${name}, got ${error.name}: ${error.message}`);
  ok(message.test(error.message), `expected a message like ${message}, got "${error.message}"`);
  return error;
}

/** The warnings that `action` causes, in order; they are not printed, and `console.warn` is itself again afterwards. */
export async function warnings(action: () => unknown): Promise<string[]> {
  const { warn } = console;
  const said: string[] = [];
  console.warn = (message: string) => said.push(message);
  try {
    await action();
  } finally {
    console.warn = warn;
  }
  return said;
}

/** Numbers in (-1, 1), the same on every runtime: a linear congruential generator. */
export function numbers(count: number, seed = 1): Float32Array<ArrayBuffer> {
  const next = symmetricFromSeed(seed);
  return Float32Array.from({ length: count }, next);
}

/** n samples of `size` values in 0..1 that lie near a two-dimensional sheet: data that a small model can learn. */
export function sheetSamples(n: number, size: number, seed = 1): Float32Array<ArrayBuffer> {
  const out = new Float32Array(n * size);
  const place = numbers(n * 2, seed);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < size; j++) {
      const v = place[2 * i]! * (j / size - 0.5) + place[2 * i + 1]! * ((j % 5) / 5 - 0.4);
      out[i * size + j] = 0.5 + 0.5 * Math.max(-1, Math.min(1, v));
    }
  }
  return out;
}

export type Isthmus = typeof import('isthmus');
/** Test bodies by title. Each gets the public API and uses nothing of a particular runtime. */
export type Suite = Record<string, (isthmus: Isthmus) => unknown>;
