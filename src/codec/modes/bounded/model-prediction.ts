// The autoencoder as a predictor: its code, rounded and written, and what a decoder will make of it.

import type { Steps } from '../../../core/progress.ts';
import { notFinite } from '../../../core/validate.ts';
import { sizeOf } from '../../../engine/layer-definition.ts';
import { engineOf, type Model } from '../../../model/model.ts';
import { passed } from '../../model-pass.ts';
import { type Job, read, write } from '../../residual-coder.ts';
import { corrupt } from '../../values.ts';
import { jobOf, layoutOf } from './residual-stream.ts';

export interface Latents {
  readonly bytes: Uint8Array;
  /** A prediction of every value. */
  readonly side: Float32Array;
}

/** Codes of `rows` samples as a series, a channel for each of their values. */
const job = (model: Model, rows: number, step: number): Job =>
  jobOf(model[engineOf], layoutOf([sizeOf(model.latentShape)], rows, false), [step / 2], false);

/** Undefined where the model cannot say anything: for values that are not finite, or codes out of all bounds. */
export function* encodeLatents(
  model: Model,
  values: Float32Array,
  rows: number,
  step: number,
): Steps<Latents | undefined> {
  if (notFinite(values) >= 0) return undefined;
  const z = yield* passed(model, 'encode', values);
  if (notFinite(z) >= 0) return undefined;
  const bytes = write(job(model, rows, step), z)?.bytes;
  return bytes && { bytes, side: yield* decodeLatents(model, bytes, rows, step) };
}

/** Errors: FormatError on bytes that no encoder wrote. */
export function* decodeLatents(model: Model, bytes: Uint8Array, rows: number, step: number): Steps<Float32Array> {
  const z = new Float32Array(read(job(model, rows, step), bytes).bytes.buffer);
  if (notFinite(z) >= 0) throw corrupt();
  return yield* passed(model, 'decode', z);
}
