// The autoencoder as a predictor: its code, rounded and written, and what a decoder will make of it.

import type { Steps } from '../../../core/progress.ts';
import { sizeOf } from '../../../core/shape.ts';
import { firstNonFinite } from '../../../core/validate.ts';
import { engineSymbol, type Model } from '../../../model/model.ts';
import { runModel } from '../../model-pass.ts';
import { type CoderInput, decodeStream, encodeStream } from '../../residual-coder.ts';
import { corruptBlock } from '../../values.ts';
import { blockLayout, residualCoderInput } from './residual-stream.ts';

export interface Latents {
  readonly bytes: Uint8Array;
  /** A prediction of every value. */
  readonly modelPrediction: Float32Array;
}

/** Codes of `rows` samples as a series, a channel for each of their values. */
const latentCoderInput = (model: Model, rows: number, step: number): CoderInput =>
  residualCoderInput(model[engineSymbol], blockLayout([sizeOf(model.latentShape)], rows, false), [step / 2], false);

/** Undefined where the model cannot say anything: for values that are not finite, or codes out of all bounds. */
export function* encodeLatents(
  model: Model,
  values: Float32Array,
  rows: number,
  step: number,
): Steps<Latents | undefined> {
  if (firstNonFinite(values) >= 0) return undefined;
  const z = yield* runModel(model, 'encode', values);
  if (firstNonFinite(z) >= 0) return undefined;
  const bytes = encodeStream(latentCoderInput(model, rows, step), z)?.bytes;
  return bytes && { bytes, modelPrediction: yield* decodeLatents(model, bytes, rows, step) };
}

/** Errors: FormatError on bytes that no encoder wrote. */
export function* decodeLatents(model: Model, bytes: Uint8Array, rows: number, step: number): Steps<Float32Array> {
  const z = new Float32Array(decodeStream(latentCoderInput(model, rows, step), bytes).bytes.buffer);
  if (firstNonFinite(z) >= 0) throw corruptBlock();
  return yield* runModel(model, 'decode', z);
}
