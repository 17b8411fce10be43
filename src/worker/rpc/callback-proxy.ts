// The worker's side of what lives on the page: functions and streams that ask for it, signals that hear of it.

import { wrongType } from '../../core/errors.ts';
import type { CallbackAction, Response } from './messages.ts';
import { Thrown } from './remote-objects.ts';

type Ask = (local: number, how: CallbackAction, args: readonly unknown[]) => Promise<unknown>;

export class CallbackProxy {
  #last = 0;
  readonly #post: (response: Response) => void;
  readonly #pending = new Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>();
  readonly #signals = new Map<number, AbortController>();

  constructor(post: (response: Response) => void) {
    this.#post = post;
  }

  answer(id: number, value: unknown, thrown: number | undefined): void {
    const asked = this.#pending.get(id);
    this.#pending.delete(id);
    if (thrown === undefined) asked?.resolve(value);
    else asked?.reject(new Thrown(thrown));
  }

  /** A signal that is aborted with a reason that is the page's. */
  signal(id: number, aborted: boolean, until: (() => void)[]): AbortSignal {
    const controller = new AbortController();
    this.#signals.set(id, controller);
    until.push(() => this.#signals.delete(id));
    if (aborted) controller.abort(new Thrown(id));
    return controller.signal;
  }

  abort(id: number): void {
    this.#signals.get(id)?.abort(new Thrown(id));
  }

  /**
   * A function that has one of the page called. Where a stream is expected of it, its answer can be read at once; what
   * it throws fails the call it belongs to, even if nobody waits for it: `pending` has all its answers.
   */
  function(id: number, pack: (args: unknown) => unknown, pending: Promise<unknown>[]): (...args: unknown[]) => unknown {
    return (...args) => {
      const answer = this.#ask(id, 'call', pack(args) as unknown[]);
      pending.push(answer);
      answer.catch(() => {});
      const chunks = async function* () {
        const found = await answer;
        if (typeof found !== 'object' || found === null || !(Symbol.asyncIterator in found))
          throw wrongType('x()', 'an iterable of samples', found);
        yield* found as AsyncIterable<unknown>;
      };
      return Object.assign(answer, { [Symbol.asyncIterator]: chunks });
    };
  }

  /** A stream of the page's. */
  stream(id: number): AsyncIterable<unknown> {
    const next = (how: CallbackAction) => async () =>
      ((await this.#ask(id, how, [])) ?? { done: true, value: undefined }) as IteratorResult<unknown>;
    return { [Symbol.asyncIterator]: () => ({ next: next('next'), return: next('return') }) };
  }

  readonly #ask: Ask = (local, how, args) =>
    new Promise((resolve, reject) => {
      const id = ++this.#last;
      this.#pending.set(id, { resolve, reject });
      this.#post({ type: 'ask', id, local, how, args });
    });
}
