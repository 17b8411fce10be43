// Arguments of a call, as they go to a worker.

import { wrongType } from '../../core/errors.ts';
import type { ResponseLike, Signal, UrlLike } from '../../core/types.ts';
import { isStream } from './local-objects.ts';
import { classOf, compactView, copyWith, isFixed, KIND, type Token } from './messages.ts';

/** Buffers that their owner gives away with the next call. */
const transferred = new WeakSet<object>();

/**
 * Marks the buffers of a typed array, or of an array of them, to be handed over to the worker with the next call
 * instead of copied, and returns it as it is: `worker.fit(model, transfer(x))`. Behind that call they are empty here
 * (`x.length` is 0), whole buffers, so other views of them are too; and a second call with them fails. Worth it for data
 * that is used once: copying 188 MB, as many as MNIST has in floats, takes as long as a few frames, and as much memory again.
 */
export function transfer<T extends ArrayBufferView | ArrayBuffer | readonly ArrayBufferView[]>(value: T): T {
  for (const item of Array.isArray(value) ? value : [value]) {
    const buffer = ArrayBuffer.isView(item) ? item.buffer : item;
    if (!isFixed(buffer))
      throw wrongType('value', 'typed arrays or an ArrayBuffer, neither shared nor resizable', item);
    transferred.add(buffer);
  }
  return value;
}

/** Where a factory of isthmus has what it makes: the name is enough for the worker. */

const kindName = (factory: object): string | undefined =>
  (factory as { definition?: { type?: string } }).definition?.type;

/** What goes over: the value, what moves with it, and what has to be read first. */
export interface PackedArguments {
  readonly value: unknown;
  readonly moved: Set<ArrayBufferLike>;
  readonly waits: readonly Promise<void>[];
}

/** What a packer knows of its side. */
export interface ReferenceTable {
  /** The number of an object that lives in the worker. Errors: TypeError when it lives in another. */
  idOf(value: object): number | undefined;
  /** Lets the worker use a function, a stream or a signal. */
  add(value: object): number;
}

const isSignal = (value: object): value is Signal => 'aborted' in value && 'addEventListener' in value;

/** Errors: TypeError for an engine, which cannot follow. */
export function packArguments(args: unknown, { idOf, add }: ReferenceTable): PackedArguments {
  const moved = new Set<ArrayBufferLike>();
  const waits: Promise<void>[] = [];
  const response = (source: ResponseLike & object): Token => {
    const token = { [KIND]: 'response', status: source.status, bytes: undefined as ArrayBuffer | undefined };
    const read = source.arrayBuffer().then((bytes) => {
      token.bytes = bytes;
      moved.add(bytes);
    });
    waits.push(read);
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
      // What was given away before is empty, as every array whose buffer is gone.
      const whole = transferred.has(value.buffer) && value.byteLength > 0;
      if (whole) moved.add(value.buffer);
      const own = whole ? value : compactView(value);
      if (own !== value) moved.add(own.buffer);
      return own;
    }
    if (transferred.has(value)) moved.add(value as ArrayBuffer);
    if (tag === 'URL') return { [KIND]: 'url', href: (value as UrlLike).href };
    if (tag === 'Response') return response(value as ResponseLike);
    if (isSignal(value)) return { [KIND]: 'signal', id: add(value), aborted: value.aborted };
    const name = kindName(value);
    if (typeof value === 'function') return name ? { [KIND]: 'factory', name } : { [KIND]: 'function', id: add(value) };
    if (!Array.isArray(value) && isStream(value)) return { [KIND]: 'stream', id: add(value) };
    const { engine } = value as { engine?: unknown };
    if (engine !== undefined) throw wrongType('engine', "nothing, as a worker's models live there", engine);
    return undefined;
  };
  return { value: copyWith(args, replace), moved, waits };
}
