// Reads one tensor of a `.safetensors` file as an array.

import { readSafetensors } from 'isthmus';
import type { ArrayData, NumberList, NumberType } from '../../jobs/dataset.ts';
import { Failure } from '../errors.ts';
import { shapeText } from './number-types.ts';

const types: Readonly<Record<string, NumberType>> = {
  F64: 'float64',
  F32: 'float32',
  F16: 'float32',
  BF16: 'float32',
  I64: 'int64',
  I32: 'int32',
  I16: 'int16',
  I8: 'int8',
  U64: 'uint64',
  U32: 'uint32',
  U16: 'uint16',
  U8: 'uint8',
  BOOL: 'bool',
};

/** One tensor; without `name` the only one. Errors: FormatError; Failure for models, unknown names and several tensors. */
export function readTensor(bytes: Uint8Array, name?: string): ArrayData {
  const { tensors, metadata } = readSafetensors(bytes);
  if (metadata?.format?.startsWith('isthmus') && name === undefined)
    throw new Failure('the file is a model, not data: choose a tensor with --array NAME, or see "isthmus inspect"');
  const names = Object.keys(tensors);
  const chosen = name ?? (names.length === 1 ? names[0]! : undefined);
  const tensor = chosen === undefined ? undefined : tensors[chosen];
  if (!tensor) {
    const list = names.slice(0, 20).map((key) => `${key} (${shapeText(tensors[key]!.shape)} ${tensors[key]!.dtype})`);
    const fault = name === undefined ? `the file has ${names.length} tensors` : `the file has no tensor "${name}"`;
    throw new Failure(`${fault}: choose one with --array NAME or FILE:NAME; ${list.join(', ')}`);
  }
  const type = types[tensor.dtype];
  if (!type) throw new Failure(`the tensor has the type ${tensor.dtype}, which is not read as data`);
  return { kind: 'array', shape: [...tensor.shape], type, data: tensor.data as NumberList };
}
