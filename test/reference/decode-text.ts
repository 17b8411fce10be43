// The twin of assembly/text/decode.ts: decodes a module from its text form, which src/wasm/text/README.md describes.

import {
  CHARACTERS,
  CLOSE,
  FIRST,
  FREQUENT,
  LOCAL,
  LOCALS,
  NAME,
  OPEN,
  PAIR,
  PRODUCT,
  RECENT,
  RELAXED,
  SINGLE,
  VECTOR,
} from '../../src/wasm/text/alphabet.ts';

/** Writes a number in LEB128. Returns the offset of the next byte. */
function writeLeb(bytes: Uint8Array, start: number, value: number): number {
  let at = start;
  let rest = value;
  for (; rest > 127; rest >>= 7) bytes[at++] = rest | 128;
  bytes[at++] = rest;
  return at;
}

/** The bytes of a module. */
export function decodeText(text: string): Uint8Array<ArrayBuffer> {
  const relaxed = text[0] === RELAXED;
  // The instructions for PRODUCT, SUM and FUSED: f32x4.mul and f32x4.add, or f32x4.relaxed_madd.
  const placeholders = relaxed
    ? [[], [253, 133, 2], [65, 1]]
    : [
        [253, 230, 1],
        [253, 228, 1],
        [65, 0],
      ];
  const bytes = new Uint8Array(3 * text.length);
  /** Offsets of the contents of runs that are open. */
  const open: number[] = [];
  const identity = bytes.slice(0, 256).map((_, index) => index);
  /** Variables of the current function, the most recently used first. */
  const recent = identity.slice();
  /** The next unused variable of each type. */
  let unused: number[] = [];
  let i = relaxed ? 1 : 0;
  let count = 0;
  let end = text.length;
  const byte = (value: number): void => {
    bytes[count++] = value;
  };
  const valueAt = (at: number): number => text.charCodeAt(at) - FIRST;
  /** A number whose first value is given and whose second, in a pair, is at `next`. */
  const number = (value: number, next: number): number =>
    value < PAIR ? value : (value - PAIR) * CHARACTERS + valueAt(next);
  while (i < end) {
    const value = valueAt(i++);
    if (value < 0) {
      const start = i;
      i = text.indexOf(NAME, i) + 1;
      byte(i - 1 - start);
      for (let at = start; at < i - 1; at++) byte(text.charCodeAt(at));
    } else if (value < SINGLE) {
      byte(value);
      if (value >= LOCAL && value < LOCAL + LOCALS) {
        end--;
        const variable = number(valueAt(end), end - 1);
        if (variable >= PAIR) end--;
        const recentIndex = variable - RECENT;
        const local = recentIndex < 0 ? unused[variable]!++ : recent[recentIndex]!;
        recent.copyWithin(1, 0, recentIndex < 0 ? 255 : recentIndex)[0] = local;
        count = writeLeb(bytes, count, local);
      }
    } else if (value < OPEN) byte(FREQUENT[value - SINGLE]!);
    else if (value >= PAIR) byte(number(value, i++));
    else if (value >= VECTOR) {
      byte(253);
      count = writeLeb(bytes, count, (value - VECTOR) * CHARACTERS + valueAt(i++));
    } else if (value === OPEN) {
      open.push(count);
      if (open.length > 1) {
        // The head of a function.
        const head = number(valueAt(i++), i);
        if (head >= PAIR) i++;
        const types = head % RECENT;
        let next = (head - types) / RECENT;
        recent.set(identity);
        unused = [];
        byte(types);
        while (unused.length < types) {
          unused.push(next);
          const variables = valueAt(i++);
          next += variables;
          byte(variables);
          byte(128 - valueAt(i++));
        }
      }
    } else if (value === CLOSE) {
      const start = open.pop()!;
      const length = count - start;
      const after = writeLeb(bytes, count, length);
      bytes.copyWithin(start + after - count, start, count);
      writeLeb(bytes, start, length);
      count = after;
    } else placeholders[value - PRODUCT]!.forEach(byte);
  }
  return bytes.slice(0, count);
}
