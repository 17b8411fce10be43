// The objects of the page that the worker may use, by id: functions, streams and signals. And the values that these have thrown: a
// call that fails because of one rejects with that very value.

import { type CallbackAction, KIND, type Token } from './messages.ts';

type Iterator = { next(): unknown; return?(): unknown };

export class PageObjects {
  #lastId = 0;
  readonly #values = new Map<number, unknown>();
  /** Iterators of the streams that have started and not ended. */
  readonly #iterators = new Map<number, Iterator>();

  /** Returns the id of a value. */
  add(value: unknown): number {
    this.#values.set(++this.#lastId, value);
    return this.#lastId;
  }

  get(id: number): unknown {
    return this.#values.get(id);
  }

  /** Forgets the objects that a call could use, and closes its open streams. */
  drop(ids: Iterable<number>): void {
    for (const id of ids) {
      this.#values.delete(id);
      this.#close(id).catch(() => {});
    }
  }

  /** The result of a function, or the next result of a stream. Errors: what the function or the stream throws. */
  async use(id: number, action: CallbackAction, args: readonly unknown[]): Promise<unknown> {
    if (action === 'return') return this.#close(id);
    const value = this.#values.get(id);
    if (action === 'call') return (value as (...args: readonly unknown[]) => unknown)?.(...args);
    const iterable = value as AsyncIterable<unknown> & Iterable<unknown>;
    const start = iterable[Symbol.asyncIterator] ?? iterable[Symbol.iterator];
    const iterator = this.#iterators.get(id) ?? (start.call(iterable) as Iterator);
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

/** Whether a value is an iterable of chunks. */
export const isStream = (value: object): boolean =>
  Symbol.asyncIterator in value || (Symbol.iterator in value && !ArrayBuffer.isView(value));

/** The result of a function as the worker gets it: a primitive value, a stream, or `{}` for what an error only has to name. */
export function callbackResult(value: unknown, add: (value: object) => number): unknown {
  if (typeof value === 'function' || typeof value === 'symbol') return {};
  if (typeof value !== 'object' || value === null) return value;
  return isStream(value) ? ({ [KIND]: 'stream', id: add(value) } satisfies Token) : {};
}
