// Numbers of binary files: their bytes to float64 and back.

/** A type of numbers in files: integers with and without sign, and floats, with their bits. */
export const numberTypes = ['i8', 'u8', 'i16', 'u16', 'i24', 'i32', 'u32', 'i64', 'u64', 'f32', 'f64'] as const;
export type NumberCode = (typeof numberTypes)[number];

export const isFloat = (type: NumberCode): boolean => type.startsWith('f');
export const bytesOf = (type: NumberCode): number => Number(type.slice(1)) / 8;

/** Reads number `i` of a view. */
type Reader = (view: DataView, offset: number, littleEndian: boolean) => number;

const readers: Readonly<Record<NumberCode, Reader>> = {
  i8: (view, offset) => view.getInt8(offset),
  u8: (view, offset) => view.getUint8(offset),
  i16: (view, offset, little) => view.getInt16(offset, little),
  u16: (view, offset, little) => view.getUint16(offset, little),
  i24: (view, offset, little) =>
    little
      ? view.getUint16(offset, true) + view.getInt8(offset + 2) * 65536
      : view.getInt8(offset) * 65536 + view.getUint16(offset + 1),
  i32: (view, offset, little) => view.getInt32(offset, little),
  u32: (view, offset, little) => view.getUint32(offset, little),
  i64: (view, offset, little) => Number(view.getBigInt64(offset, little)),
  u64: (view, offset, little) => Number(view.getBigUint64(offset, little)),
  f32: (view, offset, little) => view.getFloat32(offset, little),
  f64: (view, offset, little) => view.getFloat64(offset, little),
};

type Writer = (view: DataView, offset: number, value: number, littleEndian: boolean) => void;

const writers: Readonly<Record<NumberCode, Writer>> = {
  i8: (view, offset, value) => view.setInt8(offset, value),
  u8: (view, offset, value) => view.setUint8(offset, value),
  i16: (view, offset, value, little) => view.setInt16(offset, value, little),
  u16: (view, offset, value, little) => view.setUint16(offset, value, little),
  i24: (view, offset, value, little) => {
    view.setUint16(little ? offset : offset + 1, value & 65535, little);
    view.setInt8(little ? offset + 2 : offset, value >> 16);
  },
  i32: (view, offset, value, little) => view.setInt32(offset, value, little),
  u32: (view, offset, value, little) => view.setUint32(offset, value, little),
  i64: (view, offset, value, little) => view.setBigInt64(offset, BigInt(value), little),
  u64: (view, offset, value, little) => view.setBigUint64(offset, BigInt(value), little),
  f32: (view, offset, value, little) => view.setFloat32(offset, value, little),
  f64: (view, offset, value, little) => view.setFloat64(offset, value, little),
};

/** The numbers in the bytes. Integers of 64 bits beyond ± 2^53 are rounded. */
export function readNumbers(bytes: Uint8Array, type: NumberCode, bigEndian: boolean): Float64Array<ArrayBuffer> {
  const size = bytesOf(type);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = readers[type];
  return Float64Array.from({ length: Math.floor(bytes.length / size) }, (_, i) => read(view, i * size, !bigEndian));
}

/** The lowest and the highest integer of a type. */
export function integerRange(type: NumberCode): { readonly low: number; readonly high: number } {
  const bits = Number(type.slice(1));
  return type.startsWith('u')
    ? { low: 0, high: 2 ** bits - 1 }
    : { low: -(2 ** (bits - 1)), high: 2 ** (bits - 1) - 1 };
}

/** The bytes of the numbers. Integers beyond the range of the type are limited to it. */
export function writeNumbers(values: Float64Array, type: NumberCode, bigEndian: boolean): Uint8Array<ArrayBuffer> {
  const size = bytesOf(type);
  const view = new DataView(new ArrayBuffer(values.length * size));
  const write = writers[type];
  const { low, high } = isFloat(type) ? { low: -Infinity, high: Infinity } : integerRange(type);
  for (const [i, value] of values.entries()) {
    const limited = isFloat(type) ? value : Math.min(Math.max(value, low), high);
    write(view, i * size, limited, !bigEndian);
  }
  return new Uint8Array(view.buffer);
}
