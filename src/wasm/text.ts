// Kernels as text: all of them come to 16.4 KB by brotli, where their bytes come to 20.9. All characters are ASCII and,
// but for the backslash, stand in a string as they are. Local variables have other numbers in every place where code is
// inlined: they stand apart, from the end of the text to its middle, so that the rest repeats, as their places in the list
// of those last used, so that they repeat too. Names stand as they are in the code that calls them. A module's two flavours
// are one text, told apart by its first character (see assembly/simd.ts).

/** The first character. */
export const FIRST = 35;
/** So many characters are in use, by their value: */
export const CHARACTERS = 92;
/** below this a byte, but for those of LOCAL; */
export const ALONE = 77;
/** those of instructions for local variables, whose variable stands apart: */
export const LOCAL = 32;
export const LOCALS = 3;
/** a variable that no instruction had yet is the next one of its type, any other one this and its place in the list; */
export const FRESH = 6;
/** from ALONE on, bytes that are frequent; */
export const FREQUENT: readonly number[] = [106, 123, 127, 128];
/** around what its length goes before; */
export const OPEN = 81;
export const CLOSE = 82;
/** the product and the sum of a multiply-add, and which flavour it is; */
export const PRODUCT = 83;
export const SUM = 84;
export const FUSED = 85;
/** with another one the number of an instruction for vectors; */
export const VECTOR = 86;
/** and with another one a byte or a number of any value. */
export const PAIR = 89;
/** Around a name. */
export const NAME = ' ';
/** Stands before the text of a relaxed module. */
export const RELAXED = '!';

/** Writes a number in LEB128. Where the next byte goes. */
function leb(bytes: Uint8Array, at: number, value: number): number {
  for (; value > 127; value >>= 7) bytes[at++] = value | 128;
  bytes[at++] = value;
  return at;
}

/** The bytes that a text stands for. */
export function decodeText(text: string): Uint8Array<ArrayBuffer> {
  // What the names above stand for, in one flavour and in the other: f32x4.mul and f32x4.add, or f32x4.relaxed_madd.
  const relaxed = text[0] === RELAXED;
  const named = relaxed
    ? [[], [253, 133, 2], [65, 1]]
    : [
        [253, 230, 1],
        [253, 228, 1],
        [65, 0],
      ];
  const bytes = new Uint8Array(3 * text.length);
  const open: number[] = [];
  const order = bytes.slice(0, 256).map((_, place) => place);
  const recent = order.slice();
  /** By type, the variable that is fresh next. */
  let fresh: number[] = [];
  let i = relaxed ? 1 : 0;
  let count = 0;
  let end = text.length;
  const byte = (value: number): void => {
    bytes[count++] = value;
  };
  /** The value of a character; with the one at `next`, that of a pair. */
  const valueAt = (at: number): number => text.charCodeAt(at) - FIRST;
  const wide = (value: number, next: number): number =>
    value < PAIR ? value : (value - PAIR) * CHARACTERS + valueAt(next);
  while (i < end) {
    const value = valueAt(i++);
    if (value < 0) {
      const start = i;
      i = text.indexOf(NAME, i) + 1;
      byte(i - 1 - start);
      for (let at = start; at < i - 1; at++) byte(text.charCodeAt(at));
    } else if (value < ALONE) {
      byte(value);
      if (value >= LOCAL && value < LOCAL + LOCALS) {
        end--;
        const number = wide(valueAt(end), end - 1);
        if (number >= PAIR) end--;
        const place = number - FRESH;
        const local = place < 0 ? fresh[number]!++ : recent[place]!;
        recent.copyWithin(1, 0, place < 0 ? 255 : place)[0] = local;
        count = leb(bytes, count, local);
      }
    } else if (value < OPEN) byte(FREQUENT[value - ALONE]!);
    else if (value >= PAIR) byte(wide(value, i++));
    else if (value >= VECTOR) {
      byte(253);
      count = leb(bytes, count, (value - VECTOR) * CHARACTERS + valueAt(i++));
    } else if (value === OPEN) {
      open.push(count);
      if (open.length > 1) {
        // A function: how many parameters it has, and its variables by type.
        const head = wide(valueAt(i++), i);
        if (head >= PAIR) i++;
        const types = head % FRESH;
        let next = (head - types) / FRESH;
        recent.set(order);
        fresh = [];
        byte(types);
        while (fresh.length < types) {
          fresh.push(next);
          const variables = valueAt(i++);
          next += variables;
          byte(variables);
          byte(128 - valueAt(i++));
        }
      }
    } else if (value === CLOSE) {
      const start = open.pop()!;
      const length = count - start;
      const behind = leb(bytes, count, length);
      bytes.copyWithin(start + behind - count, start, count);
      leb(bytes, start, length);
      count = behind;
    } else named[value - PRODUCT]!.forEach(byte);
  }
  return bytes.slice(0, count);
}
