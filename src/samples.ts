// Samples as users hold them, checked once, then read row by row into a model's memory.

import { notFinite } from './check.ts';
import type { Memory } from './engine/memory.ts';
import { wrongType, wrongValue } from './errors.ts';
import { type Shape, sizeOf } from './layers/layer.ts';
import type { Samples } from './types.ts';

const expected = 'Float32Array, Uint8Array or an array of Float32Array';

/** By name, not by `instanceof`: arrays come from frames and test runners with globals of their own. */
const tag = (value: unknown): string => (ArrayBuffer.isView(value) ? (value as Float32Array)[Symbol.toStringTag] : '');

/** Whether it is a `Float32Array`, of whatever realm. */
export const isFloats = (value: unknown): value is Float32Array => tag(value) === 'Float32Array';

/** Whether it is an array of bytes, clamped or not, of whatever realm. */
export const isBytes = (value: unknown): value is Uint8Array | Uint8ClampedArray =>
  tag(value) === 'Uint8Array' || tag(value) === 'Uint8ClampedArray';

export class Rows {
  readonly count: number;
  readonly size: number;
  readonly pixels: boolean;
  readonly #flat: Float32Array | Uint8Array | Uint8ClampedArray | undefined;
  readonly #list: readonly Float32Array[] | undefined;

  /** Errors: TypeError for another type; RangeError for no sample, part of a sample and, unless `any`, NaN or infinity. */
  constructor(name: string, samples: Samples, shape: Shape, any = false) {
    this.size = sizeOf(shape);
    if (Array.isArray(samples)) this.#list = samples;
    else this.#flat = samples as Float32Array | Uint8Array;
    this.pixels = isBytes(samples);
    if (Array.isArray(samples)) {
      this.count = samples.length;
      Array.from(samples).forEach((row, i) => {
        if (!isFloats(row)) throw wrongType(`${name}[${i}]`, 'Float32Array', row);
        if (row.length !== this.size) {
          throw wrongValue(`${name}[${i}]`, `${this.size} values, one sample of ${shapeText(shape)}`, row);
        }
        if (!any) finite(name, row, this.size, i);
      });
    } else if (this.pixels || isFloats(samples)) {
      const { length } = samples as Float32Array;
      if (length % this.size) {
        throw wrongValue(name, `a multiple of ${this.size} values, whole samples of ${shapeText(shape)}`, samples);
      }
      this.count = length / this.size;
      if (!this.pixels && !any) finite(name, samples as Float32Array, this.size, 0);
    } else {
      throw wrongType(name, expected, samples);
    }
    if (this.count === 0) throw wrongValue(name, `at least one sample of ${shapeText(shape)}`, samples);
  }

  /** Copies sample `index` to row `row` of the block at `address`: bytes where `pixels`, else floats. */
  copy(memory: Memory, address: number, row: number, index: number): void {
    const { size } = this;
    if (this.#list) memory.floats.set(this.#list[index]!, address / 4 + row * size);
    else this.#copyFlat(memory, address, row * size, index * size, size);
  }

  /** Copies `rows` samples from `index` on. */
  copyRange(memory: Memory, address: number, index: number, rows: number): void {
    if (this.#flat) this.#copyFlat(memory, address, 0, index * this.size, rows * this.size);
    else for (let row = 0; row < rows; row++) this.copy(memory, address, row, index + row);
  }

  /** The values of `rows` samples from `index` on: bytes where `pixels`. Not a copy where they lie end to end. */
  values(index: number, rows: number): Float32Array | Uint8Array {
    const { size } = this;
    const flat = this.#flat?.subarray(index * size, (index + rows) * size);
    if (flat) return isFloats(flat) ? flat : new Uint8Array(flat.buffer, flat.byteOffset, flat.length);
    const values = new Float32Array(rows * size);
    for (let row = 0; row < rows; row++) values.set(this.#list![index + row]!, row * size);
    return values;
  }

  #copyFlat(memory: Memory, address: number, to: number, from: number, count: number): void {
    const values = this.#flat!.subarray(from, from + count);
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
