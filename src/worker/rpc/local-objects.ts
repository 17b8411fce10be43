// What of the page a worker may use: functions, streams and signals, each under a number; and what they threw, so that a
// call which fails by it rejects with that very value.

import { type CallbackAction, KIND, type Token } from './messages.ts';

type Iterator = { next(): unknown; return?(): unknown };

export class LocalObjects {
  #last = 0;
  readonly #values = new Map<number, unknown>();
  /** Of streams that have begun and not ended. */
  readonly #iterators = new Map<number, Iterator>();

  add(value: unknown): number {
    this.#values.set(++this.#last, value);
    return this.#last;
  }

  get(id: number): unknown {
    return this.#values.get(id);
  }

  /** Forgets what a call could use, and closes the streams that it left open. */
  drop(ids: Iterable<number>): void {
    for (const id of ids) {
      this.#values.delete(id);
      this.#close(id).catch(() => {});
    }
  }

  /** What a function returns, or the next of a stream. Errors: what they throw. */
  async use(id: number, how: CallbackAction, args: readonly unknown[]): Promise<unknown> {
    if (how === 'return') return this.#close(id);
    const value = this.#values.get(id);
    if (how === 'call') return (value as (...args: readonly unknown[]) => unknown)?.(...args);
    const iterable = value as AsyncIterable<unknown> & Iterable<unknown>;
    const begin = iterable[Symbol.asyncIterator] ?? iterable[Symbol.iterator];
    const iterator = this.#iterators.get(id) ?? (begin.call(iterable) as Iterator);
    this.#iterators.set(id, iterator);
    try {
      const result = (await iterator.next()) as IteratorResult<unknown>;
      if (result.done) this.#iterators.delete(id);
      return result;
    } catch (error) {
      this.#iterators.delete(id);
      throw error;
    }
  }

  async #close(id: number): Promise<unknown> {
    const iterator = this.#iterators.get(id);
    this.#iterators.delete(id);
    return iterator?.return?.();
  }
}

/** Whether it gives chunks one after the other. */
export const isStream = (value: object): boolean =>
  Symbol.asyncIterator in value || (Symbol.iterator in value && !ArrayBuffer.isView(value));

/** What a function's result is for the worker: a stream, or something short to be named in an error. */
export function resultOf(value: unknown, add: (value: object) => number): unknown {
  if (typeof value === 'function' || typeof value === 'symbol') return {};
  if (typeof value !== 'object' || value === null) return value;
  return isStream(value) ? ({ [KIND]: 'stream', id: add(value) } satisfies Token) : {};
}
