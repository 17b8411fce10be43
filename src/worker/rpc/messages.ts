// What passes between a page and its worker. Values are copied as `structuredClone` does; a token stands for what it
// does not know: models, functions, signals, streams, errors of our own.

import { FormatError, UnsupportedError } from '../../core/errors.ts';

/** The key that makes an object a token, and says of which kind. */
export const KIND = 'isthmus:';

export type Token = { readonly [KIND]: string } & Record<string, unknown>;

export const isToken = (value: object): value is Token => KIND in value;

/** To the worker. */
export type Request =
  | { readonly type: 'hello' }
  /** A member of an object, or of the package where `on` is 0. */
  | { readonly type: 'call'; readonly id: number; readonly on: number; readonly name: string; readonly args: unknown }
  /** What a function or a stream of the page gave; or that it threw. */
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown; readonly thrown?: number }
  | { readonly type: 'abort'; readonly id: number }
  /** An object was received `count` times, and is not known any more. */
  | { readonly type: 'release'; readonly id: number; readonly count: number };

/** To the page. */
export type Response =
  | { readonly type: 'ready'; readonly calls: readonly string[] }
  | { readonly type: 'done'; readonly id: number; readonly value: unknown; readonly histories: unknown }
  | { readonly type: 'failed'; readonly id: number; readonly value: unknown; readonly histories: unknown }
  /** Wants a function of the page called, or the next of a stream, or to close it. */
  | {
      readonly type: 'ask';
      readonly id: number;
      readonly local: number;
      readonly how: CallbackAction;
      readonly args: unknown;
    };

export type CallbackAction = 'call' | 'next' | 'return';

/** Whether it is an object as a literal makes it, of whatever realm. */
export function isPlain(value: object): value is Record<string, unknown> {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/**
 * A copy of plain objects and arrays, all the way down, with what `replace` gives in the place of some values; it is told
 * how many levels of objects the value is within. Errors: RangeError for more than 1000: a layer within others takes three
 * for each of its 256 levels at most.
 */
export function copyWith(value: unknown, replace: (value: object, level: number) => unknown, level = 0): unknown {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return value;
  if (level === 1000) throw new RangeError('"arguments" expected at most 1000 levels of objects, got more');
  const copy = (item: unknown): unknown => copyWith(item, replace, level + 1);
  const instead = replace(value, level);
  if (instead !== undefined) return instead;
  if (Array.isArray(value)) return value.map(copy);
  if (typeof value === 'function' || !isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copy(item)]));
}

/** `Uint8Array` of an object of that class, of whatever realm. */
export const classOf = (value: object): string => Object.prototype.toString.call(value).slice(8, -1);

/** Whether a buffer is neither shared nor resizable: others arrive as such in some runtimes, and as copies in others. */
export const isFixed = (buffer: object): boolean =>
  classOf(buffer) === 'ArrayBuffer' && !(buffer as { resizable?: boolean }).resizable;

/** A view that has a buffer of fixed size to itself: a clone of a part would take the whole buffer along. */
export function compactView(view: ArrayBufferView): ArrayBufferView {
  if (view.byteLength && view.byteLength === view.buffer.byteLength && isFixed(view.buffer)) return view;
  const bytes = new Uint8Array(view.byteLength);
  // Nothing is left of a view whose buffer was transferred, and nothing can be made of that.
  if (bytes.length) bytes.set(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  const { BYTES_PER_ELEMENT: unit = 1 } = view as Float32Array;
  const View = view.constructor as new (buffer: ArrayBuffer, offset: number, length: number) => ArrayBufferView;
  return new View(bytes.buffer, 0, view.byteLength / unit);
}

/** An error as a token. Errors: none. */
export function errorToken(error: unknown): Token {
  const { name, message, stack, code, feature } = (error ?? {}) as FormatError & UnsupportedError;
  return { [KIND]: 'error', name, message: message ?? String(error), stack, code, feature };
}

/** The error of a token, of the class that it was. */
export function errorOf(token: Token): Error {
  const { name, message, stack, code, feature } = token as unknown as FormatError & UnsupportedError;
  const Plain = ({ TypeError, RangeError } as Partial<Record<string, ErrorConstructor>>)[name];
  const error =
    name === 'FormatError'
      ? new FormatError(code, message)
      : name === 'UnsupportedError'
        ? Object.assign(new UnsupportedError(feature), { message })
        : Plain
          ? new Plain(message)
          : typeof code === 'number'
            ? new DOMException(message, name)
            : Object.assign(new Error(message), { name });
  // Where it was thrown, which is in the worker.
  if (stack) Object.defineProperty(error, 'stack', { value: stack, configurable: true, writable: true });
  return error;
}
