// Records of numbers: little-endian, without gaps, in the order in which their fields are listed.

import { concat, viewOf } from '../../core/bytes.ts';

/** Types of numbers, named as `DataView` names them, and their sizes in bytes. */
const numberBytes = { Uint8: 1, Uint16: 2, Uint32: 4, Float32: 4, Float64: 8 };

type NumberType = keyof typeof numberBytes;
/** `getUint8` and `setUint8` have no parameter for the byte order, and ignore it. */
type MultiByteType = Exclude<NumberType, 'Uint8'>;

/** Names and types of a record's fields, in the order of their bytes. */
export type RecordFields = Readonly<Record<string, NumberType>>;
export type RecordOf<Fields extends RecordFields> = { readonly [Name in keyof Fields]: number };

/** The record that the bytes begin with. Errors: RangeError for too few bytes. */
export function readRecord<Fields extends RecordFields>(fields: Fields, bytes: Uint8Array): RecordOf<Fields> {
  const view = viewOf(bytes);
  let offset = 0;
  const entries = Object.entries(fields).map(([name, type]) => {
    const value = view[`get${type as MultiByteType}`](offset, true);
    offset += numberBytes[type];
    return [name, value];
  });
  return Object.fromEntries(entries);
}

export const writeRecord = <Fields extends RecordFields>(
  fields: Fields,
  values: RecordOf<Fields>,
): Uint8Array<ArrayBuffer> =>
  concat(
    Object.entries(fields).map(([name, type]) => {
      const bytes = new Uint8Array(numberBytes[type]);
      const value = values[name]!;
      // JavaScript leaves the bits of a NaN to the engine, so one bit pattern is chosen.
      if (Number.isNaN(value)) bytes.set([0xf8, 0x7f], bytes.length - 2);
      else viewOf(bytes)[`set${type as MultiByteType}`](0, value, true);
      return bytes;
    }),
  );

/** A number as four bytes. */
export const uint32Bytes = (value: number): Uint8Array<ArrayBuffer> => writeRecord({ value: 'Uint32' }, { value });

/** The number in four bytes. */
export const readUint32 = (bytes: Uint8Array, offset: number): number => viewOf(bytes).getUint32(offset, true);
