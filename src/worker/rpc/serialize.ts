// Converts the arguments of a call into a message for the worker.

import { wrongType } from '../../core/errors.ts';
import type { ResponseLike, Signal, UrlLike } from '../../core/types.ts';
import { classOf, compactView, copyWith, isFixed } from './copy.ts';
import { KIND, type Token } from './messages.ts';
import { isStream } from './page-objects.ts';

/** Buffers that `transfer` has marked. */
const marked = new WeakSet<object>();

/**
 * Marks the buffers of a typed array, or of an array of typed arrays: the next call hands them over to the worker instead of
 * copying them. Returns `value` itself: `worker.fit(model, transfer(x))`. After that call `x.length` is 0, and so is the
 * length of every other view of the same buffer; a second call with them fails. Use it for data that is used once: copying
 * 188 MB, the size of MNIST in floats, takes as long as a few frames, and as much memory again.
 *
 * Errors: TypeError for other values, and for shared or resizable buffers.
 *
 * @example
 * ```ts
 * import { denseAutoencoder, spawn, transfer } from 'isthmus/worker';
 *
 * const { autoencoder, terminate } = await spawn();
 * const model = await autoencoder(denseAutoencoder({ input: [16], latent: 4 }), { seed: 1 });
 * const x = new Float32Array(1000 * 16);
 * console.log((await model.encode(transfer(x))).length);
 * console.log(x.length); // the worker has the samples now
 * await terminate();
 * // prints 4000
 * // prints 0
 * ```
 */
export function transfer<T extends ArrayBufferView | ArrayBuffer | readonly ArrayBufferView[]>(value: T): T {
  for (const item of Array.isArray(value) ? value : [value]) {
    const buffer = ArrayBuffer.isView(item) ? item.buffer : item;
    if (!isFixed(buffer))
      throw wrongType('value', 'typed arrays or an ArrayBuffer, neither shared nor resizable', item);
    marked.add(buffer);
  }
  return value;
}

/** The name of a factory of isthmus, which is all that the worker needs of it. */
const factoryName = (factory: object): string | undefined =>
  (factory as { definition?: { type?: string } }).definition?.type;

/** Arguments of a call, as sent. */
export interface PackedArguments {
  readonly value: unknown;
  readonly transferList: Set<ArrayBufferLike>;
  /** Resolve when the bodies of all responses are in `value`. */
  readonly reads: readonly Promise<void>[];
}

/** The ids of objects. */
export interface ReferenceTable {
  /** The id of an object that lives in the worker. Errors: TypeError where it lives in another worker. */
  idOf(value: object): number | undefined;
  /** Adds a function, a stream or a signal of the page, which the worker may use. */
  add(value: object): number;
}

const isSignal = (value: object): value is Signal => 'aborted' in value && 'addEventListener' in value;

/** Errors: TypeError for a model of the page, and for an engine, which cannot be sent. */
export function packArguments(args: unknown, { idOf, add }: ReferenceTable): PackedArguments {
  const transferList = new Set<ArrayBufferLike>();
  const reads: Promise<void>[] = [];
  const response = (source: ResponseLike & object): Token => {
    const token = { [KIND]: 'response', status: source.status, bytes: undefined as ArrayBuffer | undefined };
    const read = source.arrayBuffer().then((bytes) => {
      token.bytes = bytes;
      transferList.add(bytes);
    });
    reads.push(read);
    return token;
  };
  const replace = (value: object): unknown => {
    const tag = classOf(value);
    const id = idOf(value);
    if (id !== undefined) return { [KIND]: 'object', id };
    if (Symbol.for('isthmus.engine') in value) {
      throw wrongType('model', 'a model of this worker (its loadModel takes what saveModel gives)', value);
    }
    if (ArrayBuffer.isView(value)) {
      // A marked view that was sent before is empty, as its buffer is detached.
      const handedOver = marked.has(value.buffer) && value.byteLength > 0;
      if (handedOver) transferList.add(value.buffer);
      const view = handedOver ? value : compactView(value);
      if (view !== value) transferList.add(view.buffer);
      return view;
    }
    if (marked.has(value)) transferList.add(value as ArrayBuffer);
    if (tag === 'URL') return { [KIND]: 'url', href: (value as UrlLike).href };
    if (tag === 'Response') return response(value as ResponseLike);
    if (isSignal(value)) return { [KIND]: 'signal', id: add(value), aborted: value.aborted };
    const name = factoryName(value);
    if (typeof value === 'function') return name ? { [KIND]: 'factory', name } : { [KIND]: 'function', id: add(value) };
    if (!Array.isArray(value) && isStream(value)) return { [KIND]: 'stream', id: add(value) };
    const { engine } = value as { engine?: unknown };
    if (engine !== undefined) throw wrongType('engine', "nothing, as a worker's models live there", engine);
    return undefined;
  };
  return { value: copyWith(args, replace), transferList, reads };
}
