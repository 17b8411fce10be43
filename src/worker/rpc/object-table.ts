// In the worker: the objects that the page refers to by id, for as long as the page holds them.

import { ThrownOnPage } from './callback-proxy.ts';
import { classOf, compactView, copyWith, isPlain } from './copy.ts';
import { errorToken } from './error-token.ts';
import { KIND, type Token } from './messages.ts';

/** Properties that are fetched when they are read and not copied with the object: `weights` is large, `history` changes. */
const LAZY_PROPERTIES = ['weights', 'history'];

/** Whether a value is a `History`. It keeps its identity, because `resume` takes the very object, and the page may read it too. */
export const isHistory = (value: object): boolean => isPlain(value) && 'stoppedEarly' in value && 'partial' in value;

/** Whether a value has a class that is not of the language or of the platform. */
const isInstance = (value: object): boolean => !isPlain(value) && classOf(value) === 'Object';

/** The members of an object as the page sees them: `values` never change, `lazy` are fetched when they are read. */
function describe(value: object): { values: object; methods: string[]; lazy: string[] } {
  if (isHistory(value)) return { values: { ...value }, methods: [], lazy: [] };
  const methods: string[] = [];
  const values: Record<string, unknown> = { ...value };
  for (const [name, { get, value: member }] of Object.entries(
    Object.getOwnPropertyDescriptors(Object.getPrototypeOf(value)),
  )) {
    if (get && !LAZY_PROPERTIES.includes(name)) values[name] = (value as Record<string, unknown>)[name];
    else if (typeof member === 'function' && name !== 'constructor') methods.push(name);
  }
  return { values, methods, lazy: LAZY_PROPERTIES.filter((name) => name in value) };
}

export class ObjectTable {
  #lastId = 0;
  readonly #entries = new Map<number, { readonly value: object; count: number }>();
  readonly #ids = new WeakMap<object, number>();

  get(id: number): object | undefined {
    return this.#entries.get(id)?.value;
  }

  /** The page has dropped an object. `count`: how often it had received it; newer copies may be on their way. */
  release(id: number, count: number): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    entry.count -= count;
    if (entry.count === 0) this.#entries.delete(id);
  }

  /** The message for a value, and the buffers to transfer, which are detached in the worker. */
  pack(value: unknown): { value: unknown; transferList: Set<ArrayBufferLike> } {
    const transferList = new Set<ArrayBufferLike>();
    return { value: this.#packValue(value, transferList), transferList };
  }

  #packValue(value: unknown, transferList: Set<ArrayBufferLike>): unknown {
    return copyWith(value, (item) => {
      if (item instanceof ThrownOnPage) return { [KIND]: 'thrown', id: item.id };
      if (item instanceof Error || item instanceof DOMException) return errorToken(item);
      if (ArrayBuffer.isView(item)) {
        const view = compactView(item);
        transferList.add(view.buffer);
        return view;
      }
      const { readable, writable } = item as { readable?: ReadableStream; writable?: WritableStream };
      if (readable && writable)
        return { [KIND]: 'streams', reader: this.#add(readable.getReader()), writer: this.#add(writable.getWriter()) };
      if (!isInstance(item) && !isHistory(item)) return undefined;
      const { values, methods, lazy } = describe(item);
      const packed = Object.entries(values).map(([name, part]) => [name, this.#packValue(part, transferList)]);
      return {
        [KIND]: 'object',
        id: this.#add(item),
        values: Object.fromEntries(packed),
        methods,
        lazy,
      } satisfies Token;
    });
  }

  /** The id of an object that is being sent. */
  #add(value: object): number {
    const id = this.#ids.get(value) ?? ++this.#lastId;
    this.#ids.set(value, id);
    const entry = this.#entries.get(id);
    if (entry) entry.count++;
    else this.#entries.set(id, { value, count: 1 });
    return id;
  }
}
