// Windows ▸ model ▸ sum of weighted windows. Bounded: beside input and output there are one batch and one row of
// windows as floats.

import { notFinite } from '../check.ts';
import { products } from '../engine/network.ts';
import { wrongValue } from '../errors.ts';
import { engineOf, type Model } from '../model.ts';
import { isFloats } from '../samples.ts';
import { type Axis, mirrored } from './axis.ts';
import type { Pixels } from './picture.ts';

/** Values of a batch of windows, unless a single one has more: 1 MB as floats. */
const MOST_VALUES = 2 ** 18;
/** Floating-point operations of a batch, unless a single window takes more: 1 ms at 50 GFLOP/s. */
const MOST_OPERATIONS = 5e7;

export interface Job {
  readonly model: Model;
  readonly source: Pixels;
  /** Where the result goes: as long as the source and of its kind. Channels that are not cleaned stay as they are. */
  readonly target: Pixels;
  readonly y: Axis;
  readonly x: Axis;
  /** Channels of the data; how many of them, from the first on, are cleaned; and how many of these the model takes. */
  readonly channels: number;
  readonly cleaned: number;
  readonly depth: number;
}

/** Windows that pass at once: few enough that the event loop may wait for them. */
function batchOf({ model, y, x, depth }: Job, windows: number): number {
  const operations = 2 * products(model[engineOf].network);
  const most = Math.min(MOST_VALUES / (y.tile * x.tile * depth), MOST_OPERATIONS / operations, windows);
  return Math.max(1, Math.floor(most));
}

/** Cleans batch by batch; yields the share that is done. Errors: RangeError when the model's output is not finite. */
export function* overlapAdd(job: Job): Generator<number, void, undefined> {
  const { model, source, y, x, depth, cleaned } = job;
  const size = y.tile * x.tile * depth;
  const windows = y.count * x.count * (cleaned / depth);
  const most = batchOf(job, windows);
  const batch = isFloats(source) ? new Float32Array(most * size) : new Uint8Array(most * size);
  const band = new Band(job);
  for (let first = 0; first < windows; first += most) {
    const count = Math.min(most, windows - first);
    for (let i = 0; i < count; i++) gather(job, first + i, batch, i * size);
    const out = model.reconstruct(batch.subarray(0, count * size));
    const bad = notFinite(out);
    if (bad >= 0) throw wrongValue('model', 'one whose output is finite', out[bad]);
    for (let i = 0; i < count; i++) band.add(first + i, out, i * size);
    if (first + count === windows) band.finish(y.size);
    yield (first + count) / windows;
  }
}

/** Row and column of a window, and its first channel: row by row, all channels of a place after each other. */
function placeOf({ x, cleaned, depth }: Job, window: number): { row: number; column: number; channel: number } {
  const groups = cleaned / depth;
  const at = Math.floor(window / groups);
  return { row: Math.floor(at / x.count), column: at % x.count, channel: (window % groups) * depth };
}

/** Copies a window's values, mirrored where it reaches beyond an edge. */
function gather(job: Job, window: number, batch: Float32Array | Uint8Array, at: number): void {
  const { source, y, x, channels, depth } = job;
  const { row, column, channel } = placeOf(job, window);
  const left = x.first + column * x.stride;
  const top = y.first + row * y.stride;
  const columns = Int32Array.from({ length: x.tile }, (_, i) => mirrored(left + i, x.size) * channels + channel);
  let to = at;
  for (let j = 0; j < y.tile; j++) {
    const line = mirrored(top + j, y.size) * x.size * channels;
    for (let i = 0; i < x.tile; i++) {
      for (let c = 0; c < depth; c++) batch[to++] = source[line + columns[i]! + c]!;
    }
  }
}

/** Sums of one row of windows: what no later window reaches goes to the target. */
class Band {
  readonly #job: Job;
  /** [y.tile][x.size][cleaned] */
  readonly #sums: Float32Array;
  #row = 0;
  /** First line that is not in the target yet. */
  #line = 0;

  constructor(job: Job) {
    this.#job = job;
    this.#sums = new Float32Array(job.y.tile * job.x.size * job.cleaned);
  }

  add(window: number, out: Float32Array, at: number): void {
    const { y, x, cleaned, depth } = this.#job;
    const { row, column, channel } = placeOf(this.#job, window);
    if (row !== this.#row) this.#next(row);
    const left = x.first + column * x.stride;
    const [from, to] = [Math.max(0, -left), Math.min(x.tile, x.size - left)];
    for (let j = 0; j < y.tile; j++) {
      const line = (j * x.size + left) * cleaned + channel;
      for (let i = from; i < to; i++) {
        const weight = y.weights[j]! * x.weights[i]!;
        const [sum, value] = [line + i * cleaned, at + (j * x.tile + i) * depth];
        for (let c = 0; c < depth; c++) this.#sums[sum + c]! += weight * out[value + c]!;
      }
    }
  }

  #next(row: number): void {
    const { y, x, cleaned } = this.#job;
    this.finish(y.first + row * y.stride);
    const moved = y.stride * x.size * cleaned;
    this.#sums.copyWithin(0, moved);
    this.#sums.fill(0, this.#sums.length - moved);
    this.#row = row;
  }

  /** Writes the lines before `end`. */
  finish(end: number): void {
    const { target, y, x, channels, cleaned } = this.#job;
    const floats = isFloats(target);
    const top = y.first + this.#row * y.stride;
    for (; this.#line < Math.min(end, y.size); this.#line++) {
      let from = (this.#line - top) * x.size * cleaned;
      for (let i = 0; i < x.size; i++) {
        const to = (this.#line * x.size + i) * channels;
        for (let c = 0; c < cleaned; c++) {
          const value = this.#sums[from++]!;
          target[to + c] = floats ? value : Math.floor(Math.max(0, Math.min(255, value * 255)) + 0.5);
        }
      }
    }
  }
}
