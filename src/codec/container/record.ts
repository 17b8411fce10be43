// Records of numbers: little-endian, without gaps, in the order in which their fields are listed.

import { viewOf } from '../../core/bytes.ts';

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
  const record: Record<string, number> = {};
  let offset = 0;
  for (const [name, type] of Object.entries(fields)) {
    record[name] = view[`get${type as MultiByteType}`](offset, true);
    offset += numberBytes[type];
  }
  return record as RecordOf<Fields>;
}

export function writeRecord<Fields extends RecordFields>(
  fields: Fields,
  values: RecordOf<Fields>,
): Uint8Array<ArrayBuffer> {
  const entries = Object.entries(fields);
  const bytes = new Uint8Array(entries.reduce((sum, [, type]) => sum + numberBytes[type], 0));
  const view = viewOf(bytes);
  let offset = 0;
  for (const [name, type] of entries) {
    const value = values[name]!;
    const end = offset + numberBytes[type];
    // JavaScript leaves the bits of a NaN to the engine, so one bit pattern is chosen.
    if (Number.isNaN(value)) bytes.set([0xf8, 0x7f], end - 2);
    else view[`set${type as MultiByteType}`](offset, value, true);
    offset = end;
  }
  return bytes;
}

/** A number as four bytes. */
export const uint32Bytes = (value: number): Uint8Array<ArrayBuffer> => writeRecord({ value: 'Uint32' }, { value });

/** The number in four bytes. */
export const readUint32 = (bytes: Uint8Array, offset: number): number => viewOf(bytes).getUint32(offset, true);
