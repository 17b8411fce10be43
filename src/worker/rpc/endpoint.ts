// The page's end: sends calls to the worker, and answers the calls of the worker.

import type { Signal } from '../../core/types.ts';
import type { WorkerLike } from '../types.ts';
import { copyWith } from './copy.ts';
import { errorFrom } from './error-token.ts';
import { isToken, KIND, type RemoteCall, type Request, type Response, type Token } from './messages.ts';
import { callbackResult, PageObjects } from './page-objects.ts';
import { keepAlive, listen } from './port.ts';
import { type ObjectToken, RemoteProxies } from './remote-proxies.ts';
import { type PackedArguments, packArguments } from './serialize.ts';
import { remoteStreams } from './streams.ts';

interface PendingCall {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** Ids of the page's objects that the worker may use during the call. */
  readonly pageIds: Set<number>;
  /** Run when the call ends. */
  readonly cleanups: (() => void)[];
}

export class Endpoint {
  /** The names of the calls. Resolves when the worker runs. */
  readonly ready: Promise<readonly string[]>;
  readonly #worker: WorkerLike;
  readonly #pageObjects = new PageObjects();
  readonly #calls = new Map<number, PendingCall>();
  readonly #proxies = new RemoteProxies(
    (target, name, args) => this.call(target, name, args),
    (id, count) => this.#post({ type: 'release', id, count }),
    (ids) => this.#pageObjects.drop(ids),
  );
  #lastId = 0;
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

  /** Calls `name` of object `target`, or of the package where `target` is 0. Errors: what the member throws. */
  readonly call: RemoteCall = (target, name, args) =>
    this.#start((id, { pageIds, cleanups }) => {
      const add = (value: object): number => {
        const pageId = this.#pageObjects.add(value);
        pageIds.add(pageId);
        if ('aborted' in value) {
          const signal = value as Signal;
          const forward = (): void => this.#post({ type: 'abort', id: pageId });
          signal.addEventListener('abort', forward);
          cleanups.push(() => signal.removeEventListener('abort', forward));
        }
        return pageId;
      };
      const { value, transferList, reads } = this.#pack(args, add);
      const send = (): void => this.#post({ type: 'call', id, target, name, args: value }, transferList);
      if (reads.length)
        Promise.all(reads)
          .then(send)
          .catch((error) => this.#settle(id, error));
      else send();
    });

  terminate(): void {
    this.#end(new DOMException('the worker was terminated', 'AbortError'));
  }

  /** A promise that settles with `#settle` of the id that `send` gets. */
  #start(send: (id: number, call: PendingCall) => void): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#ended) throw this.#ended;
      const id = ++this.#lastId;
      const call: PendingCall = { resolve, reject, pageIds: new Set(), cleanups: [] };
      this.#calls.set(id, call);
      keepAlive(this.#worker, true);
      try {
        send(id, call);
      } catch (error) {
        this.#settle(id, error);
      }
    });
  }

  /** Rejects a call with `error`, or resolves it with `value`. `keepPageObjects`: streams of the result use them further. */
  #settle(id: number, error: unknown, value?: unknown, keepPageObjects = false): void {
    const call = this.#calls.get(id);
    if (!call) return;
    this.#calls.delete(id);
    if (!keepPageObjects) this.#pageObjects.drop(call.pageIds);
    for (const cleanup of call.cleanups) cleanup();
    keepAlive(this.#worker, this.#calls.size > 0);
    if (error === undefined) call.resolve(value);
    else call.reject(error);
  }

  #end(reason: Error): void {
    this.#ended ??= reason;
    for (const id of [...this.#calls.keys()]) this.#settle(id, this.#ended);
    // A worker that has failed may still be running.
    this.#worker.terminate();
  }

  #post(request: Request, transferList: Iterable<ArrayBufferLike> = []): void {
    try {
      if (!this.#ended) this.#worker.postMessage(request, [...transferList]);
    } catch (error) {
      const { name, message } = error as Error;
      if (name !== 'DataCloneError') throw error;
      throw new TypeError(`"arguments" expected values that can be sent (by structuredClone), got: ${message}`);
    }
  }

  /** `helloId`: the id of the first call, which the message `ready` answers. */
  #receive(message: Response, helloId: number): void {
    if (message.type === 'ready') this.#settle(helloId, undefined, message.calls);
    else if (message.type === 'ask') void this.#answer(message);
    else {
      const pageIds = this.#calls.get(message.id)?.pageIds ?? new Set();
      const { value, hasStreams } = this.#unpack(message.value, pageIds);
      this.#unpack(message.histories, pageIds);
      if (message.type === 'done') this.#settle(message.id, undefined, value, hasStreams);
      else this.#settle(message.id, value ?? new Error('the worker has thrown nothing'));
    }
  }

  /** Uses a function or a stream of the page for the worker. Its results belong to the call that it belongs to. */
  async #answer({ id, target, action, args }: Extract<Response, { type: 'ask' }>): Promise<void> {
    const call = [...this.#calls.values()].find(({ pageIds }) => pageIds.has(target));
    const add = (value: object): number => {
      const pageId = this.#pageObjects.add(value);
      call?.pageIds.add(pageId);
      return pageId;
    };
    try {
      const result = await this.#pageObjects.use(target, action, this.#unpack(args).value as unknown[]);
      const { value, transferList }: Partial<PackedArguments> =
        action === 'call' ? { value: callbackResult(result, add) } : this.#pack(result, add);
      this.#post({ type: 'answer', id, value }, transferList);
    } catch (error) {
      this.#post({ type: 'answer', id, value: undefined, thrown: add(error as object) });
    }
  }

  #pack(values: unknown, add: (value: object) => number): PackedArguments {
    return packArguments(values, { idOf: (value) => this.#proxies.idOf(value), add });
  }

  /** A value of the worker, tokens replaced. `pageIds`: objects of the page that its streams use. */
  #unpack(packed: unknown, pageIds = new Set<number>()): { readonly value: unknown; readonly hasStreams: boolean } {
    let hasStreams = false;
    const replace = (item: object): unknown => {
      if (!isToken(item)) return undefined;
      const { [KIND]: kind, id } = item as Token & { id: number };
      if (kind === 'error') return errorFrom(item);
      if (kind === 'thrown') {
        const thrown = this.#pageObjects.get(id) as Partial<Signal>;
        return thrown?.throwIfAborted ? thrown.reason : thrown;
      }
      if (kind === 'streams') {
        hasStreams = true;
        const { reader, writer } = item as Token & { reader: number; writer: number };
        const { streams, handle } = remoteStreams(this.call, reader, writer);
        this.#proxies.releaseAfter(handle, { ids: [reader, writer], counter: { count: 1 }, pageIds });
        return streams;
      }
      const values = this.#unpack(item.values).value as object;
      return this.#proxies.proxyOf(item as Token & ObjectToken, values);
    };
    return { value: copyWith(packed, replace), hasStreams };
  }
}
