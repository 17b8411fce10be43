// The windows of an image or a signal as samples of a model, and their outputs as the cleaned data.

import { toByte } from '../core/portable-math.ts';
import { checkBuffer, isFloats } from '../data/sample-batch.ts';
import type { PassSamples } from '../engine/executor.ts';
import type { Memory } from '../wasm/memory.ts';
import type { Pixels } from './image-size.ts';
import { mirrorIndex, type TileAxis } from './windows.ts';

/** Data `[y.size, x.size, channels]` and its windows `[y.tileSize, x.tileSize, depth]`. */
export interface TiledData {
  readonly source: Pixels;
  /** The result, as long as `source` and of the same type. Channels that are not cleaned keep their values. */
  readonly target: Pixels;
  readonly y: TileAxis;
  readonly x: TileAxis;
  /** Channels of the data. */
  readonly channels: number;
  /** How many of these, from the first on, are cleaned: a multiple of `depth`. */
  readonly cleaned: number;
  /** Channels of the model. */
  readonly depth: number;
}

/**
 * Windows are numbered by row, column and group of channels. Besides input and output, this takes one row of windows as floats:
 * outputs are added in the order of the windows.
 */
export class WindowSamples implements PassSamples {
  readonly count: number;
  /** Values of a window. */
  readonly size: number;
  readonly pixels: boolean;
  readonly #data: TiledData;
  /** Groups of `depth` channels. */
  readonly #groups: number;
  /** Weighted sums of one row of windows, `[y.tileSize, x.size, cleaned]`. */
  readonly #sums: Float32Array;
  /** Indices in a line of the columns of a window, by the window's column and group. */
  readonly #columns: readonly Int32Array[];

  constructor(data: TiledData) {
    const { source, y, x, channels, cleaned, depth } = data;
    this.#data = data;
    this.#groups = cleaned / depth;
    this.count = y.count * x.count * this.#groups;
    this.size = y.tileSize * x.tileSize * depth;
    this.pixels = !isFloats(source);
    this.#sums = new Float32Array(y.tileSize * x.size * cleaned);
    this.#columns = Array.from({ length: x.count * this.#groups }, (_, window) => {
      const { left, channel } = this.#positionOf(window);
      return Int32Array.from({ length: x.tileSize }, (_, i) => mirrorIndex(left + i, x.size) * channels + channel);
    });
  }

  /** Copies windows to the block at `address`. */
  copyRange(memory: Memory, address: number, first: number, count: number): void {
    if (this.pixels) this.gather(first, count, memory.bytes, address);
    else this.gather(first, count, memory.floats, address / 4);
  }

  /** Copies windows to `to` from its value `offset` on, mirrored where they extend beyond the data. */
  gather(first: number, count: number, to: Pixels, offset: number): void {
    const { source, target, y, x, channels, depth } = this.#data;
    checkBuffer('data', source, target.length);
    let next = offset;
    for (let window = first; window < first + count; window++) {
      const { top } = this.#positionOf(window);
      const columns = this.#columns[window % this.#columns.length]!;
      for (let j = 0; j < y.tileSize; j++) {
        const line = mirrorIndex(top + j, y.size) * x.size * channels;
        for (let i = 0; i < x.tileSize; i++) {
          const from = line + columns[i]!;
          for (let c = 0; c < depth; c++) to[next++] = source[from + c]!;
        }
      }
    }
  }

  /** A new array with the values of windows. */
  copyOf(first: number, count: number): Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer> {
    const values = new (this.pixels ? Uint8Array : Float32Array)(count * this.size);
    this.gather(first, count, values, 0);
    return values;
  }

  /** Adds the outputs of windows, which begin at `output[0]`, to the result. */
  add(first: number, count: number, output: Float32Array): void {
    for (let i = 0; i < count; i++) this.#addWindow(first + i, output, i * this.size);
  }

  /** First line, column and channel of a window. */
  #positionOf(window: number) {
    const { y, x, depth } = this.#data;
    const tile = Math.floor(window / this.#groups);
    return {
      top: y.first + Math.floor(tile / x.count) * y.stride,
      left: x.first + (tile % x.count) * x.stride,
      channel: (window % this.#groups) * depth,
    };
  }

  #addWindow(window: number, output: Float32Array, offset: number): void {
    const { y, x, cleaned, depth } = this.#data;
    const { top, left, channel } = this.#positionOf(window);
    const sums = this.#sums;
    const [from, to] = [Math.max(0, -left), Math.min(x.tileSize, x.size - left)];
    for (let j = 0; j < y.tileSize; j++) {
      const line = (j * x.size + left) * cleaned + channel;
      for (let i = from; i < to; i++) {
        const weight = y.weights[j]! * x.weights[i]!;
        const [sum, value] = [line + i * cleaned, offset + (j * x.tileSize + i) * depth];
        for (let c = 0; c < depth; c++) sums[sum + c]! += weight * output[value + c]!;
      }
    }
    const lastOfRow = (window + 1) % this.#columns.length === 0;
    if (lastOfRow) this.#finishRow(top);
  }

  /** Writes the lines that the next row of windows does not reach, and shifts the sums to that row. `top`: line of this row. */
  #finishRow(top: number): void {
    const { target, y, x, channels, cleaned } = this.#data;
    const sums = this.#sums;
    const end = Math.min(top + y.stride, y.size);
    for (let line = Math.max(0, top); line < end; line++) {
      for (let i = 0; i < x.size; i++) {
        const from = ((line - top) * x.size + i) * cleaned;
        const to = (line * x.size + i) * channels;
        for (let c = 0; c < cleaned; c++) {
          const value = sums[from + c]!;
          target[to + c] = this.pixels ? toByte(value) : value;
        }
      }
    }
    const finished = y.stride * x.size * cleaned;
    sums.copyWithin(0, finished);
    sums.fill(0, sums.length - finished);
  }
}
