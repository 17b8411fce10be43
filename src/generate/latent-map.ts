import { sizeOf } from '../layers/layer.ts';
import { engineIn, type Model } from '../model.ts';
import type { Samples } from '../types.ts';

/** Rounds of the power method; directions of a real set are told apart after a few tens. */
const ROUNDS = 200;

/**
 * A place in the plane for each sample, `[x, y]` end to end: its code, seen along the two directions in which codes vary
 * most (principal components; Pearson, 1901), the mean at the origin. A code of two values is its own place, one of a
 * single value lies on the first axis. Errors: TypeError, RangeError when the samples do not fit.
 */
export function latentMap(model: Model, x: Samples): Float32Array<ArrayBuffer> {
  engineIn(model);
  const codes = model.encode(x);
  const size = sizeOf(model.latentShape);
  if (size === 2) return codes;
  const count = codes.length / size;
  const map = new Float32Array(2 * count);
  if (size === 1) {
    for (let i = 0; i < count; i++) map[2 * i] = codes[i]!;
    return map;
  }
  const mean = new Float64Array(size);
  for (let i = 0; i < codes.length; i++) mean[i % size]! += codes[i]! / count;
  const centred = Float64Array.from(codes, (v, i) => v - mean[i % size]!);
  const first = direction(centred, size, undefined);
  const second = direction(centred, size, first);
  for (let i = 0; i < count; i++) {
    const row = centred.subarray(i * size, (i + 1) * size);
    map[2 * i] = dot(row, first);
    map[2 * i + 1] = dot(row, second);
  }
  return map;
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, v, i) => sum + v * b[i]!, 0);

/** The direction of most variance, at right angles to `other`; its largest part is positive. */
function direction(centred: Float64Array, size: number, other: Float64Array | undefined): Float64Array {
  let v = Float64Array.from({ length: size }, (_, j) => 1 / (j + 1));
  for (let round = 0; round < ROUNDS; round++) {
    const next = new Float64Array(size);
    for (let i = 0; i < centred.length; i += size) {
      const row = centred.subarray(i, i + size);
      const share = dot(row, v);
      for (let j = 0; j < size; j++) next[j]! += share * row[j]!;
    }
    if (other) {
      const along = dot(next, other);
      for (let j = 0; j < size; j++) next[j]! -= along * other[j]!;
    }
    const norm = Math.sqrt(dot(next, next));
    // Codes that do not vary at all: any direction is as good.
    if (norm === 0) return v;
    const moved = next.map((value) => value / norm);
    const change = 1 - Math.abs(dot(moved, v)) / Math.sqrt(dot(v, v));
    v = moved;
    if (change < 1e-14) break;
  }
  const top = v.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
  return top < 0 ? v.map((value) => -value) : v;
}
