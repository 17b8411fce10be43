// Samples as a user passes them: checked once, then copied to a model's memory.

import { BUFFER_HINT } from '../core/bytes.ts';
import { wrongType, wrongValue } from '../core/errors.ts';
import { type Shape, shapeText, sizeOf } from '../core/shape.ts';
import type { Samples } from '../core/types.ts';
import { firstNonFinite } from '../core/validate.ts';
import type { Memory } from '../wasm/memory.ts';

type Bytes = Uint8Array | Uint8ClampedArray;
type Values = Float32Array | Bytes;

/** The type of a typed array, `''` for other values. Not `instanceof`: arrays may come from another frame or a test runner. */
const typeOf = (value: unknown): string =>
  ArrayBuffer.isView(value) ? (value as Float32Array)[Symbol.toStringTag] : '';

/** Whether the value is a Float32Array of any realm. */
export const isFloats = (value: unknown): value is Float32Array => typeOf(value) === 'Float32Array';

/** Whether the value is an array of bytes, clamped or not, of any realm. */
export const isBytes = (value: unknown): value is Bytes =>
  typeOf(value) === 'Uint8Array' || typeOf(value) === 'Uint8ClampedArray';

/**
 * Checks that an array that is read over time still has `length` values. It asks the buffer too: in optimized code, Node 20 and
 * 22 return the old length of an array whose buffer was transferred. Errors: RangeError.
 */
export function checkBuffer(name: string, values: ArrayLike<number>, length: number): void {
  const { buffer, byteOffset, BYTES_PER_ELEMENT } = values as Float32Array;
  if (values.length < length || buffer?.byteLength < byteOffset + length * BYTES_PER_ELEMENT) {
    throw wrongValue(name, BUFFER_HINT, values);
  }
}

/** Checks that `length` samples or labels belong to `count` samples. `count` is undefined for a stream. Errors: RangeError. */
export function checkCount(name: string, length: number, count: number | undefined, what = 'samples'): void {
  if (count === undefined) throw wrongValue(name, `no ${what} for a stream (they go with x in memory)`, length);
  if (length !== count) throw wrongValue(name, `${count} ${what}, as many as x has`, length);
}

/** n samples of one shape. */
export class SampleBatch {
  /** Number of samples. */
  readonly count: number;
  /** Number of values of a sample. */
  readonly size: number;
  /** Whether the values are bytes, to be read as value / 255; else they are floats. */
  readonly pixels: boolean;
  /** Name of the samples in errors. */
  readonly name: string;
  /** Whether each sample is an array; else one array has all samples. */
  readonly isList: boolean;
  readonly #arrays: readonly Values[];

  /**
   * Checks samples. `allowNonFinite`: NaN and infinity are valid. Errors: TypeError for another type; RangeError for no sample,
   * an array of another length, NaN and infinity.
   */
  constructor(name: string, samples: Samples, shape: Shape, allowNonFinite = false) {
    const isList = Array.isArray(samples) && typeof samples[0] !== 'number';
    const nameOf = (i: number): string => (isList ? `${name}[${i}]` : name);
    const arrays = Array.from<unknown, Values>(isList ? samples : [samples], (array, i) =>
      toValues(nameOf(i), array, isList),
    );
    const size = sizeOf(shape);
    const pixels = isBytes(arrays[0]);
    arrays.forEach((array, i) => {
      const { length } = array;
      if (isBytes(array) !== pixels) throw wrongType(nameOf(i), `${typeOf(arrays[0])}, as the first one`, array);
      if (isList ? length !== size : length % size) {
        const expected = isList ? `${size} values, one sample` : `a multiple of ${size} values, whole samples`;
        throw wrongValue(nameOf(i), `${expected} of ${shapeText(shape)}`, array);
      }
      if (!pixels && !allowNonFinite) checkFiniteSamples(name, array as Float32Array, size, i);
    });
    this.name = name;
    this.size = size;
    this.pixels = pixels;
    this.isList = isList;
    this.#arrays = arrays;
    this.count = isList ? arrays.length : arrays[0]!.length / size;
    if (this.count === 0)
      throw wrongValue(name, `at least one sample of ${shapeText(shape)} in ${BUFFER_HINT}`, samples);
  }

  /** Copies sample `index` to row `row` of the block at `address`, as bytes if `pixels`, else as floats. */
  copySample(memory: Memory, address: number, row: number, index: number): void {
    this.#write(memory, address, row * this.size, this.slice(index, 1));
  }

  /** Copies `rows` samples from `index` on to the block at `address`. */
  copyRange(memory: Memory, address: number, index: number, rows: number): void {
    if (!this.isList) this.#write(memory, address, 0, this.slice(index, rows));
    else for (let row = 0; row < rows; row++) this.copySample(memory, address, row, index + row);
  }

  /**
   * A view of `rows` samples from `index` on; of a list `rows` must be 1. Errors: RangeError if the buffer was transferred or
   * made smaller.
   */
  slice(index: number, rows: number): Values {
    const { size, count, isList } = this;
    const values = this.#arrays[isList ? index : 0]!;
    checkBuffer(this.name, values, isList ? size : count * size);
    return isList ? values : values.subarray(index * size, (index + rows) * size);
  }

  /** Writes values to the block at `address`, from its value `offset` on. */
  #write(memory: Memory, address: number, offset: number, values: Values): void {
    if (this.pixels) memory.bytes.set(values, address + offset);
    else memory.floats.set(values, address / 4 + offset);
  }
}

/** Targets of a shape, as many as `count`. Errors: as `SampleBatch` and `checkCount`. */
export function matchingTargets(name: string, targets: Samples, count: number | undefined, shape: Shape): SampleBatch {
  const batch = new SampleBatch(name, targets, shape);
  checkCount(name, batch.count, count);
  return batch;
}

/** The values of `rows` samples from `index` on, bytes if `pixels`. A view of one array, or a copy of a list. */
export function sampleValues(samples: SampleBatch, index: number, rows: number): Float32Array | Uint8Array {
  const { size, pixels, isList } = samples;
  if (!isList) {
    const view = samples.slice(index, rows);
    return isFloats(view) ? view : new Uint8Array(view.buffer, view.byteOffset, view.length);
  }
  const values = new (pixels ? Uint8Array : Float32Array)(rows * size);
  for (let row = 0; row < rows; row++) values.set(samples.slice(index + row, 1), row * size);
  return values;
}

/** Checks that all values are finite. `first`: index of the first sample, for the error. */
function checkFiniteSamples(name: string, values: Float32Array, size: number, first: number): void {
  const index = firstNonFinite(values);
  if (index < 0) return;
  const position = `sample ${first + Math.floor(index / size)}, value ${index % size}`;
  throw wrongValue(name, 'finite numbers', values, `${values[index]} in ${position}`);
}

/** Checks the type of samples. A sample of a list may be an array of numbers, which are rounded to float32. */
function toValues(name: string, array: unknown, isList: boolean): Values {
  if (isFloats(array) || isBytes(array)) return array;
  if (!Array.isArray(array)) throw notSamples(name, isList ? 'numbers' : 'samples', array);
  const values = Float32Array.from(array, (value: unknown, i) => {
    const isNumber = typeof value === 'number';
    const overflows = isNumber && Math.abs(value - Math.fround(value)) === Infinity;
    if (isNumber && !overflows) return value;
    const hint = Array.isArray(value) ? `(${name.split('[', 1)}.map((row) => row.flat()))` : 'that float32 holds';
    const isMissing = value === null || value === undefined;
    const expected = `a number ${isMissing ? '(fill or leave out missing values)' : hint}`;
    throw (isNumber ? wrongValue : wrongType)(`${name}[${i}]`, expected, value);
  });
  if (!isList) throw notSamples(name, 'samples', array);
  return values;
}

/** A TypeError with an expression that converts the value, where one is known. */
function notSamples(name: string, items: string, got: unknown): TypeError {
  const { arrayBuffer, data, length } = Object(got) as Partial<Blob & ImageData> & { length?: number };
  let hint = '';
  if (arrayBuffer) hint = `, such as new Uint8Array(await ${name}.arrayBuffer())`;
  else if (data) hint = typeof data === 'function' ? `, such as await ${name}.data()` : `, such as ${name}.data`;
  else if (length) hint = `, such as Float32Array.from(${name}, Number)`;
  return wrongType(name, `Float32Array, Uint8Array or an array of ${items}${hint}`, got);
}
