// The autoencoder as a predictor: its code, rounded and written, and what a decoder will make of it.

import { notFinite } from '../../check.ts';
import type { Engine } from '../../engine/engine.ts';
import { engineOf, type Model } from '../../model.ts';
import { corrupt, gridOf, type Job, layoutOf, read, write } from './stream.ts';

export interface Latents {
  readonly bytes: Uint8Array;
  /** A prediction of every value. */
  readonly side: Float32Array;
}

/** Codes of `rows` samples as a series, a channel for each of their values. */
const job = (model: Model, rows: number, step: number): Job => ({
  layout: layoutOf([model.latentShape.reduce((product, n) => product * n, 1)], rows, false),
  grid: gridOf(step / 2),
  escapes: false,
});

/** Undefined where the model cannot say anything: for values that are not finite, or codes out of all bounds. */
export function encodeLatents(model: Model, values: Float32Array, rows: number, step: number): Latents | undefined {
  if (notFinite(values) >= 0) return undefined;
  const z = model.encode(values);
  if (notFinite(z) >= 0) return undefined;
  const written = write(model[engineOf], job(model, rows, step), z);
  return written && { bytes: written.bytes, side: decodeLatents(model, written.bytes, rows, step) };
}

/** Errors: FormatError on bytes that no encoder wrote. */
export function decodeLatents(model: Model, bytes: Uint8Array, rows: number, step: number): Float32Array {
  const engine: Engine = model[engineOf];
  const { values } = read(engine, job(model, rows, step), bytes);
  if (notFinite(values) >= 0) throw corrupt();
  return model.decode(values);
}
