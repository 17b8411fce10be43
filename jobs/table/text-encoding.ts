// Bytes of a text file to text and back, byte for byte.

import { FormatError } from 'isthmus';

/** How a text was stored as bytes. */
export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/** A text and the form of its bytes. */
export interface DecodedText {
  readonly text: string;
  readonly encoding: TextEncoding;
  /** The bytes began with a byte-order mark, which is not part of `text`. */
  readonly byteOrderMark: boolean;
}

const BYTE_ORDER_MARK = '\ufeff';

/** Characters of the bytes 0x80 to 0x9f in windows-1252. All other bytes are their own code points. */
const windowsCharacters =
  '\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178';

const windowsBytes = new Map(Array.from(windowsCharacters, (character, i) => [character.charCodeAt(0), 0x80 + i]));

function decodeWindows(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let start = 0; start < bytes.length; start += 8192) {
    const codes = Array.from(bytes.subarray(start, start + 8192), (byte) =>
      byte >= 0x80 && byte < 0xa0 ? windowsCharacters.charCodeAt(byte - 0x80) : byte,
    );
    parts.push(String.fromCharCode(...codes));
  }
  return parts.join('');
}

/** UTF-16 without a byte-order mark: among the first characters, one byte of each pair is 0. */
function guessUtf16(bytes: Uint8Array): TextEncoding | undefined {
  const pairs = Math.min(64, bytes.length >> 1);
  if (pairs === 0 || bytes.length % 2) return undefined;
  let lowZeros = 0;
  let highZeros = 0;
  for (let i = 0; i < pairs; i++) {
    if (bytes[2 * i] === 0) lowZeros++;
    if (bytes[2 * i + 1] === 0) highZeros++;
  }
  if (highZeros > 0.8 * pairs && lowZeros === 0) return 'utf-16le';
  if (lowZeros > 0.8 * pairs && highZeros === 0) return 'utf-16be';
  return undefined;
}

function decodeStrictly(encoding: TextEncoding, bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function withoutMark(encoding: TextEncoding, text: string): DecodedText {
  const byteOrderMark = text.startsWith(BYTE_ORDER_MARK);
  return { text: byteOrderMark ? text.slice(1) : text, encoding, byteOrderMark };
}

/**
 * Decodes text as UTF-8, as UTF-16 by its byte-order mark or its zeros, and everything else as windows-1252, a superset of
 * Latin-1. Errors: FormatError for bytes that are no text: those with a byte 0.
 */
export function decodeText(bytes: Uint8Array): DecodedText {
  const marks: Record<string, TextEncoding> = { '255,254': 'utf-16le', '254,255': 'utf-16be' };
  const wide = marks[`${bytes[0]},${bytes[1]}`] ?? guessUtf16(bytes);
  const wideText = wide && decodeStrictly(wide, bytes);
  if (wide && wideText !== undefined) return withoutMark(wide, wideText);
  const zero = bytes.indexOf(0);
  if (zero >= 0) throw new FormatError('corrupt', `this is not a text file: byte ${zero} is 0`);
  const text = decodeStrictly('utf-8', bytes);
  if (text !== undefined) return withoutMark('utf-8', text);
  return { text: decodeWindows(bytes), encoding: 'windows-1252', byteOrderMark: false };
}

/**
 * The bytes of a text. For a decoded text, the bytes that it was decoded from. Errors: RangeError for a character that the
 * encoding lacks.
 */
export function encodeText({ text, encoding, byteOrderMark }: DecodedText): Uint8Array<ArrayBuffer> {
  const marked = byteOrderMark ? BYTE_ORDER_MARK + text : text;
  if (encoding === 'utf-8') return new TextEncoder().encode(marked);
  if (encoding === 'windows-1252') {
    return Uint8Array.from({ length: marked.length }, (_, i) => {
      const code = marked.charCodeAt(i);
      const byte = code < 0x80 || (code >= 0xa0 && code < 0x100) ? code : windowsBytes.get(code);
      if (byte === undefined) throw new RangeError(`windows-1252 has no character ${JSON.stringify(marked[i])}`);
      return byte;
    });
  }
  const view = new DataView(new ArrayBuffer(2 * marked.length));
  for (let i = 0; i < marked.length; i++) view.setUint16(2 * i, marked.charCodeAt(i), encoding === 'utf-16le');
  return new Uint8Array(view.buffer);
}
