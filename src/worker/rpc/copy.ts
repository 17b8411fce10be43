// Copies of values for messages. They work on values of any realm, so no class is compared.

/** `Uint8Array` for an object of that class. */
export const classOf = (value: object): string => Object.prototype.toString.call(value).slice(8, -1);

/** Whether an object has no class, as an object literal has none. */
export function isPlain(value: object): value is Record<string, unknown> {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/**
 * A deep copy of plain objects and arrays. A value for which `replace` returns something other than undefined is replaced by
 * that. `level` counts the objects and arrays around a value. Errors: RangeError for more than 1000 levels: layers nest at
 * most 256 deep, with three levels each.
 */
export function copyWith(value: unknown, replace: (value: object, level: number) => unknown, level = 0): unknown {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return value;
  if (level === 1000) throw new RangeError('"arguments" expected at most 1000 levels of objects, got more');
  const copy = (item: unknown): unknown => copyWith(item, replace, level + 1);
  const replacement = replace(value, level);
  if (replacement !== undefined) return replacement;
  if (Array.isArray(value)) return value.map(copy);
  if (typeof value === 'function' || !isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copy(item)]));
}

/** Whether a buffer is neither shared nor resizable. Runtimes differ in how they send other buffers. */
export const isFixed = (buffer: object): boolean =>
  classOf(buffer) === 'ArrayBuffer' && !(buffer as { resizable?: boolean }).resizable;

/**
 * A view that covers all of a buffer of fixed size: the view itself, or a copy. A view of a part of a buffer cannot be sent as it
 * is, because `structuredClone` copies the entire buffer.
 */
export function compactView(view: ArrayBufferView): ArrayBufferView {
  if (view.byteLength && view.byteLength === view.buffer.byteLength && isFixed(view.buffer)) return view;
  const bytes = new Uint8Array(view.byteLength);
  // A view of a transferred buffer is empty, and `new Uint8Array` of that buffer would throw.
  if (bytes.length) bytes.set(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  const { BYTES_PER_ELEMENT: unit = 1 } = view as Float32Array;
  const View = view.constructor as new (buffer: ArrayBuffer, offset: number, length: number) => ArrayBufferView;
  return new View(bytes.buffer, 0, view.byteLength / unit);
}
