// The model as a predictor: the code of the samples is rounded and stored, and its decoded values predict the samples.

import type { Steps } from '../../../core/progress.ts';
import { sizeOf } from '../../../core/shape.ts';
import { firstNonFinite } from '../../../core/validate.ts';
import { engineSymbol, type Model } from '../../../model/model.ts';
import { corruptBlock } from '../../mode.ts';
import { runModel } from '../../model-pass.ts';
import { blockLayout, decodeFloats, encodeFloats, type FloatStream } from './residual-stream.ts';

export interface EncodedLatents {
  readonly bytes: Uint8Array;
  /** A prediction of every value, as a decoder computes it from the bytes. */
  readonly modelPrediction: Float32Array;
}

/** Codes of samples are a series in which each value of a code is a channel. */
const latentStream = (model: Model, samples: number, step: number): FloatStream => ({
  layout: blockLayout([sizeOf(model.latentShape)], samples, false),
  bounds: [step / 2],
});

/** Undefined where values or codes are not finite, or where the codes cannot be encoded. */
export function* encodeLatents(
  model: Model,
  values: Float32Array,
  samples: number,
  step: number,
): Steps<EncodedLatents | undefined> {
  if (firstNonFinite(values) >= 0) return undefined;
  const codes = yield* runModel(model, 'encode', values);
  if (firstNonFinite(codes) >= 0) return undefined;
  const encoded = encodeFloats(model[engineSymbol], latentStream(model, samples, step), codes);
  if (!encoded) return undefined;
  const { bytes } = encoded;
  return { bytes, modelPrediction: yield* decodeLatents(model, bytes, samples, step) };
}

/** The prediction of every value. Errors: FormatError for bytes that no encoder wrote. */
export function* decodeLatents(model: Model, bytes: Uint8Array, samples: number, step: number): Steps<Float32Array> {
  const decoded = decodeFloats(model[engineSymbol], latentStream(model, samples, step), bytes);
  const codes = new Float32Array(decoded.bytes.buffer);
  if (firstNonFinite(codes) >= 0) throw corruptBlock();
  return yield* runModel(model, 'decode', codes);
}
