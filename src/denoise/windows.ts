// Windows of one size along one axis: their positions, and the weights that blend them.

import { cosPi } from '../core/portable-math.ts';

export interface TileAxis {
  /** Values along the axis. */
  readonly size: number;
  /** Values of one window. */
  readonly tileSize: number;
  /** Position of the first window; negative if it begins before the data. */
  readonly first: number;
  /** Distance of two windows. */
  readonly stride: number;
  /** Number of windows. */
  readonly count: number;
  /** Weight of each value of a window. At every position the weights of all windows sum to 1. */
  readonly weights: Float64Array;
}

/**
 * Windows of `tileSize` values, each of which shares `overlap` values with the next. An axis that fits into one window has one
 * window, centered. Otherwise the windows extend beyond both ends, so that the ends are not at the edge of all windows that
 * cover them: at an edge a model sees one side only.
 */
export function tileAxis(size: number, tileSize: number, overlap: number): TileAxis {
  const shared = size <= tileSize ? 0 : overlap;
  const stride = tileSize - shared;
  const count = Math.ceil((size + shared) / stride);
  const spare = count * stride - (size + shared);
  const first = -shared - Math.floor(spare / 2);
  return { size, tileSize, first, stride, count, weights: blendWeights(tileSize, shared) };
}

/** sin² ramps over the overlap, or over half a window if that is less, divided by the sum over all windows. */
function blendWeights(tileSize: number, overlap: number): Float64Array {
  const ramp = Math.min(overlap, tileSize / 2);
  const weights = Float64Array.from({ length: tileSize }, (_, i) => {
    const distance = Math.min(i, tileSize - 1 - i) + 0.5;
    return distance < ramp ? (1 - cosPi(distance / ramp)) / 2 : 1;
  });
  const stride = tileSize - overlap;
  const sums = new Float64Array(stride);
  weights.forEach((weight, i) => {
    sums[i % stride]! += weight;
  });
  return weights.map((weight, i) => weight / sums[i % stride]!);
}

/** The index within 0..size-1 that mirrors `index`: 2 1 | 0 1 2 3 | 2 1. */
export function mirrorIndex(index: number, size: number): number {
  const period = 2 * (size - 1) || 1;
  const position = Math.abs(index) % period;
  return position < size ? position : period - position;
}
