// Integers of variable length (LEB128): 7 bits a byte, the lowest first. Bit 7 is set in every byte but the last.

import { corruptBlock } from '../mode.ts';

/** Bytes of an integer of at least 0. */
export function encodeVarint(integer: number): number[] {
  const bytes: number[] = [];
  let rest = integer;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}

/**
 * The integer whose bytes `next` returns one by one, undefined at the end. Errors: FormatError where bytes are missing, and
 * for an integer of 2^35 or more.
 */
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
