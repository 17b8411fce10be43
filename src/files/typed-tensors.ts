// Any .safetensors file as typed arrays, and typed arrays as a .safetensors file.

import { asBytes } from '../core/bytes.ts';
import { show, wrongType, wrongValue } from '../core/errors.ts';
import { type Shape, sizeOf } from '../core/shape.ts';
import { fromHalf, toHalf } from './float16.ts';
import { isCount, isObject, parseTensors, serializeTensors, type Tensor, type TensorType } from './safetensors.ts';

/** The values of a tensor. */
export type TensorData =
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>
  | Int8Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>
  | BigUint64Array<ArrayBuffer>;

/** A tensor of a `.safetensors` file. */
export interface SafetensorsEntry<Data extends TensorData = Float32Array<ArrayBuffer>> {
  /** The type in the file. */
  readonly dtype: TensorType;
  /** The lengths of the axes. */
  readonly shape: Shape;
  /** The values in row-major order, a copy. */
  readonly data: Data;
}

/** The content of a `.safetensors` file. */
export interface SafetensorsContent<Data extends TensorData = Float32Array<ArrayBuffer>> {
  /** The tensors by name. */
  readonly tensors: Record<string, SafetensorsEntry<Data>>;
  /** The texts of the metadata by name, empty if there are none. */
  readonly metadata: Record<string, string>;
}

/** A tensor for `writeSafetensors`. */
export interface TensorInput {
  /** The type in the file. Default: the type of the array. `F16` and `BF16` round a Float32Array. */
  readonly dtype?: TensorType;
  /** The lengths of the axes. `[]` is one value. */
  readonly shape: Shape;
  /** A typed array of the values in row-major order. */
  readonly data: ArrayBufferView;
}

/** The array of the values of each type. Uint8Array also holds the bytes of types that JavaScript does not have. */
const arrayTypes = () => ({
  F32: Float32Array,
  F64: Float64Array,
  F16: Float32Array,
  BF16: Float32Array,
  I8: Int8Array,
  I16: Int16Array,
  I32: Int32Array,
  I64: BigInt64Array,
  U8: Uint8Array,
  U16: Uint16Array,
  U32: Uint32Array,
  U64: BigUint64Array,
  BOOL: Uint8Array,
  F8_E4M3: Uint8Array,
  F8_E5M2: Uint8Array,
  F8_E8M0: Uint8Array,
});

/** The values of a tensor of a file. */
function valuesOf({ dtype, data }: Tensor): TensorData {
  const { buffer } = data.slice();
  if (dtype === 'BF16') return new Float32Array(Uint32Array.from(new Uint16Array(buffer), (bits) => bits << 16).buffer);
  if (dtype !== 'F16') return new (arrayTypes()[dtype])(buffer);
  const halves = new Uint16Array(buffer);
  return new Float32Array(halves.length).map((_, i) => fromHalf(halves[i]!));
}

/**
 * The tensors and the metadata of a `.safetensors` file of any origin. `F32`, `F16` and `BF16` become Float32Array, `F64`
 * Float64Array, `I8` to `I64` Int8Array to BigInt64Array, `U8` to `U64` Uint8Array to BigUint64Array, `BOOL` a Uint8Array of 0
 * and 1, and the types of 8-bit floats their bytes. The values are copies, so the file can be freed.
 *
 * `model.setWeights` takes the tensors of a model as they are. `Data` states the arrays that the caller expects; nothing checks
 * it. Errors: TypeError for other values than an ArrayBuffer or a view; FormatError for invalid bytes, as `loadModel`. Format:
 * https://github.com/huggingface/safetensors.
 *
 * @example
 * ```ts
 * import { readSafetensors, writeSafetensors } from 'isthmus';
 *
 * const bytes = writeSafetensors({ bias: { shape: [2], data: Float32Array.of(0.5, -1) } }, { epoch: '7' });
 * const { tensors, metadata } = readSafetensors(bytes);
 * console.log(tensors.bias!.dtype, tensors.bias!.shape, tensors.bias!.data);
 * console.log(metadata.epoch);
 * // prints F32 [ 2 ] Float32Array(2) [ 0.5, -1 ]
 * // prints 7
 * ```
 */
export function readSafetensors<Data extends TensorData = Float32Array<ArrayBuffer>>(
  bytes: ArrayBuffer | ArrayBufferView,
): SafetensorsContent<Data> {
  const view = asBytes(bytes, 'bytes');
  if (!view) throw wrongType('bytes', 'an ArrayBuffer or a Uint8Array', bytes);
  const { tensors, metadata } = parseTensors(view, 'a .safetensors file');
  const entries = [...tensors].map(([name, tensor]) => {
    const { dtype, shape } = tensor;
    return [name, { dtype, shape, data: valuesOf(tensor) as Data }] as const;
  });
  return { tensors: Object.fromEntries(entries), metadata };
}

/** The values as 16-bit floats, to nearest, ties to even. Errors: RangeError for a finite value beyond the largest. */
function roundedTo16(name: string, dtype: TensorType, values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.slice().buffer);
  return Uint16Array.from(values, (value, i) => {
    const word = bits[i]!;
    let rounded = toHalf(value);
    // A NaN must not be rounded: a sum could carry into its sign.
    if (dtype === 'BF16') rounded = Number.isNaN(value) ? (word >>> 16) | 64 : (word + 0x7fff + ((word >>> 16) & 1)) >>> 16; // biome-ignore format: one line
    const infinite = dtype === 'BF16' ? 0x7f80 : 0x7c00;
    if (Number.isFinite(value) && (rounded & 0x7fff) === infinite)
      throw wrongValue(`${name}.data[${i}]`, `a value that ${dtype} holds`, value);
    return rounded;
  });
}

/** Checks a tensor. Errors: those of `writeSafetensors`. */
function tensorOf(name: string, input: TensorInput): Tensor {
  const { dtype: wanted, shape, data } = Object(input) as TensorInput & { readonly data: Uint8Array };
  const types = Object.entries(arrayTypes()) as [TensorType, { readonly name: string }][];
  const tag = ArrayBuffer.isView(data) ? data[Symbol.toStringTag] : '';
  const array = (tag as string) === 'Uint8ClampedArray' ? 'Uint8Array' : tag;
  const fitting = types.flatMap(([type, { name: arrayName }]) => (arrayName === array ? [type] : []));
  const dtype = wanted ?? fitting[0];
  if (!dtype) throw wrongType(`${name}.data`, 'a typed array', data);
  if (!fitting.includes(dtype)) throw wrongValue(`${name}.dtype`, `one of ${fitting.join(', ')} for ${tag}`, dtype);
  if (!Array.isArray(shape) || !shape.every(isCount)) throw wrongType(`${name}.shape`, 'a list of integers', shape);
  const size = sizeOf(shape);
  if (data.length !== size) throw wrongValue(`${name}.data`, `${size} values for the shape ${show(shape)}`, data);
  const short = dtype === 'F16' || dtype === 'BF16';
  const values = short ? roundedTo16(name, dtype, data as unknown as Float32Array) : data;
  return { dtype, shape, data: asBytes(values)! };
}

/**
 * The bytes of a `.safetensors` file, which `safetensors` reads in Python and Rust. The type of a tensor is the type of its
 * array: Float32Array is `F32`, BigInt64Array `I64`. `dtype: 'F16'` and `'BF16'` round a Float32Array to nearest, ties to even;
 * `BOOL` and the types of 8-bit floats take their bytes in a Uint8Array. The bytes do not depend on the order of the tensors.
 *
 * `metadata`: texts by name. Errors: TypeError for other values; RangeError for a shape of another size, a type that does not
 * fit the array, and a finite value beyond the largest of `F16` or `BF16`.
 *
 * @example
 * ```ts
 * import { autoencoder, dense, readSafetensors, writeSafetensors } from 'isthmus';
 *
 * const model = await autoencoder({ input: [4], encoder: [dense({ units: 2 })], decoder: [dense({ units: 4 })] });
 * const bytes = writeSafetensors(model.weights, { note: 'before training' });
 * console.log(Object.keys(readSafetensors(bytes).tensors).join(' '));
 * // prints decoder.0.bias decoder.0.kernel encoder.0.bias encoder.0.kernel
 * ```
 */
export function writeSafetensors(
  tensors: Readonly<Record<string, TensorInput>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  for (const [name, value] of Object.entries({ tensors, metadata }))
    if (!isObject(value) || Symbol.iterator in value) throw wrongType(name, 'an object', value);
  for (const [key, text] of Object.entries(metadata))
    if (typeof text !== 'string') throw wrongType(`metadata["${key}"]`, 'a text', text);
  const entries = Object.entries(tensors).map(([name, tensor]) => {
    if (name === '__metadata__') throw wrongValue('tensors', 'names of tensors', name);
    return [name, tensorOf(`tensors["${name}"]`, tensor)] as const;
  });
  return serializeTensors(new Map(entries), metadata);
}
