// The typed arrays of JavaScript by the type of their numbers.

import type { NumberCode } from '../compress/number-bytes.ts';

/** The typed array that holds numbers. JavaScript has none for 24 bits: they stand in 32 bits. */
export const listNames: Readonly<Record<NumberCode, string>> = {
  i8: 'Int8Array',
  u8: 'Uint8Array',
  i16: 'Int16Array',
  u16: 'Uint16Array',
  i24: 'Int32Array',
  i32: 'Int32Array',
  u32: 'Uint32Array',
  i64: 'BigInt64Array',
  u64: 'BigUint64Array',
  f32: 'Float32Array',
  f64: 'Float64Array',
};
