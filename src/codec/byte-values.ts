// Values as bytes, 0 to 255, and as the floats 0 to 1 that models take.

import { toByte } from '../core/portable-math.ts';
import { isBytes } from '../data/sample-batch.ts';

/** Samples to compress, end to end. */
export type InputValues = Float32Array | Uint8Array;
/** Decompressed samples, end to end, in a new buffer. */
export type OutputValues = Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

/** Bytes as value / 255, rounded once, as `encode` of a model rounds it. Floats are returned as they are. */
export const toFloats = (values: InputValues): Float32Array =>
  isBytes(values) ? Float32Array.from(values, (value) => value / 255) : (values as Float32Array);

/** Floats as 255 · value, clamped to 0..255 and rounded half up; NaN becomes 0. */
export const toBytes = (values: Float32Array): Uint8Array<ArrayBuffer> =>
  new Uint8Array(values.length).map((_, i) => toByte(values[i]!));
