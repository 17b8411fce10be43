// Samples as users hold them, checked once, then read row by row into a model's memory.

import { notFinite } from './check.ts';
import type { Memory } from './engine/memory.ts';
import { wrongType, wrongValue } from './errors.ts';
import { type Shape, sizeOf } from './layers/layer.ts';
import type { Samples } from './types.ts';

type Bytes = Uint8Array | Uint8ClampedArray;

/** By name, not by `instanceof`: arrays come from frames and test runners with globals of their own. */
const tag = (value: unknown): string => (ArrayBuffer.isView(value) ? (value as Float32Array)[Symbol.toStringTag] : '');

/** Whether it is a `Float32Array`, of whatever realm. */
export const isFloats = (value: unknown): value is Float32Array => tag(value) === 'Float32Array';

/** Whether it is an array of bytes, clamped or not, of whatever realm. */
export const isBytes = (value: unknown): value is Bytes =>
  tag(value) === 'Uint8Array' || tag(value) === 'Uint8ClampedArray';

const whole = 'a buffer that is not transferred or made smaller';

/** Checks that an array whose values are read over time still has as many as when it was given. */
export function checkKept(name: string, values: ArrayLike<number>, length: number): void {
  if (values.length < length) throw wrongValue(name, whole, values);
}

export class Rows {
  readonly count: number;
  readonly size: number;
  readonly pixels: boolean;
  readonly name: string;
  readonly #flat: Float32Array | Bytes | undefined;
  readonly #list: readonly (Float32Array | Bytes)[] | undefined;

  /** Errors: TypeError for another type; RangeError for no sample, part of a sample and, unless `any`, NaN or infinity. */
  constructor(name: string, samples: Samples, shape: Shape, any = false) {
    this.name = name;
    this.size = sizeOf(shape);
    if (Array.isArray(samples) && typeof samples[0] !== 'number') {
      this.#list = Array.from(samples, (row, i) => sampleOf(`${name}[${i}]`, row));
      this.count = samples.length;
      this.pixels = isBytes(this.#list[0]);
      this.#list.forEach((row, i) => {
        const place = `${name}[${i}]`;
        if (isBytes(row) !== this.pixels) throw wrongType(place, `${tag(this.#list![0])}, as the first one`, row);
        if (row.length !== this.size) {
          throw wrongValue(place, `${this.size} values, one sample of ${shapeText(shape)}`, row);
        }
        if (!this.pixels && !any) finite(name, row as Float32Array, this.size, i);
      });
    } else {
      this.pixels = isBytes(samples);
      if (!this.pixels && !isFloats(samples)) {
        throw notSamples(name, 'samples', samples);
      }
      this.#flat = samples as Float32Array | Bytes;
      const { length } = this.#flat;
      if (length % this.size) {
        throw wrongValue(name, `a multiple of ${this.size} values, whole samples of ${shapeText(shape)}`, samples);
      }
      this.count = length / this.size;
      if (!this.pixels && !any) finite(name, samples as Float32Array, this.size, 0);
    }
    if (this.count === 0) throw wrongValue(name, `at least one sample of ${shapeText(shape)} in ${whole}`, samples);
  }

  /** Copies sample `index` to row `row` of the block at `address`: bytes where `pixels`, else floats. */
  copy(memory: Memory, address: number, row: number, index: number): void {
    this.#copy(memory, address, row * this.size, this.#part(index, 1));
  }

  /** Copies `rows` samples from `index` on. */
  copyRange(memory: Memory, address: number, index: number, rows: number): void {
    if (this.#flat) this.#copy(memory, address, 0, this.#part(index, rows));
    else for (let row = 0; row < rows; row++) this.copy(memory, address, row, index + row);
  }

  /** The values of `rows` samples from `index` on: bytes where `pixels`. Not a copy where they lie end to end. */
  values(index: number, rows: number): Float32Array | Uint8Array {
    const { size } = this;
    if (this.#flat) {
      const flat = this.#part(index, rows);
      return isFloats(flat) ? flat : new Uint8Array(flat.buffer, flat.byteOffset, flat.length);
    }
    const values = new (this.pixels ? Uint8Array : Float32Array)(rows * size);
    for (let row = 0; row < rows; row++) values.set(this.#part(index + row, 1), row * size);
    return values;
  }

  /** The samples from `from` to before `to`, which are checked already. */
  part(from: number, to: number): Rows {
    const { size } = this;
    const samples = this.#list?.slice(from, to) ?? this.#flat!.subarray(from * size, to * size);
    return new Rows(this.name, samples as Float32Array, [size], true);
  }

  /** `rows` samples that lie end to end. Errors: RangeError where their buffer is no longer as large as it was. */
  #part(index: number, rows: number): Float32Array | Bytes {
    const { size, count } = this;
    const values = this.#list ? this.#list[index]! : this.#flat!;
    checkKept(this.name, values, this.#list ? size : count * size);
    return this.#list ? values : values.subarray(index * size, (index + rows) * size);
  }

  #copy(memory: Memory, address: number, to: number, values: Float32Array | Bytes): void {
    if (this.pixels) memory.bytes.set(values, address + to);
    else memory.floats.set(values, address / 4 + to);
  }
}

export const shapeText = (shape: Shape): string => `[${shape.join(', ')}]`;

function finite(name: string, values: Float32Array, size: number, first: number): void {
  const bad = notFinite(values);
  if (bad < 0) return;
  const place = `sample ${first + Math.floor(bad / size)}, value ${bad % size}`;
  throw new RangeError(`"${name}" expected finite numbers, got ${values[bad]} in ${place}`);
}

/** One sample of a list: as it is, or of numbers, rounded to float32. */
function sampleOf(name: string, row: unknown): Float32Array | Bytes {
  if (isFloats(row) || isBytes(row)) return row;
  if (!Array.isArray(row)) throw notSamples(name, 'numbers', row);
  return Float32Array.from(row, (value, i) => {
    if (typeof value !== 'number') throw wrongType(`${name}[${i}]`, 'a number', value);
    return value;
  });
}

/** A TypeError with the line that makes samples of what was given. */
function notSamples(name: string, parts: string, got: unknown): TypeError {
  const { arrayBuffer, data, length } = Object(got) as Partial<Blob & ImageData> & { length?: number };
  const line =
    (arrayBuffer && `new Uint8Array(await ${name}.arrayBuffer())`) ??
    (data && (typeof data === 'function' ? `await ${name}.data()` : `${name}.data`)) ??
    (length && `Float32Array.from(${name}, Number)`);
  return wrongType(name, `Float32Array, Uint8Array or an array of ${parts}${line ? `, such as ${line}` : ''}`, got);
}
