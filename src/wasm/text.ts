// Kernels as text, which a server compresses to 71 % of what the bytes come to by brotli. All characters are ASCII and,
// but for the backslash, stand in a string as they are. Local variables have other numbers in every place where code is
// inlined: they stand apart, from the end of the text to its middle, so that the rest repeats, as their places in the list
// of those last used, so that they repeat too. A module's two flavours are one text, told apart by its first character
// (see assembly/simd.ts).

/** The first character. */
export const FIRST = 35;
/** So many characters are in use, by their value: */
export const CHARACTERS = 92;
/** below this a byte, but for those of LOCAL; */
export const ALONE = 80;
/** those of instructions for local variables, which the variable's number, below 256, follows; */
export const LOCAL = 32;
export const LOCALS = 3;
/** from ALONE on, bytes that are frequent; */
export const FREQUENT: readonly number[] = [253, 106, 127, 128];
/** around what its length goes before; */
export const OPEN = 84;
export const CLOSE = 85;
/** the product and the sum of a multiply-add, and which flavour it is; */
export const PRODUCT = 86;
export const SUM = 87;
export const FUSED = 88;
/** and from this on with another one a byte or a number of any value. */
export const PAIR = 89;
/** Stands before the text of a relaxed module. */
export const RELAXED = '!';

/** Writes a number in LEB128. Where the next byte goes. */
function leb(bytes: Uint8Array, at: number, value: number): number {
  for (; value > 127; value >>= 7) bytes[at++] = value | 128;
  bytes[at++] = value;
  return at;
}

/** The bytes that a text stands for. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  // What the names above stand for, in one flavour and in the other: f32x4.mul and f32x4.add, or f32x4.relaxed_madd.
  const relaxed = text[0] === RELAXED;
  const named = relaxed
    ? [[], [253, 133, 2], [65, 1]]
    : [
        [253, 230, 1],
        [253, 228, 1],
        [65, 0],
      ];
  const codes = new TextEncoder().encode(text);
  const bytes = new Uint8Array(3 * codes.length);
  const open: number[] = [];
  const order = bytes.slice(0, 256).map((_, i) => i);
  const recent = order.slice();
  let count = 0;
  let end = codes.length;
  for (let i = relaxed ? 1 : 0; i < end; i++) {
    const value = codes[i]! - FIRST;
    if (value < ALONE) {
      bytes[count++] = value;
      if (value >= LOCAL && value < LOCAL + LOCALS) {
        let place = codes[--end]! - FIRST;
        if (place >= PAIR) place = (place - PAIR) * CHARACTERS + codes[--end]! - FIRST;
        const local = recent[place]!;
        recent.copyWithin(1, 0, place)[0] = local;
        count = leb(bytes, count, local);
      }
    } else if (value < OPEN) bytes[count++] = FREQUENT[value - ALONE]!;
    else if (value >= PAIR) bytes[count++] = (value - PAIR) * CHARACTERS + codes[++i]! - FIRST;
    else if (value === OPEN) {
      open.push(count);
      recent.set(order);
    } else if (value === CLOSE) {
      const start = open.pop()!;
      const length = count - start;
      const behind = leb(bytes, count, length);
      bytes.copyWithin(start + behind - count, start, count);
      leb(bytes, start, length);
      count = behind;
    } else for (const byte of named[value - PRODUCT]!) bytes[count++] = byte;
  }
  return bytes.slice(0, count);
}
