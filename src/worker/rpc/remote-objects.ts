// What lives in the worker and is known to the page by a number, for as long as the page holds it.

import { compactView, copyWith, errorToken, isPlain, KIND, type Token } from './messages.ts';

/** Looked at by name, and not when the object is sent: they cost something, or change. */
const LAZY_PROPERTIES = ['weights', 'history'];

/** The page must give back this very object to go on with it, and may read it meanwhile. */
export const isHistory = (value: object): boolean => isPlain(value) && 'stoppedEarly' in value && 'partial' in value;

/** An object of a class, and not one of the language or of the platform. */
const isInstance = (value: object): boolean =>
  !isPlain(value) && Object.prototype.toString.call(value) === '[object Object]';

/** What the page sees of an object: values that do not change, and the names of the rest. */
function describe(value: object): { values: object; methods: string[]; later: string[] } {
  if (isHistory(value)) return { values: { ...value }, methods: [], later: [] };
  const methods: string[] = [];
  const values: Record<string, unknown> = { ...value };
  for (const [name, { get, value: member }] of Object.entries(
    Object.getOwnPropertyDescriptors(Object.getPrototypeOf(value)),
  )) {
    if (get && !LAZY_PROPERTIES.includes(name)) values[name] = (value as Record<string, unknown>)[name];
    else if (typeof member === 'function' && name !== 'constructor') methods.push(name);
  }
  return { values, methods, later: LAZY_PROPERTIES.filter((name) => name in value) };
}

/** A reason of the page, for what went wrong there. */
export class Thrown extends Error {
  readonly id: number;

  constructor(id: number) {
    super('something on the page has thrown');
    this.id = id;
  }
}

export class ObjectTable {
  #last = 0;
  readonly #known = new Map<number, { readonly value: object; count: number }>();
  readonly #ids = new WeakMap<object, number>();

  get(id: number): object | undefined {
    return this.#known.get(id)?.value;
  }

  /** The page no longer knows an object that it was sent `count` times. */
  release(id: number, count: number): void {
    const known = this.#known.get(id);
    if (!known) return;
    known.count -= count;
    if (known.count === 0) this.#known.delete(id);
  }

  /** An answer as it is sent, and the buffers that move with it: all are the page's from then on. */
  pack(value: unknown): { value: unknown; moved: Set<ArrayBufferLike> } {
    const moved = new Set<ArrayBufferLike>();
    return { value: this.#packed(value, moved), moved };
  }

  #packed(value: unknown, moved: Set<ArrayBufferLike>): unknown {
    return copyWith(value, (item) => {
      if (item instanceof Thrown) return { [KIND]: 'thrown', id: item.id };
      if (item instanceof Error || item instanceof DOMException) return errorToken(item);
      if (ArrayBuffer.isView(item)) {
        const own = compactView(item);
        moved.add(own.buffer);
        return own;
      }
      const { readable, writable } = item as { readable?: ReadableStream; writable?: WritableStream };
      if (readable && writable)
        return { [KIND]: 'streams', read: this.#add(readable.getReader()), write: this.#add(writable.getWriter()) };
      if (!isInstance(item) && !isHistory(item)) return undefined;
      const { values, methods, later } = describe(item);
      const sent = Object.entries(values).map(([name, part]) => [name, this.#packed(part, moved)]);
      return {
        [KIND]: 'object',
        id: this.#add(item),
        values: Object.fromEntries(sent),
        methods,
        later,
      } satisfies Token;
    });
  }

  #add(value: object): number {
    const id = this.#ids.get(value) ?? ++this.#last;
    this.#ids.set(value, id);
    const known = this.#known.get(id);
    if (known) known.count++;
    else this.#known.set(id, { value, count: 1 });
    return id;
  }
}
