// What runs inside a runtime: all suites, over the package as it is installed there.
import * as isthmus from 'isthmus';
import type { Isthmus } from '../../suites/assert.ts';
import { suites } from '../../suites/index.ts';

export interface Outcome {
  readonly suite: string;
  readonly title: string;
  /** What went wrong; absent where nothing did. */
  readonly error?: string;
}

/** All bodies of one suite, or of all, one after the other; `over` stands for the package. */
export async function* run(only?: string, over: Isthmus = isthmus): AsyncGenerator<Outcome> {
  yield* outcomes(only ? { [only]: suites[only]! } : suites, over);
}

/** What becomes of bodies that are given `args`. */
export async function* outcomes<Args extends readonly unknown[]>(
  list: Readonly<Record<string, Record<string, (...args: Args) => unknown>>>,
  ...args: Args
): AsyncGenerator<Outcome> {
  for (const [suite, bodies] of Object.entries(list)) {
    for (const [title, body] of Object.entries(bodies)) {
      try {
        await body(...args);
        yield { suite, title };
      } catch (error) {
        const { message, stack } = error as Error;
        yield { suite, title, error: stack?.includes(message) ? stack : `${message}\n${stack}` };
      }
    }
  }
}

/** All outcomes at once, for what is asked from outside. */
export async function all(only?: string, over?: Isthmus): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for await (const outcome of run(only, over)) outcomes.push(outcome);
  return outcomes;
}
