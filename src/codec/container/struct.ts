// Numbers as bytes, little-endian and without gaps, by the letters that Python's `struct` has for their types.

import { concat, viewOf } from '../../core/bytes.ts';
import { corruptBlock } from '../values.ts';

type NumberType = 'Uint16' | 'Uint32' | 'Float32' | 'Float64';

const numberTypes: Readonly<Record<string, readonly [kind: NumberType, bytes: number]>> = {
  B: ['Uint8' as NumberType, 1],
  H: ['Uint16', 2],
  I: ['Uint32', 4],
  f: ['Float32', 4],
  d: ['Float64', 8],
};

export const packNumbers = (layout: string, numbers: readonly number[]): Uint8Array<ArrayBuffer> =>
  concat(
    [...layout].map((letter, i) => {
      const [kind, bytes] = numberTypes[letter]!;
      const part = new Uint8Array(bytes);
      // Engines differ in the bits of a NaN, and one engine in those of one call and the next.
      if (Number.isNaN(numbers[i])) part.set([0xf8, 0x7f], bytes - 2);
      else viewOf(part)[`set${kind}`](0, numbers[i]!, true);
      return part;
    }),
  );

/** As many as a layout has. */
type Numbers = [number, number, number, number, number, number, number, ...number[]];

/** The numbers that the bytes begin with. */
export function unpackNumbers(layout: string, bytes: Uint8Array): Numbers {
  const view = viewOf(bytes);
  let end = 0;
  return [...layout].map((letter) => {
    const [kind, size] = numberTypes[letter]!;
    end += size;
    return view[`get${kind}`](end - size, true);
  }) as unknown as Numbers;
}

/** An integer: seven bits a byte, the lowest first, the eighth on all but the last. */
export function encodeVarint(integer: number): number[] {
  const bytes: number[] = [];
  let rest = integer;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}

/** The integer that bytes say, one after the other until `next` has none. Errors: FormatError for none, and beyond 2^35. */
export function decodeVarint(next: () => number | undefined): number {
  let integer = 0;
  for (let unit = 1; unit < 2 ** 35; unit *= 128) {
    const byte = next();
    if (byte === undefined) break;
    integer += (byte & 127) * unit;
    if (byte < 128) return integer;
  }
  throw corruptBlock();
}
