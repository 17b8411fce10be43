// Overlap-add: windows are cut, reconstructed by a model, weighted and added. Besides input and output, memory holds one batch
// of windows and one row of windows as floats.

import { toByte } from '../core/portable-math.ts';
import { checkBuffer, isFloats } from '../data/sample-batch.ts';
import { multiplicationsPerSample } from '../engine/graph.ts';
import { finiteOutput } from '../model/finite-output.ts';
import { engineSymbol, type Model } from '../model/model.ts';
import type { Pixels } from './image-size.ts';
import { mirrorIndex, type TileAxis } from './windows.ts';

/** Values of a batch of windows, unless one window has more: 1 MB as floats. */
const MAX_VALUES = 2 ** 18;
/** Floating-point operations of a batch, unless one window takes more: 1 ms at 50 GFLOP/s, so that the event loop can wait. */
const MAX_OPERATIONS = 5e7;

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

/** Cleans `source`, and yields the completed fraction after each batch. Errors: RangeError when the output is not finite. */
export function* overlapAdd(
  model: Model,
  { source, target, y, x, channels, cleaned, depth }: TiledData,
): Generator<number, void, undefined> {
  const size = y.tileSize * x.tileSize * depth;
  const groups = cleaned / depth;
  const windowsPerRow = x.count * groups;
  const windows = y.count * windowsPerRow;
  const operations = 2 * multiplicationsPerSample(model[engineSymbol].network);
  const batchSize = Math.max(1, Math.floor(Math.min(MAX_VALUES / size, MAX_OPERATIONS / operations, windows)));
  const floats = isFloats(source);
  const batch = new (floats ? Float32Array : Uint8Array)(batchSize * size);

  /** First line, column and channel of a window. Windows are numbered by row, column and group of channels. */
  const positionOf = (window: number) => {
    const tile = Math.floor(window / groups);
    return {
      top: y.first + Math.floor(tile / x.count) * y.stride,
      left: x.first + (tile % x.count) * x.stride,
      channel: (window % groups) * depth,
    };
  };

  /** Copies a window to the batch at `offset`, mirrored where it extends beyond the data. */
  const gather = (window: number, offset: number): void => {
    const { top, left, channel } = positionOf(window);
    const columns = Int32Array.from(
      { length: x.tileSize },
      (_, i) => mirrorIndex(left + i, x.size) * channels + channel,
    );
    let to = offset;
    for (let j = 0; j < y.tileSize; j++) {
      const line = mirrorIndex(top + j, y.size) * x.size * channels;
      for (let i = 0; i < x.tileSize; i++) {
        for (let c = 0; c < depth; c++) batch[to++] = source[line + columns[i]! + c]!;
      }
    }
  };

  /** Weighted sums of one row of windows, `[y.tileSize, x.size, cleaned]`. */
  const sums = new Float32Array(y.tileSize * x.size * cleaned);

  /** Adds a reconstructed window, which begins at `output[offset]`, to the sums. */
  const add = (window: number, output: Float32Array, offset: number): void => {
    const { top, left, channel } = positionOf(window);
    const [from, to] = [Math.max(0, -left), Math.min(x.tileSize, x.size - left)];
    for (let j = 0; j < y.tileSize; j++) {
      const line = (j * x.size + left) * cleaned + channel;
      for (let i = from; i < to; i++) {
        const weight = y.weights[j]! * x.weights[i]!;
        const [sum, value] = [line + i * cleaned, offset + (j * x.tileSize + i) * depth];
        for (let c = 0; c < depth; c++) sums[sum + c]! += weight * output[value + c]!;
      }
    }
    const lastOfRow = (window + 1) % windowsPerRow === 0;
    if (lastOfRow) finishRow(top);
  };

  /** Writes the lines that the next row of windows does not reach, and shifts the sums to that row. `top`: line of this row. */
  const finishRow = (top: number): void => {
    const end = Math.min(top + y.stride, y.size);
    for (let line = Math.max(0, top); line < end; line++) {
      for (let i = 0; i < x.size; i++) {
        const from = ((line - top) * x.size + i) * cleaned;
        const to = (line * x.size + i) * channels;
        for (let c = 0; c < cleaned; c++) {
          const value = sums[from + c]!;
          target[to + c] = floats ? value : toByte(value);
        }
      }
    }
    const finished = y.stride * x.size * cleaned;
    sums.copyWithin(0, finished);
    sums.fill(0, sums.length - finished);
  };

  for (let first = 0; first < windows; first += batchSize) {
    const count = Math.min(batchSize, windows - first);
    checkBuffer('data', source, target.length);
    for (let i = 0; i < count; i++) gather(first + i, i * size);
    const output = finiteOutput(model.reconstruct(batch.subarray(0, count * size)));
    for (let i = 0; i < count; i++) add(first + i, output, i * size);
    yield (first + count) / windows;
  }
}
