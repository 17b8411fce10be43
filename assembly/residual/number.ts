// A residual as bits: is there one, its sign, its size in unary up to 5, beyond that a power of two and the rest.

import { codeBit, flat } from './bit';

const NONZERO = 0;
const NEGATIVE = 1;
const UNARY = 2;
const POWER = 12;
const MANTISSA = 22;
const ESCAPED = 30;
const REPEATED = 31;
const SMALL = 5;
/** Residuals are below 2^25, and so are those that damaged bytes give. */
const MOST = 24;

/** Writes r, or reads and returns one. */
export function number(s: usize, r: i32): i32 {
  if (!codeBit(s, NONZERO, i32(r !== 0))) return 0;
  const negative = codeBit(s, NEGATIVE, i32(r < 0));
  const size = negative ? -r : r;
  for (let i = 1; i <= SMALL; i++)
    if (!codeBit(s, UNARY + 2 * i - 2 + negative, i32(size > i))) return negative ? -i : i;
  const rest = size - SMALL;
  const power = 31 - clz(max(rest, 1));
  let e = 0;
  while (e < MOST && codeBit(s, POWER + min(e, 9), i32(power > e))) e++;
  let value = 1;
  if (e) value = 2 | codeBit(s, MANTISSA + min(e, 8) - 1, (rest >> (e - 1)) & 1);
  for (let b = e - 2; b >= 0; b--) value = (value << 1) | flat(s, (rest >> b) & 1);
  value += SMALL;
  return negative ? -value : value;
}

export function escaped(s: usize, isEscape: bool): bool {
  return codeBit(s, ESCAPED, isEscape) !== 0;
}

/** 32 bits as they are; `last` are those of the escape before. */
export function verbatim(s: usize, bits: u32, last: u32): u32 {
  if (codeBit(s, REPEATED, i32(bits === last))) return last;
  let word: u32 = 0;
  for (let b = 31; b >= 0; b--) word = (word << 1) | flat(s, (bits >> b) & 1);
  return word;
}
