// Kernels as text, a character for most bytes. Compressed, as servers send it, it is 3 % larger than the bytes are by
// gzip or brotli; base64 is 63 to 68 %, because it hides what repeats. All characters are ASCII and, but for the
// backslash, stand in a string as they are.

/** The first character. */
export const FIRST = 35;
/** So many characters are in use; the last two say that another follows. */
export const CHARACTERS = 92;
export const ALONE = CHARACTERS - 2;

/** The bytes that a text stands for: below 90 of one character, others of two. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const value = text.charCodeAt(i) - FIRST;
    bytes[count++] = value < ALONE ? value : ALONE + (value - ALONE) * CHARACTERS + text.charCodeAt(++i) - FIRST;
  }
  return bytes.slice(0, count);
}
