// Bytes: views of buffers, concatenation, UTF-8.

import { wrongValue } from './errors.ts';

/** The expected value, in error texts, for a buffer that is read after the call has returned. */
export const BUFFER_HINT = 'a buffer that is not transferred or made smaller';

/**
 * The bytes of an ArrayBuffer or of a view, from any realm, without a copy. Undefined for any other value. Errors:
 * RangeError for a transferred buffer.
 */
export function asBytes(source: unknown, name = 'source'): Uint8Array<ArrayBuffer> | undefined {
  const view = ArrayBuffer.isView(source);
  if (!view && Object.prototype.toString.call(source) !== '[object ArrayBuffer]') return undefined;
  try {
    return view
      ? new Uint8Array(source.buffer as ArrayBuffer, source.byteOffset, source.byteLength)
      : new Uint8Array(source as ArrayBuffer);
  } catch {
    throw wrongValue(name, BUFFER_HINT, source, 'one that is');
  }
}

/** A DataView of the same bytes. */
export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Joins arrays of bytes. */
export function concat(parts: readonly (Uint8Array | readonly number[])[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

// UTF-8 is written out because AudioWorklets, and Jest with jsdom, have no TextEncoder and no TextDecoder.

/** Number of bytes after the first one in the UTF-8 form of a code point. */
function trailingBytes(code: number): number {
  if (code < 0x80) return 0;
  if (code < 0x800) return 1;
  return code < 0x10000 ? 2 : 3;
}

/** Encodes text as UTF-8. An unpaired surrogate becomes U+FFFD, as in TextEncoder. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(3 * text.length);
  let end = 0;
  for (const character of text) {
    let code = character.codePointAt(0)!;
    const surrogate = code >= 0xd800 && code < 0xe000;
    if (surrogate) code = 0xfffd;
    let trailing = trailingBytes(code);
    // The first byte has as many leading ones as the sequence has bytes, if there is more than one.
    const marker = trailing ? -128 >> trailing : 0;
    bytes[end++] = marker | (code >> (6 * trailing));
    while (trailing) bytes[end++] = 128 | ((code >> (6 * --trailing)) & 63);
  }
  return bytes.slice(0, end);
}

/** Decodes UTF-8. A byte order mark is kept. Errors: URIError for bytes that are not UTF-8. */
export function fromUtf8(bytes: Uint8Array): string {
  let text = '';
  // In parts, because every byte is an argument of the call and engines limit their number.
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  // decodeURIComponent is as strict as a TextDecoder with `fatal`.
  return decodeURIComponent(text.replace(/[%\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16)}`));
}
