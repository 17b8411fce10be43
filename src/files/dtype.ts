// Converts float32 weights to the types of a file and back.

import { viewOf } from '../core/bytes.ts';
import { formatError, wrongValue } from '../core/errors.ts';
import { clamp } from '../core/portable-math.ts';
import { sizeOf } from '../core/shape.ts';
import { fromHalf, toHalf } from './float16.ts';
import type { Tensor, TensorType } from './safetensors.ts';

export const saveTypes = { float32: 0, float16: 0, int8: 0 };
/** The type of weights in a file of `saveModel`: `float32` is exact, `float16` and `int8` are rounded. */
export type SaveType = keyof typeof saveTypes;

function floats(values: ArrayLike<number>): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 4));
  for (let i = 0; i < values.length; i++) view.setFloat32(4 * i, values[i]!, true);
  return new Uint8Array(view.buffer);
}

function halves(name: string, values: Float32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 2));
  for (let i = 0; i < values.length; i++) {
    const half = toHalf(values[i]!);
    if ((half & 0x7c00) === 0x7c00) throw wrongValue(name, 'values within ±65504 for float16 (use float32)', values[i]);
    view.setUint16(2 * i, half, true);
  }
  return new Uint8Array(view.buffer);
}

/** Symmetric int8: the values of each column are divided by max |x| / 127 of the column and rounded. */
function quantize(values: Float32Array, columns: number): { data: Uint8Array; scale: Float32Array } {
  const scale = new Float32Array(columns);
  for (let i = 0; i < values.length; i++) {
    const column = i % columns;
    scale[column] = Math.max(scale[column]!, Math.abs(values[i]!));
  }
  for (let i = 0; i < columns; i++) scale[i] = scale[i]! / 127;
  const data = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const step = scale[i % columns]!;
    data[i] = step ? clamp(Math.round(values[i]! / step), -127, 127) : 0;
  }
  return { data, scale };
}

/**
 * The tensors in a file for a tensor of float32. int8 is symmetric, with one scale for each index of the last axis in a second
 * tensor `name.scale`; tensors of fewer than two axes stay float32. Errors: RangeError for a value outside float16.
 */
export function encodeTensor(
  name: string,
  values: Float32Array,
  shape: readonly number[],
  dtype: SaveType,
): [string, Tensor][] {
  if (dtype === 'float16') return [[name, { dtype: 'F16', shape, data: halves(name, values) }]];
  if (dtype === 'float32' || shape.length < 2) return [[name, { dtype: 'F32', shape, data: floats(values) }]];
  const columns = shape[shape.length - 1]!;
  const { data, scale } = quantize(values, columns);
  return [
    [name, { dtype: 'I8', shape, data }],
    [`${name}.scale`, { dtype: 'F32', shape: [columns], data: floats(scale) }],
  ];
}

/** A tensor of integers -127..127. */
export const integerTensor = (values: Float32Array, shape: readonly number[]): Tensor => ({
  dtype: 'I8',
  shape,
  data: Uint8Array.from(values),
});

/** Reads an element, by type. Weights have no other types. */
const readers: { readonly [type in TensorType]?: (view: DataView, i: number) => number } = {
  F32: (view, i) => view.getFloat32(4 * i, true),
  F64: (view, i) => view.getFloat64(8 * i, true),
  F16: (view, i) => fromHalf(view.getUint16(2 * i, true)),
  BF16: (view, i) => {
    const wide = new DataView(new ArrayBuffer(4));
    wide.setUint16(0, view.getUint16(2 * i, true));
    return wide.getFloat32(0);
  },
  I8: (view, i) => view.getInt8(i),
};

/**
 * The values of tensor `name` as float32. `types`: all, `floats` for the scale of an int8 tensor, or `integers` for a tensor of int8
 * without a scale. Errors: FormatError `model` for a tensor that is missing, of another shape or of another type; `corrupt` for
 * values that are not finite.
 */
export function decodeTensor(
  tensors: ReadonlyMap<string, Tensor>,
  name: string,
  shape: readonly number[],
  types: 'all' | 'floats' | 'integers' = 'all',
): Float32Array<ArrayBuffer> {
  const tensor = tensors.get(name);
  if (tensor?.shape.join() !== shape.join()) {
    const got = tensor ? `[${tensor.shape.join(', ')}]` : 'none';
    throw formatError('model', name, `a tensor of shape [${shape.join(', ')}]`, got);
  }
  const { dtype, data } = tensor!;
  const allowed = Object.keys(readers).filter((type) => types === 'all' || (type === 'I8') === (types === 'integers'));
  const read = allowed.includes(dtype) && readers[dtype];
  if (!read) throw formatError('model', name, `one of ${allowed.join(', ')}`, dtype);
  const columns = shape[shape.length - 1] ?? 1;
  const hasScale = dtype === 'I8' && types === 'all';
  const scale = hasScale ? decodeTensor(tensors, `${name}.scale`, [columns], 'floats') : undefined;
  const view = viewOf(data);
  return new Float32Array(sizeOf(shape)).map((_, i) => {
    const value = Math.fround(scale ? read(view, i) * scale[i % columns]! : read(view, i));
    if (!Number.isFinite(value)) throw formatError('corrupt', name, 'finite values', `${value} at ${i}`);
    return value;
  });
}
