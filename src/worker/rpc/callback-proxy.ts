// In the worker: proxies of functions, streams and signals that live on the page.

import { wrongType } from '../../core/errors.ts';
import type { CallbackAction, Response } from './messages.ts';

/** The placeholder in the worker for value `id`, which was thrown on the page, or for the reason of signal `id`. */
export class ThrownOnPage extends Error {
  readonly id: number;

  constructor(id: number) {
    super('something on the page has thrown');
    this.id = id;
  }
}

export class CallbackProxy {
  #lastId = 0;
  readonly #post: (response: Response) => void;
  readonly #pending = new Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>();
  readonly #signals = new Map<number, AbortController>();

  constructor(post: (response: Response) => void) {
    this.#post = post;
  }

  /** Settles the question `id` with a value, or with the id of what was thrown on the page. */
  answer(id: number, value: unknown, thrown: number | undefined): void {
    const question = this.#pending.get(id);
    this.#pending.delete(id);
    if (thrown === undefined) question?.resolve(value);
    else question?.reject(new ThrownOnPage(thrown));
  }

  /** A signal that follows one of the page until the `cleanups` run. */
  signal(id: number, aborted: boolean, cleanups: (() => void)[]): AbortSignal {
    const controller = new AbortController();
    this.#signals.set(id, controller);
    cleanups.push(() => this.#signals.delete(id));
    if (aborted) controller.abort(new ThrownOnPage(id));
    return controller.signal;
  }

  abort(id: number): void {
    this.#signals.get(id)?.abort(new ThrownOnPage(id));
  }

  /**
   * A function that calls one of the page. Its result is a promise, and an async iterable where the caller expects a stream. All
   * results are added to `pending`, so that an error of the function fails the call of the package even if nobody awaits it.
   */
  function(id: number, pack: (args: unknown) => unknown, pending: Promise<unknown>[]): (...args: unknown[]) => unknown {
    return (...args) => {
      const answer = this.#ask(id, 'call', pack(args) as unknown[]);
      pending.push(answer);
      answer.catch(() => {});
      const chunks = async function* () {
        const stream = await answer;
        if (typeof stream !== 'object' || stream === null || !(Symbol.asyncIterator in stream))
          throw wrongType('x()', 'an iterable of samples', stream);
        yield* stream as AsyncIterable<unknown>;
      };
      return Object.assign(answer, { [Symbol.asyncIterator]: chunks });
    };
  }

  /** An async iterable over a stream of the page. */
  stream(id: number): AsyncIterable<unknown> {
    const step = (action: CallbackAction) => async () =>
      ((await this.#ask(id, action, [])) ?? { done: true, value: undefined }) as IteratorResult<unknown>;
    return { [Symbol.asyncIterator]: () => ({ next: step('next'), return: step('return') }) };
  }

  #ask(target: number, action: CallbackAction, args: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#pending.set(id, { resolve, reject });
      this.#post({ type: 'ask', id, target, action, args });
    });
  }
}
