// Reads the wire format of Protocol Buffers (protobuf.dev/programming-guides/encoding).

import { fromUtf8, viewOf } from '../../core/bytes.ts';
import { formatError } from '../../core/errors.ts';

/** The fields of a message by their numbers, each with all its values: a varint as a number, anything else as bytes. */
export type Fields = Readonly<Record<number, readonly (number | Uint8Array)[] | undefined>>;

/** Limit of the fields and elements of a file: each takes up to a hundred bytes of memory, but only one or two of the file. */
const MAX_FIELDS = 2 ** 21;

/** The error for a length beyond the end of the file. */
const endError = () => formatError('truncated', 'file', 'a complete ONNX file', 'one that ends inside of a field');

/** Reads the messages of one file, whose fields it counts. */
export class MessageReader {
  #fields = 0;

  #count(): void {
    if (++this.#fields > MAX_FIELDS) throw formatError('limit', 'file', `at most ${MAX_FIELDS} fields`, 'more');
  }

  /** The varint at `offset`, a 64-bit integer, and the offset after it. */
  #varint(bytes: Uint8Array, offset: number): { value: number; end: number } {
    let bits = 0n;
    for (let i = 0; i < 10; i++) {
      const byte = bytes[offset + i];
      if (byte === undefined) throw endError();
      bits |= BigInt(byte & 127) << BigInt(7 * i);
      if (byte < 128) return { value: Number(BigInt.asIntN(64, bits)), end: offset + i + 1 };
    }
    throw formatError('corrupt', 'file', 'integers of 64 bits', 'a longer one');
  }

  /** The fields of a message. */
  fields(bytes: Uint8Array): Fields {
    const fields: Record<number, (number | Uint8Array)[]> = {};
    let offset = 0;
    while (offset < bytes.length) {
      this.#count();
      const tag = this.#varint(bytes, offset);
      const type = tag.value & 7;
      let value: number | Uint8Array;
      if (type === 0) ({ value, end: offset } = this.#varint(bytes, tag.end));
      else {
        let { end: start } = tag;
        let length = { 1: 8, 5: 4 }[type];
        if (type === 2) ({ value: length, end: start } = this.#varint(bytes, start));
        if (length === undefined) throw formatError('corrupt', 'file', 'an ONNX file', 'other bytes');
        if (length < 0 || length > bytes.length - start) throw endError();
        offset = start + length;
        value = bytes.subarray(start, offset);
      }
      const field = Math.floor(tag.value / 8);
      fields[field] ??= [];
      fields[field].push(value);
    }
    return fields;
  }

  /** The values of a field that holds messages. */
  messages = (fields: Fields, field: number): Fields[] => bytesIn(fields, field).map((bytes) => this.fields(bytes));

  /** The integers of a repeated field, each in a separate field, or packed. */
  integers(fields: Fields, field: number): number[] {
    return (fields[field] ?? []).flatMap((value) => {
      if (typeof value === 'number') return value;
      const list: number[] = [];
      for (let offset = 0; offset < value.length; ) {
        this.#count();
        const { value: integer, end } = this.#varint(value, offset);
        list.push(integer);
        offset = end;
      }
      return list;
    });
  }
}

/** The values of a field that are bytes. */
export const bytesIn = (fields: Fields, field: number): Uint8Array[] =>
  (fields[field] ?? []).filter((value) => typeof value !== 'number');

/** The integer of a field. */
export const integerIn = (fields: Fields, field: number): number => Number(fields[field]?.at(-1) ?? 0);

/** The texts of a field. */
export const textsIn = (fields: Fields, field: number): string[] =>
  bytesIn(fields, field).map((bytes) => {
    try {
      return fromUtf8(bytes);
    } catch {
      throw formatError('corrupt', 'file', 'names in UTF-8', 'other bytes');
    }
  });

/** The text of a field, empty if there is none. */
export const textIn = (fields: Fields, field: number): string => textsIn(fields, field).at(-1) ?? '';

/** The float of a field. */
export const floatIn = (fields: Fields, field: number): number => {
  const [bytes] = bytesIn(fields, field);
  return bytes?.length === 4 ? viewOf(bytes).getFloat32(0, true) : 0;
};
