// Reads and writes arrays of NumPy (.npy).

import type { ArrayData, NumberType } from '../../jobs/dataset.ts';
import { Failure } from '../errors.ts';
import { bytesOfType, numbersOf, sizeOf } from './number-types.ts';

const types: Readonly<Record<string, NumberType>> = {
  f8: 'float64',
  f4: 'float32',
  f2: 'float16',
  i1: 'int8',
  u1: 'uint8',
  b1: 'bool',
  i2: 'int16',
  u2: 'uint16',
  i4: 'int32',
  u4: 'uint32',
  i8: 'int64',
  u8: 'uint64',
};

/** The header of a `.npy` file. */
export interface NpyHeader {
  readonly type: NumberType;
  readonly bigEndian: boolean;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Offset of the first number. */
  readonly offset: number;
}

const damaged = (what: string): Failure => new Failure(`the .npy file is damaged: ${what}`);

/** The text of the header, a Python dictionary, and the offset of the numbers. Errors: Failure for damaged headers. */
function headerText(bytes: Uint8Array): { readonly text: string; readonly offset: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const major = bytes[6];
  if (bytes.length < 12 || major === undefined) throw damaged('it ends within its header');
  if (major < 1 || major > 3) throw damaged(`version ${major} is unknown`);
  const lengthBytes = major === 1 ? 2 : 4;
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const offset = 8 + lengthBytes + length;
  if (offset > bytes.length) throw damaged('it ends within its header');
  return { text: new TextDecoder().decode(bytes.subarray(8 + lengthBytes, offset)), offset };
}

function shapeIn(text: string): number[] | undefined {
  const shape = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(text)?.[1];
  const sides = shape?.split(',').map((side) => side.replace('L', '').trim());
  return sides?.filter((side) => side !== '').map(Number);
}

/** Shape and type of any array, also of types that are not read; undefined for a damaged header. */
export function readNpyOutline(bytes: Uint8Array) {
  const { text } = headerText(bytes);
  const type = /'descr'\s*:\s*(\[[^\]]*\]|'[^']*')/.exec(text)?.[1];
  const shape = shapeIn(text);
  if (!type || !shape) return undefined;
  return { type: type.replaceAll("'", ''), shape, isNumeric: types[type.replaceAll(/['<>|=]/g, '')] !== undefined };
}

/** Errors: Failure for headers that are damaged and for types that are not numbers. */
export function readNpyHeader(bytes: Uint8Array): NpyHeader {
  const { text, offset } = headerText(bytes);
  const descr = /'descr'\s*:\s*'([<>|=]?)([^']*)'/.exec(text);
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text);
  const shape = shapeIn(text);
  if (/'descr'\s*:\s*\[/.test(text))
    throw new Failure('the array has named fields: save its columns as an array of numbers');
  if (!descr || !order || !shape) throw damaged('its header cannot be read');
  const type = types[descr[2]!];
  if (!type)
    throw new Failure(
      `the array has the type "${descr[2]}", which is not real numbers: convert it with .astype("float32")`,
    );
  return { type, bigEndian: descr[1] === '>', fortranOrder: order[1] === 'True', shape, offset };
}

/** Values in column-major order to row-major order. */
function toRowMajor<L extends { [i: number]: unknown; length: number; slice(): L }>(
  data: L,
  shape: readonly number[],
): L {
  const result = data.slice();
  const index = shape.map(() => 0);
  const strides = shape.map((_, axis) => sizeOf(shape.slice(0, axis)));
  for (let i = 0; i < data.length; i++) {
    result[i] = data[index.reduce((sum, position, axis) => sum + position * strides[axis]!, 0)];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]!++;
      if (index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
  }
  return result;
}

/** An array of numbers. Errors: Failure for bytes that are damaged or truncated, and for types that are not numbers. */
export function readNpy(bytes: Uint8Array): ArrayData {
  const { type, bigEndian, fortranOrder, shape, offset } = readNpyHeader(bytes);
  const needed = sizeOf(shape) * bytesOfType[type];
  const present = bytes.length - offset;
  if (present < needed) throw damaged(`the file has ${present} of ${needed} bytes of numbers`);
  const numbers = numbersOf(bytes.subarray(offset, offset + needed), type, bigEndian);
  const data = fortranOrder && shape.length > 1 ? toRowMajor(numbers as Float32Array, shape) : numbers;
  return { kind: 'array', shape, type, data };
}

/** The bytes of a `.npy` file with float32 or uint8 numbers. */
export function writeNpy(data: Float32Array | Uint8Array, shape: readonly number[]): Uint8Array {
  const descr = data instanceof Float32Array ? '<f4' : '|u1';
  const sides = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const dictionary = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${sides}), }`;
  // The numbers begin at a multiple of 64 bytes, after a line end.
  const padding = 63 - ((10 + dictionary.length) % 64);
  const header = `${dictionary}${' '.repeat(padding)}\n`;
  const start = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 255, header.length >> 8]);
  return Buffer.concat([start, Buffer.from(header), Buffer.from(data.buffer, data.byteOffset, data.byteLength)]);
}
