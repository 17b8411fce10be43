import { shapeText } from '../core/shape.ts';
// Samples as users hold them, checked once, then read row by row into a model's memory.

import { BUFFER_HINT } from '../core/bytes.ts';
import { wrongType, wrongValue } from '../core/errors.ts';
import { type Shape, sizeOf } from '../core/shape.ts';
import type { Samples } from '../core/types.ts';
import { firstNonFinite } from '../core/validate.ts';
import type { Memory } from '../wasm/memory.ts';

type Bytes = Uint8Array | Uint8ClampedArray;

/** By name, not by `instanceof`: arrays come from frames and test runners with globals of their own. */
const tag = (value: unknown): string => (ArrayBuffer.isView(value) ? (value as Float32Array)[Symbol.toStringTag] : '');

/** Whether it is a `Float32Array`, of whatever realm. */
export const isFloats = (value: unknown): value is Float32Array => tag(value) === 'Float32Array';

/** Whether it is an array of bytes, clamped or not, of whatever realm. */
export const isBytes = (value: unknown): value is Bytes =>
  tag(value) === 'Uint8Array' || tag(value) === 'Uint8ClampedArray';

/**
 * Checks that an array whose values are read over time still has as many as when it was given. The buffer is asked too: code
 * that Node 20 and 22 have optimised answers with the old length of an array whose buffer was transferred.
 */
export function checkBuffer(name: string, values: ArrayLike<number>, length: number): void {
  const { buffer, byteOffset, BYTES_PER_ELEMENT } = values as Float32Array;
  if (values.length < length || buffer?.byteLength < byteOffset + length * BYTES_PER_ELEMENT) {
    throw wrongValue(name, BUFFER_HINT, values);
  }
}

export class SampleBatch {
  readonly count: number;
  readonly size: number;
  readonly pixels: boolean;
  readonly name: string;
  /** Whether each sample is an array of its own. */
  readonly isList: boolean;
  /** Those, or one array of all samples, end to end. */
  readonly #parts: readonly (Float32Array | Bytes)[];

  /** Errors: TypeError for another type; RangeError for no sample, part of a sample and, unless `any`, NaN or infinity. */
  constructor(name: string, samples: Samples, shape: Shape, any = false) {
    const listed = Array.isArray(samples) && typeof samples[0] !== 'number';
    const nameOf = (i: number): string => (listed ? `${name}[${i}]` : name);
    const parts = Array.from<unknown, Float32Array | Bytes>(listed ? samples : [samples], (part, i) =>
      valuesIn(nameOf(i), part, listed),
    );
    const size = sizeOf(shape);
    const pixels = isBytes(parts[0]);
    parts.forEach((part, i) => {
      const { length } = part;
      if (isBytes(part) !== pixels) throw wrongType(nameOf(i), `${tag(parts[0])}, as the first one`, part);
      if (listed ? length !== size : length % size) {
        const expected = listed ? `${size} values, one sample` : `a multiple of ${size} values, whole samples`;
        throw wrongValue(nameOf(i), `${expected} of ${shapeText(shape)}`, part);
      }
      if (!pixels && !any) checkFiniteSample(name, part as Float32Array, size, i);
    });
    this.name = name;
    this.size = size;
    this.pixels = pixels;
    this.isList = listed;
    this.#parts = parts;
    this.count = listed ? parts.length : parts[0]!.length / size;
    if (this.count === 0)
      throw wrongValue(name, `at least one sample of ${shapeText(shape)} in ${BUFFER_HINT}`, samples);
  }

  /** Copies sample `index` to row `row` of the block at `address`: bytes where `pixels`, else floats. */
  copySample(memory: Memory, address: number, row: number, index: number): void {
    this.#copy(memory, address, row * this.size, this.slice(index, 1));
  }

  /** Copies `rows` samples from `index` on. */
  copyRange(memory: Memory, address: number, index: number, rows: number): void {
    if (!this.isList) this.#copy(memory, address, 0, this.slice(index, rows));
    else for (let row = 0; row < rows; row++) this.copySample(memory, address, row, index + row);
  }

  /**
   * `rows` samples from `index` on, as they lie: one alone where they are `isList`. Errors: RangeError where their buffer is no
   * longer as large as it was.
   */
  slice(index: number, rows: number): Float32Array | Bytes {
    const { size, count, isList } = this;
    const values = this.#parts[isList ? index : 0]!;
    checkBuffer(this.name, values, isList ? size : count * size);
    return isList ? values : values.subarray(index * size, (index + rows) * size);
  }

  #copy(memory: Memory, address: number, to: number, values: Float32Array | Bytes): void {
    if (this.pixels) memory.bytes.set(values, address + to);
    else memory.floats.set(values, address / 4 + to);
  }
}

/** The values of `rows` samples from `index` on: bytes where they are `pixels`. Not a copy where they lie end to end. */
export function sampleValues(samples: SampleBatch, index: number, rows: number): Float32Array | Uint8Array {
  const { size, pixels, isList } = samples;
  if (!isList) {
    const flat = samples.slice(index, rows);
    return isFloats(flat) ? flat : new Uint8Array(flat.buffer, flat.byteOffset, flat.length);
  }
  const values = new (pixels ? Uint8Array : Float32Array)(rows * size);
  for (let row = 0; row < rows; row++) values.set(samples.slice(index + row, 1), row * size);
  return values;
}

function checkFiniteSample(name: string, values: Float32Array, size: number, first: number): void {
  const bad = firstNonFinite(values);
  if (bad < 0) return;
  const place = `sample ${first + Math.floor(bad / size)}, value ${bad % size}`;
  throw new RangeError(`"${name}" expected finite numbers, got ${values[bad]} in ${place}`);
}

/** Samples as they are; one of a list may be of numbers too, rounded to float32. */
function valuesIn(name: string, given: unknown, listed: boolean): Float32Array | Bytes {
  if (isFloats(given) || isBytes(given)) return given;
  if (!Array.isArray(given)) throw notSamples(name, listed ? 'numbers' : 'samples', given);
  const values = Float32Array.from(given, (value: unknown, i) => {
    if (typeof value === 'number' && Math.abs(value - Math.fround(value)) !== Infinity) return value;
    const error = typeof value === 'number' ? wrongValue : wrongType;
    const hint = Array.isArray(value) ? `(${name.split('[', 1)}.map((row) => row.flat()))` : 'that float32 holds';
    const missing = value === null || value === undefined;
    throw error(`${name}[${i}]`, `a number ${missing ? '(fill or leave out missing values)' : hint}`, value);
  });
  if (!listed) throw notSamples(name, 'samples', given);
  return values;
}

/** A TypeError with the line that makes samples of what was given. */
function notSamples(name: string, parts: string, got: unknown): TypeError {
  const { arrayBuffer, data, length } = Object(got) as Partial<Blob & ImageData> & { length?: number };
  let line = '';
  if (arrayBuffer) line = `, such as new Uint8Array(await ${name}.arrayBuffer())`;
  else if (data) line = typeof data === 'function' ? `, such as await ${name}.data()` : `, such as ${name}.data`;
  else if (length) line = `, such as Float32Array.from(${name}, Number)`;
  return wrongType(name, `Float32Array, Uint8Array or an array of ${parts}${line}`, got);
}
