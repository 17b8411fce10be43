// What the parts of a codec and its modes have in common: values, samples of them, what is chosen and refused.

import { type FormatError, formatError } from '../core/errors.ts';
import { isBytes } from '../data/sample-batch.ts';

export type CodecValues = Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

/** Bytes as floats, with the division rounded once as `encode` rounds it. */
export const toFloats = (values: Float32Array | Uint8Array): Float32Array =>
  isBytes(values) ? Float32Array.from(values, (value) => value / 255) : (values as Float32Array);

/** The bytes that floats of 0..1 stand for: 255 times as much, rounded half up, held within 0..255; 0 where there is no number. */
export const toBytes = (values: Float32Array): Uint8Array<ArrayBuffer> =>
  new Uint8Array(values.length).map((_, i) => Math.floor(clamp(255 * values[i]!, 0, 255) + 0.5));

/** Samples of `size` values that so many values are, at least one. */
export const samplesWithin = (values: number, size: number): number => Math.max(1, Math.floor(values / size));

/** The error of bytes that no coder wrote. */
export const corruptBlock = (): FormatError => formatError('corrupt', 'block', 'what its mode writes', 'other bytes');

/** What costs least, the first of several; undefined of nothing. */
export function cheapest<T>(list: readonly T[], cost: (one: T) => number): T | undefined {
  const costs = list.map(cost);
  return list[costs.indexOf(Math.min(...costs))];
}

/** At most so many of n things, evenly among them: their numbers. */
export function evenlySpaced(n: number, most: number): number[] {
  const count = Math.min(n, most);
  return Array.from({ length: count }, (_, i) => Math.floor((i * n) / count));
}

export const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));
