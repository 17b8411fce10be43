// The page's side: calls under way, objects that live in the worker, and what the worker asks of the page.

import { wrongType } from '../../core/errors.ts';
import type { Signal } from '../../core/types.ts';
import type { WorkerLike } from '../types.ts';
import { LocalObjects, resultOf } from './local-objects.ts';
import { copyWith, errorOf, isToken, KIND, type Request, type Response, type Token } from './messages.ts';
import { keepAlive, listen } from './port.ts';
import { type PackedArguments, packArguments } from './serialize.ts';
import { remoteStreams } from './streams.ts';

interface PendingCall {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** What the worker may use until it is done. */
  readonly locals: Set<number>;
  /** What is to be undone then. */
  readonly undo: (() => void)[];
}

/** An object of the worker, and how often it came. */
interface RemoteObject {
  readonly object: WeakRef<object>;
  readonly counter: { count: number };
}

/** Which worker an object lives in, and its number there. */
const owners = new WeakMap<object, { readonly connection: Endpoint; readonly id: number }>();

export class Endpoint {
  /** The names of the calls, once the worker runs. */
  readonly ready: Promise<readonly string[]>;
  readonly #worker: WorkerLike;
  readonly #locals = new LocalObjects();
  readonly #calls = new Map<number, PendingCall>();
  readonly #objects = new Map<number, RemoteObject>();
  /** Tells the worker of objects that nobody holds here any more. */
  readonly #dropped = new FinalizationRegistry<{
    ids: readonly number[];
    counter: { count: number };
    locals: Iterable<number>;
  }>(({ ids, counter: { count }, locals }) => {
    this.#locals.drop(locals);
    for (const id of ids) {
      if (!this.#objects.get(id)?.object.deref()) this.#objects.delete(id);
      this.#post({ type: 'release', id, count });
    }
  });
  #last = 0;
  #ended: Error | undefined;

  constructor(worker: WorkerLike) {
    this.#worker = worker;
    this.ready = this.#start((id) => {
      listen(
        worker,
        (data) => this.#receive(data as Response, id),
        (message) => this.#end(new Error(`the worker has failed: ${message}`)),
      );
      this.#post({ type: 'hello' });
    }) as Promise<readonly string[]>;
  }

  /** Calls `name` of an object, or of the package. Errors: what it throws. */
  call(on: number, name: string, args: readonly unknown[]): Promise<unknown> {
    return this.#start((id, { locals, undo }) => {
      const add = (value: object): number => {
        const local = this.#locals.add(value);
        locals.add(local);
        if ('aborted' in value) undo.push(this.#follow(value as Signal, local));
        return local;
      };
      const { value, moved, waits } = packArguments(args, { idOf: this.#idOf, add });
      const send = (): void => this.#post({ type: 'call', id, on, name, args: value }, moved);
      if (waits.length)
        Promise.all(waits)
          .then(send)
          .catch((error) => this.#settle(id, error));
      else send();
    });
  }

  terminate(): void {
    this.#end(new DOMException('the worker was terminated', 'AbortError'));
  }

  /** A call under a number of its own, begun by `begin`. */
  #start(begin: (id: number, call: PendingCall) => void): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#ended) throw this.#ended;
      const id = ++this.#last;
      const call: PendingCall = { resolve, reject, locals: new Set(), undo: [] };
      this.#calls.set(id, call);
      keepAlive(this.#worker, true);
      try {
        begin(id, call);
      } catch (error) {
        this.#settle(id, error);
      }
    });
  }

  /** Ends a call with an error, or with `value`; `kept`: something of the page is in use beyond it. */
  #settle(id: number, error: unknown, value?: unknown, kept = false): void {
    const call = this.#calls.get(id);
    if (!call) return;
    this.#calls.delete(id);
    if (!kept) this.#locals.drop(call.locals);
    for (const undo of call.undo) undo();
    keepAlive(this.#worker, this.#calls.size > 0);
    if (error === undefined) call.resolve(value);
    else call.reject(error);
  }

  #end(reason: Error): void {
    this.#ended ??= reason;
    for (const id of [...this.#calls.keys()]) this.#settle(id, this.#ended);
    // Also one that has failed: it may go on running.
    this.#worker.terminate();
  }

  #post(request: Request, moved: Iterable<ArrayBufferLike> = []): void {
    try {
      if (!this.#ended) this.#worker.postMessage(request, [...moved]);
    } catch (error) {
      const { name, message } = error as Error;
      if (name !== 'DataCloneError') throw error;
      throw new TypeError(`"arguments" expected values that can be sent (by structuredClone), got: ${message}`);
    }
  }

  #receive(message: Response, first: number): void {
    if (message.type === 'ready') this.#settle(first, undefined, message.calls);
    else if (message.type === 'ask') void this.#answer(message);
    else {
      const locals = this.#calls.get(message.id)?.locals ?? new Set();
      const { value, kept } = this.#unpack(message.value, locals);
      this.#unpack(message.histories, locals);
      if (message.type === 'done') this.#settle(message.id, undefined, value, kept);
      else this.#settle(message.id, value ?? new Error('the worker has thrown nothing'));
    }
  }

  /** Uses a function or a stream of the page for the worker. */
  async #answer({ id, local, how, args }: Extract<Response, { type: 'ask' }>): Promise<void> {
    const owner = [...this.#calls.values()].find(({ locals }) => locals.has(local));
    const add = (value: object): number => {
      const added = this.#locals.add(value);
      owner?.locals.add(added);
      return added;
    };
    try {
      const found = await this.#locals.use(local, how, this.#unpack(args, new Set()).value as unknown[]);
      const { value, moved }: Partial<PackedArguments> =
        how === 'call' ? { value: resultOf(found, add) } : packArguments(found, { idOf: this.#idOf, add });
      this.#post({ type: 'answer', id, value }, moved);
    } catch (error) {
      this.#post({ type: 'answer', id, value: undefined, thrown: add(error as object) });
    }
  }

  /** Tells the worker when a signal is aborted, until it is undone. */
  #follow(signal: Signal, id: number): () => void {
    const tell = (): void => this.#post({ type: 'abort', id });
    signal.addEventListener('abort', tell);
    return () => signal.removeEventListener('abort', tell);
  }

  /** The number of an object of the worker. Errors: TypeError for one of another worker. */
  readonly #idOf = (value: object): number | undefined => {
    const home = owners.get(value);
    if (home && home.connection !== this) throw wrongType('arguments', 'objects of this worker', "another worker's");
    return home?.id;
  };

  /** What the worker sent, with objects for tokens. */
  #unpack(sent: unknown, locals: Set<number>): { readonly value: unknown; readonly kept: boolean } {
    let kept = false;
    const replace = (value: object): unknown => {
      if (!isToken(value)) return undefined;
      const { [KIND]: kind, id } = value as Token & { id: number };
      if (kind === 'error') return errorOf(value);
      if (kind === 'thrown') {
        const thrown = this.#locals.get(id);
        return (thrown as Partial<Signal>)?.throwIfAborted ? (thrown as Signal).reason : thrown;
      }
      if (kind === 'streams') {
        kept = true;
        const { read, write } = value as Token & { read: number; write: number };
        const { streams, held } = remoteStreams(this, read, write);
        this.#dropped.register(held, { ids: [read, write], counter: { count: 1 }, locals });
        return streams;
      }
      return this.#object(value, id);
    };
    return { value: copyWith(sent, replace), kept };
  }

  /** The object that stands for one of the worker: the same as long as somebody holds it. */
  #object(token: Token, id: number): object {
    const { values, methods, later } = token as unknown as Record<'methods' | 'later', string[]> & { values: object };
    const known = this.#objects.get(id);
    const own = this.#unpack(values, new Set()).value as object;
    const there = known?.object.deref();
    if (known && there) {
      known.counter.count++;
      // A history, which is plain data and goes on.
      if (!Object.isFrozen(there)) Object.assign(there, own);
      return there;
    }
    const object: object = own;
    for (const name of methods)
      Object.defineProperty(object, name, { value: (...args: unknown[]) => this.call(id, name, args) });
    for (const name of later) Object.defineProperty(object, name, { get: () => this.call(id, name, []) });
    if (methods.length) Object.freeze(object);
    const counter = { count: 1 };
    owners.set(object, { connection: this, id });
    this.#objects.set(id, { object: new WeakRef(object), counter });
    this.#dropped.register(object, { ids: [id], counter, locals: [] });
    return object;
  }
}
