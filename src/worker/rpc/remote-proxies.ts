// On the page: proxies of objects that live in the worker.

import { wrongType } from '../../core/errors.ts';
import type { RemoteCall } from './messages.ts';

/** How often the worker has sent an object. */
interface Counter {
  count: number;
}

/** What to release when a proxy is collected. */
interface Resources {
  /** Ids of objects in the worker. */
  readonly ids: readonly number[];
  readonly counter: Counter;
  /** Ids of the page's objects that the worker could use until then. */
  readonly pageIds: Iterable<number>;
}

/** The token of an object in the worker. `lazy`: names of properties that are fetched when they are read. */
export interface ObjectToken {
  readonly id: number;
  readonly methods: readonly string[];
  readonly lazy: readonly string[];
}

/** The worker of each proxy, and the id of its object there. */
const owners = new WeakMap<object, { readonly proxies: RemoteProxies; readonly id: number }>();

export class RemoteProxies {
  readonly #call: RemoteCall;
  readonly #entries = new Map<number, { readonly proxy: WeakRef<object>; readonly counter: Counter }>();
  readonly #collected: FinalizationRegistry<Resources>;

  /** `release` tells the worker that the page has dropped an object; `dropPageIds` forgets objects of the page. */
  constructor(
    call: RemoteCall,
    release: (id: number, count: number) => void,
    dropPageIds: (ids: Iterable<number>) => void,
  ) {
    this.#call = call;
    this.#collected = new FinalizationRegistry(({ ids, counter, pageIds }) => {
      dropPageIds(pageIds);
      for (const id of ids) {
        // An object that was sent again meanwhile has a new proxy.
        if (!this.#entries.get(id)?.proxy.deref()) this.#entries.delete(id);
        release(id, counter.count);
      }
    });
  }

  /** The id of the object of a proxy; undefined for other values. Errors: TypeError for a proxy of another worker. */
  idOf(value: object): number | undefined {
    const owner = owners.get(value);
    if (owner && owner.proxies !== this) throw wrongType('arguments', 'objects of this worker', "another worker's");
    return owner?.id;
  }

  /**
   * The proxy of an object that the worker has sent: the same one as long as the page holds it. `values` are the properties that
   * never change; the proxy is made of them.
   */
  proxyOf({ id, methods, lazy }: ObjectToken, values: object): object {
    const entry = this.#entries.get(id);
    const existing = entry?.proxy.deref();
    if (entry && existing) {
      entry.counter.count++;
      // Only a history, which is plain data and changes, is not frozen.
      if (!Object.isFrozen(existing)) Object.assign(existing, values);
      return existing;
    }
    const proxy = values;
    for (const name of methods)
      Object.defineProperty(proxy, name, { value: (...args: unknown[]) => this.#call(id, name, args) });
    for (const name of lazy) Object.defineProperty(proxy, name, { get: () => this.#call(id, name, []) });
    if (methods.length) Object.freeze(proxy);
    const counter = { count: 1 };
    owners.set(proxy, { proxies: this, id });
    this.#entries.set(id, { proxy: new WeakRef(proxy), counter });
    this.releaseAfter(proxy, { ids: [id], counter, pageIds: [] });
    return proxy;
  }

  /** Releases resources when `handle` is collected. */
  releaseAfter(handle: object, resources: Resources): void {
    this.#collected.register(handle, resources);
  }
}
