// Windows ▸ model ▸ sum of weighted windows. Bounded: beside input and output there are one batch and one row of
// windows as floats.

import { checkBuffer, isFloats } from '../data/sample-batch.ts';
import { multiplicationsPerSample } from '../engine/graph.ts';
import { finiteOutput } from '../model/finite-output.ts';
import { engineSymbol, type Model } from '../model/model.ts';
import type { Pixels } from './image-size.ts';
import { mirrorIndex, type TileAxis } from './windows.ts';

/** Values of a batch of windows, unless a single one has more: 1 MB as floats. */
const MOST_VALUES = 2 ** 18;
/** Floating-point operations of a batch, unless a single window takes more: 1 ms at 50 GFLOP/s. */
const MOST_OPERATIONS = 5e7;

/**
 * Cleans `source` batch by batch; yields the share that is done. The result goes to `target`, as long as the source and
 * of its kind; channels that are not cleaned stay there as they are. `channels`: those of the data; `cleaned`: how many
 * of them, from the first on, are cleaned; `depth`: how many of these the model takes. Errors: RangeError when the
 * model's output is not finite.
 */
export function* overlapAdd(
  model: Model,
  source: Pixels,
  target: Pixels,
  y: TileAxis,
  x: TileAxis,
  channels: number,
  cleaned: number,
  depth: number,
): Generator<number, void, undefined> {
  const size = y.tileSize * x.tileSize * depth;
  const groups = cleaned / depth;
  const windows = y.count * x.count * groups;
  // Few enough that the event loop may wait for them.
  const operations = 2 * multiplicationsPerSample(model[engineSymbol].network);
  const most = Math.max(1, Math.floor(Math.min(MOST_VALUES / size, MOST_OPERATIONS / operations, windows)));
  const floats = isFloats(source);
  const batch = new (floats ? Float32Array : Uint8Array)(most * size);

  /** First line, column and channel of a window: row by row, all channels of a place after each other. */
  const placeOf = (window: number): [top: number, left: number, channel: number] => {
    const at = Math.floor(window / groups);
    const top = y.first + Math.floor(at / x.count) * y.stride;
    return [top, x.first + (at % x.count) * x.stride, (window % groups) * depth];
  };

  /** Copies a window's values, mirrored where it reaches beyond an edge. */
  const gather = (window: number, at: number): void => {
    const [top, left, channel] = placeOf(window);
    const columns = Int32Array.from(
      { length: x.tileSize },
      (_, i) => mirrorIndex(left + i, x.size) * channels + channel,
    );
    let to = at;
    for (let j = 0; j < y.tileSize; j++) {
      const line = mirrorIndex(top + j, y.size) * x.size * channels;
      for (let i = 0; i < x.tileSize; i++) {
        for (let c = 0; c < depth; c++) batch[to++] = source[line + columns[i]! + c]!;
      }
    }
  };

  /** Sums of the windows of a row, `[y.tile][x.size][cleaned]`. */
  const sums = new Float32Array(y.tileSize * x.size * cleaned);

  const add = (window: number, out: Float32Array, at: number): void => {
    const [top, left, channel] = placeOf(window);
    const [from, to] = [Math.max(0, -left), Math.min(x.tileSize, x.size - left)];
    for (let j = 0; j < y.tileSize; j++) {
      const line = (j * x.size + left) * cleaned + channel;
      for (let i = from; i < to; i++) {
        const weight = y.weights[j]! * x.weights[i]!;
        const [sum, value] = [line + i * cleaned, at + (j * x.tileSize + i) * depth];
        for (let c = 0; c < depth; c++) sums[sum + c]! += weight * out[value + c]!;
      }
    }
    if ((window + 1) % (x.count * groups) === 0) finish(top);
  };

  /** Writes the lines that no row of windows below that at `top` reaches, and makes room for the next. */
  const finish = (top: number): void => {
    const end = Math.min(top + y.stride, y.size);
    for (let line = Math.max(0, top); line < end; line++) {
      for (let i = 0; i < x.size; i++) {
        const from = ((line - top) * x.size + i) * cleaned;
        const to = (line * x.size + i) * channels;
        for (let c = 0; c < cleaned; c++) {
          const value = sums[from + c]!;
          target[to + c] = floats ? value : Math.floor(Math.max(0, Math.min(255, value * 255)) + 0.5);
        }
      }
    }
    const moved = y.stride * x.size * cleaned;
    sums.copyWithin(0, moved);
    sums.fill(0, sums.length - moved);
  };

  for (let first = 0; first < windows; first += most) {
    const count = Math.min(most, windows - first);
    checkBuffer('data', source, target.length);
    for (let i = 0; i < count; i++) gather(first + i, i * size);
    const out = finiteOutput(model.reconstruct(batch.subarray(0, count * size)));
    for (let i = 0; i < count; i++) add(first + i, out, i * size);
    yield (first + count) / windows;
  }
}
