// A residual as binary decisions: whether it is zero, its sign, its size in unary up to 5; beyond, the exponent of a power of
// two in unary and the remaining bits.

import { codeBit } from './mixer';
import { codeUniformBit } from './range-coder';

/** Nodes of the decisions. */

const NONZERO = 0;
const NEGATIVE = 1;
const UNARY = 2;
const POWER = 12;
const MANTISSA = 22;
const ESCAPED = 30;
const REPEATED = 31;
const MAX_UNARY = 5;
/** Residuals are below 2^25, also those of damaged bytes. */
const MAX_POWER = 24;

/** Codes a residual: writes r, or reads one. Returns the residual. */
export function codeResidual(s: usize, r: i32): i32 {
  if (!codeBit(s, NONZERO, i32(r !== 0))) return 0;
  const negative = codeBit(s, NEGATIVE, i32(r < 0));
  const size = negative ? -r : r;
  for (let i = 1; i <= MAX_UNARY; i++)
    if (!codeBit(s, UNARY + 2 * i - 2 + negative, i32(size > i))) return negative ? -i : i;
  const excess = size - MAX_UNARY;
  const power = 31 - clz(max(excess, 1));
  let e = 0;
  while (e < MAX_POWER && codeBit(s, POWER + min(e, 9), i32(power > e))) e++;
  let value = 1;
  if (e) value = 2 | codeBit(s, MANTISSA + min(e, 8) - 1, (excess >> (e - 1)) & 1);
  for (let b = e - 2; b >= 0; b--) value = (value << 1) | codeUniformBit(s, (excess >> b) & 1);
  value += MAX_UNARY;
  return negative ? -value : value;
}

/** Codes whether a value is an escape. */
export function codeEscape(s: usize, isEscape: bool): bool {
  return codeBit(s, ESCAPED, isEscape) !== 0;
}

/** Codes 32 bits verbatim, or one bit where they equal `last`, the previous escape. */
export function codeVerbatim(s: usize, bits: u32, last: u32): u32 {
  if (codeBit(s, REPEATED, i32(bits === last))) return last;
  let word: u32 = 0;
  for (let b = 31; b >= 0; b--) word = (word << 1) | codeUniformBit(s, (bits >> b) & 1);
  return word;
}
