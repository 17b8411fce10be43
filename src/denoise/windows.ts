// Windows of one size along one axis: where they stand, and how they fade into each other.

import { cosPi } from '../core/portable-math.ts';

export interface TileAxis {
  /** Values along the axis. */
  readonly size: number;
  /** Values of one window. */
  readonly tileSize: number;
  /** Where the first window begins, often before 0; and how far the next one is from it. */
  readonly first: number;
  readonly stride: number;
  readonly count: number;
  /** Weight of each value of a window. Those of all windows over one place have the sum 1. */
  readonly weights: Float64Array;
}

/**
 * Windows of `tileSize` values that share `overlap` with the next one. What fits into one window gets one, in its middle.
 * Else they reach beyond both ends far enough that no value of the axis is near the edge of all its windows, where
 * a model sees one side only.
 */
export function tileAxis(size: number, tileSize: number, overlap: number): TileAxis {
  const shared = size <= tileSize ? 0 : overlap;
  const stride = tileSize - shared;
  const count = Math.ceil((size + shared) / stride);
  const spare = count * stride - (size + shared);
  return {
    size,
    tileSize,
    first: -shared - Math.floor(spare / 2),
    stride,
    count,
    weights: blendWeights(tileSize, shared),
  };
}

/** Rises and falls as sin² over the overlap, over half a window at most; then divided by what all windows sum to. */
function blendWeights(tile: number, overlap: number): Float64Array {
  const ramp = Math.min(overlap, tile / 2);
  const raw = Float64Array.from({ length: tile }, (_, i) => {
    const inside = Math.min(i, tile - 1 - i) + 0.5;
    return inside < ramp ? (1 - cosPi(inside / ramp)) / 2 : 1;
  });
  const stride = tile - overlap;
  const sums = new Float64Array(stride);
  raw.forEach((weight, i) => {
    sums[i % stride]! += weight;
  });
  return raw.map((weight, i) => weight / sums[i % stride]!);
}

/** The place within 0..size-1 that a place beyond it mirrors: 2 1 | 0 1 2 3 | 2 1. */
export function mirrorIndex(place: number, size: number): number {
  const period = 2 * (size - 1) || 1;
  const at = Math.abs(place) % period;
  return at < size ? at : period - at;
}
