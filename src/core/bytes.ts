// Blocks of bytes, and text as bytes.

import { wrongValue } from './errors.ts';

/** What values must lie in for as long as they are read. */
export const BUFFER_HINT = 'a buffer that is not transferred or made smaller';

/** The bytes of a buffer or of a view of one, of whatever realm; undefined for anything else. Errors: RangeError for a transferred one. */
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

/** A view for reading numbers in bytes. */
export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Blocks end to end. */
export function concat(parts: readonly (Uint8Array | readonly number[])[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

// By hand: AudioWorklets, and Jest with jsdom, have no TextEncoder and no TextDecoder.

/** Text in UTF-8. A half of a surrogate pair alone becomes U+FFFD, as TextEncoder has it. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(3 * text.length);
  let end = 0;
  for (const character of text) {
    let code = character.codePointAt(0)!;
    if (code >> 11 === 27) code = 0xfffd;
    // Bytes behind the first, of 6 bits each; the store keeps the low 8 bits.
    let behind = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    bytes[end++] = (behind && -128 >> behind) | (code >> (6 * behind));
    while (behind) bytes[end++] = 128 | ((code >> (6 * --behind)) & 63);
  }
  return bytes.slice(0, end);
}

/** The text of UTF-8. A byte order mark is kept. Errors: URIError for bytes that are no UTF-8. */
export function fromUtf8(bytes: Uint8Array): string {
  let text = '';
  // In parts: each byte is an argument of the call.
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  // decodeURIComponent is as strict as a TextDecoder that is `fatal`.
  return decodeURIComponent(text.replace(/[%\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16)}`));
}
