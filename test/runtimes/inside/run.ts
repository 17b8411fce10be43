// Runs inside of a runtime: all suites on the installed package.
import * as isthmus from 'isthmus';
import type { Isthmus } from '../../suites/assert.ts';
import { suites } from '../../suites/index.ts';

export interface Outcome {
  readonly suite: string;
  readonly title: string;
  /** The error; undefined if the test passed. */
  readonly error?: string;
}

/** Runs the test bodies of one suite, or of all, in turn, on the package `over`. */
export async function* run(only?: string, over: Isthmus = isthmus): AsyncGenerator<Outcome> {
  yield* outcomes(only ? { [only]: suites[only]! } : suites, over);
}

/** The outcomes of test bodies that are called with `args`. */
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

/** All outcomes as an array, for a page or a Worker. */
export async function all(only?: string, over?: Isthmus): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for await (const outcome of run(only, over)) outcomes.push(outcome);
  return outcomes;
}
