// Reads IDX files, the format of MNIST.

import type { ArrayData, NumberType } from '../../jobs/dataset.ts';
import { Failure } from '../errors.ts';
import { bytesOfType, numbersOf, sizeOf } from './number-types.ts';

const types: Readonly<Record<number, NumberType>> = {
  8: 'uint8',
  9: 'int8',
  11: 'int16',
  12: 'int32',
  13: 'float32',
  14: 'float64',
};

/** Type, shape and offset of the numbers; undefined where the bytes do not begin like an IDX file. */
export function readIdxHeader(bytes: Uint8Array) {
  const type = types[bytes[2] ?? 0];
  const axes = bytes[3] ?? 0;
  const offset = 4 + 4 * axes;
  if (bytes[0] !== 0 || bytes[1] !== 0 || !type || axes < 1 || axes > 8 || bytes.length < offset) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis));
  return { type, shape, offset };
}

/** An array of numbers. Errors: Failure for bytes that are truncated. */
export function readIdx(bytes: Uint8Array): ArrayData {
  const header = readIdxHeader(bytes);
  if (!header) throw new Failure('the IDX file is damaged: its header cannot be read');
  const { type, shape, offset } = header;
  const needed = sizeOf(shape) * bytesOfType[type];
  const present = bytes.length - offset;
  if (present < needed)
    throw new Failure(`the IDX file is truncated: the file has ${present} of ${needed} bytes of numbers`);
  return { kind: 'array', shape, type, data: numbersOf(bytes.subarray(offset, offset + needed), type, true) };
}
