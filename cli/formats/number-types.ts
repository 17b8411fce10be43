// Bytes of numbers to lists of numbers, in the byte order of this machine.

import type { NumberList, NumberType } from '../../jobs/dataset.ts';

/** Bytes of a number of each type. */
export const bytesOfType: Readonly<Record<NumberType, number>> = {
  float64: 8,
  float32: 4,
  float16: 2,
  int8: 1,
  uint8: 1,
  bool: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
};

const lists = {
  float64: Float64Array,
  float32: Float32Array,
  int8: Int8Array,
  uint8: Uint8Array,
  bool: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
} as const;

/** The value of a number of IEEE 754 binary16. */
function float16Value(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent ? sign * (1024 + fraction) * 2 ** (exponent - 25) : sign * fraction * 2 ** -24;
}

/** The numbers of `bytes`, which has a length of a multiple of the type's size. Copies; float16 becomes a Float32Array. */
export function numbersOf(bytes: Uint8Array, type: NumberType, bigEndian: boolean): NumberList {
  // Not `slice`, which gives a view of a Buffer.
  const copy = new Uint8Array(bytes);
  const size = bytesOfType[type];
  if (bigEndian && size > 1) {
    const buffer = Buffer.from(copy.buffer, copy.byteOffset, copy.byteLength);
    if (size === 2) buffer.swap16();
    else if (size === 4) buffer.swap32();
    else buffer.swap64();
  }
  if (type === 'float16') return Float32Array.from(new Uint16Array(copy.buffer), float16Value);
  return new lists[type](copy.buffer);
}

/** Number of values of a shape. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);

/** A shape as text: `100 x 28 x 28`. */
export const shapeText = (shape: readonly number[]): string => (shape.length ? shape.join(' x ') : 'a single value');
