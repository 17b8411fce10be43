// A residual as bits: is there one, its sign, its size in unary up to 5, beyond that a power of two and the rest.

import { bit, flat } from "./bit";

const NONZERO = 0, NEGATIVE = 1, UNARY = 2, POWER = 12, MANTISSA = 22;
const ESCAPED = 30, REPEATED = 31;
const SMALL = 5;
/** Residuals are below 2^25, and so are those that damaged bytes give. */
const MOST = 24;

/** Writes r, or reads and returns one. */
export function number(s: usize, r: i32): i32 {
  if (!bit(s, NONZERO, i32(r != 0))) return 0;
  const negative = bit(s, NEGATIVE, i32(r < 0));
  const size = negative ? -r : r;
  for (let i = 1; i <= SMALL; i++)
    if (!bit(s, UNARY + 2 * i - 2 + negative, i32(size > i))) return negative ? -i : i;
  const rest = size - SMALL;
  const power = 31 - clz(max(rest, 1));
  let e = 0;
  while (e < MOST && bit(s, POWER + min(e, 9), i32(power > e))) e++;
  let value = 1;
  if (e) value = 2 | bit(s, MANTISSA + min(e, 8) - 1, rest >> (e - 1) & 1);
  for (let b = e - 2; b >= 0; b--) value = value << 1 | flat(s, rest >> b & 1);
  value += SMALL;
  return negative ? -value : value;
}

export function escaped(s: usize, escape: bool): bool {
  return bit(s, ESCAPED, escape) != 0;
}

/** 32 bits as they are; `last` are those of the escape before. */
export function verbatim(s: usize, bits: u32, last: u32): u32 {
  if (bit(s, REPEATED, i32(bits == last))) return last;
  let word: u32 = 0;
  for (let b = 31; b >= 0; b--) word = word << 1 | flat(s, bits >> b & 1);
  return word;
}
