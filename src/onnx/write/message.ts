// Writes the wire format of Protocol Buffers (protobuf.dev/programming-guides/encoding).

import { concat, utf8, viewOf } from '../../core/bytes.ts';

/** A field: an integer, a float32 in a list of one, text, bytes, or a message. */
export type Value = number | Float32Array | string | Uint8Array | Message;

/** The fields of a message by their numbers. A list is a repeated field, undefined is none. JavaScript sorts integer keys. */
export interface Message {
  readonly [field: number]: Value | readonly Value[] | undefined;
}

/** Seven bits a byte, the lowest first. A negative integer has the 64 bits of its two's complement. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
}

function bytesOf(value: string | Uint8Array | Message): Uint8Array {
  if (typeof value === 'string') return utf8(value);
  return value instanceof Uint8Array ? value : encodeMessage(value);
}

function encodeField(field: number, value: Value): (Uint8Array | number[])[] {
  if (typeof value === 'number') return [varint(field * 8), varint(value)];
  if (value instanceof Float32Array) return [varint(field * 8 + 5), floatBytes(value)];
  const bytes = bytesOf(value);
  return [varint(field * 8 + 2), varint(bytes.length), bytes];
}

/** A message as bytes. */
export const encodeMessage = (message: Message): Uint8Array<ArrayBuffer> =>
  concat(
    Object.entries(message).flatMap(([field, value]) => {
      const list = Array.isArray(value) ? (value as readonly Value[]) : [value as Value | undefined];
      return list.flatMap((item) => (item === undefined ? [] : encodeField(Number(field), item)));
    }),
  );

/** Floats as little-endian bytes. */
export function floatBytes(values: Float32Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4 * values.length);
  const view = viewOf(bytes);
  values.forEach((value, i) => {
    view.setFloat32(4 * i, value, true);
  });
  return bytes;
}

/** Integers as little-endian bytes of 64 bits. */
export function int64Bytes(values: readonly number[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(8 * values.length);
  const view = viewOf(bytes);
  values.forEach((value, i) => {
    view.setBigInt64(8 * i, BigInt(value), true);
  });
  return bytes;
}
