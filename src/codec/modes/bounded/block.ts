// A block of the bounded mode: a byte of flags, the code of the samples if the model predicts, and the stream of values.

import { asBytes, concat } from '../../../core/bytes.ts';
import type { Steps } from '../../../core/progress.ts';
import { engineSymbol, type Model } from '../../../model/model.ts';
import { type InputValues, type OutputValues, toBytes, toFloats } from '../../byte-values.ts';
import { decodeVarint, encodeVarint } from '../../container/varint.ts';
import { corruptBlock } from '../../mode.ts';
import type { CodedStream } from '../../residual-coder.ts';
import { decodeLatents, type EncodedLatents, encodeLatents } from './model-prediction.ts';
import {
  blockLayout,
  decodeFloats,
  encodeFloats,
  type FloatStream,
  type Layout,
  layoutSize,
} from './residual-stream.ts';

/** Flags in the first byte of a block. */
const PLANE = 1;
const USES_MODEL = 2;
const HAS_ESCAPES = 4;
/** The values are stored as they are. */
const RAW_BLOCK = 8;
/** The flags that choose a predictor. */
const PREDICTOR_FLAGS = PLANE | USES_MODEL;
/** Predictor with a plane and the model. */
export const PLANE_AND_MODEL: number = PREDICTOR_FLAGS;
/** Values at the beginning of a block on which predictors are compared. With 4,096 the NAB taxi table becomes larger. */
const TRIAL_VALUES = 8192;

/** State of a coder that has seen the samples of calibration. */
export interface Prior {
  readonly predictor: number;
  /** Undefined for samples that are stored without coding. */
  readonly state: Uint8Array | undefined;
}

/** All that blocks depend on. */
export interface BlockSettings {
  readonly model: Model;
  /** Values are bytes. Streams hold value / 255. */
  readonly pixels: boolean;
  /** Largest absolute errors of floats in streams: one for all, or one for each channel. */
  readonly bounds: readonly number[];
  /** Step of codes; 0 where no block uses the model. */
  readonly step: number;
  /** Blocks with the same predictor begin with this state. Without it they begin with an empty one. */
  readonly prior?: Prior;
}

type ReadState = CodedStream['readState'];

export interface EncodedBlock {
  readonly payload: Uint8Array;
  /** The samples that a decoder gets. */
  readonly decoded: InputValues;
  /** See `CodedStream`. Undefined for values that are stored as they are. */
  readonly readState?: ReadState;
}

export interface DecodedBlock {
  readonly values: OutputValues;
  readonly predictor: number;
  readonly readState?: ReadState;
}

/** The layout of about `TRIAL_VALUES` values: lines of a plane, or a part of a series. */
function trialLayout(layout: Layout): Layout {
  const { plane, lines, width, channels } = layout;
  const limit = (n: number, size: number): number => Math.min(n, Math.ceil(TRIAL_VALUES / size));
  return plane ? { ...layout, lines: limit(lines, width * channels) } : { ...layout, width: limit(width, channels) };
}

const layoutFor = ({ model }: BlockSettings, flags: number, samples: number): Layout =>
  blockLayout(model.inputShape, samples, (flags & PLANE) !== 0);

function streamFor(
  { bounds, prior }: BlockSettings,
  flags: number,
  layout: Layout,
  modelPrediction: Float32Array | undefined,
): FloatStream {
  const priorState = prior?.predictor === (flags & PREDICTOR_FLAGS) ? prior.state : undefined;
  return { layout, bounds, escapes: (flags & HAS_ESCAPES) !== 0, modelPrediction, priorState };
}

/** The codes for a predictor. Undefined where it does not use the model, or where the model cannot predict. */
function* latentsFor(
  { model, step }: BlockSettings,
  predictor: number,
  values: Float32Array,
  samples: number,
): Steps<EncodedLatents | undefined> {
  return predictor & USES_MODEL && step ? yield* encodeLatents(model, values, samples, step) : undefined;
}

/** The predictor that needs the fewest bytes for the first values. */
function* choosePredictor(settings: BlockSettings, values: Float32Array, samples: number): Steps<number> {
  const sampleSize = values.length / samples;
  const trialSamples = Math.min(samples, Math.ceil(TRIAL_VALUES / sampleSize));
  const trialValues = values.subarray(0, trialSamples * sampleSize);
  let best = 0;
  let minBytes = Infinity;
  for (const predictor of [0, PLANE, USES_MODEL, PREDICTOR_FLAGS]) {
    const latents = yield* latentsFor(settings, predictor, trialValues, trialSamples);
    if (predictor & USES_MODEL && !latents) continue;
    const layout = trialLayout(layoutFor(settings, predictor, trialSamples));
    const count = layoutSize(layout);
    const stream = streamFor(settings, predictor | HAS_ESCAPES, layout, latents?.modelPrediction);
    const encoded = encodeFloats(settings.model[engineSymbol], stream, trialValues.subarray(0, count));
    if (!encoded) continue;
    // The codes belong to all trial samples, but the layout may have fewer values.
    const latentBytes = ((latents?.bytes.length ?? 0) * count) / trialValues.length;
    const bytes = encoded.bytes.length + latentBytes;
    if (bytes < minBytes) [best, minBytes] = [predictor, bytes];
  }
  yield 0.1;
  return best;
}

/** Encodes a block, with the given predictor or the best one. */
export function* encodeBlock(
  settings: BlockSettings,
  input: InputValues,
  samples: number,
  givenPredictor?: number,
): Steps<EncodedBlock> {
  const values = toFloats(input);
  const raw = concat([[RAW_BLOCK], asBytes(input)!]);
  const predictor = givenPredictor ?? (yield* choosePredictor(settings, values, samples));
  const latents = yield* latentsFor(settings, predictor, values, samples);
  if (predictor & USES_MODEL && !latents) return { payload: raw, decoded: input };
  const layout = layoutFor(settings, predictor, samples);
  const latentPart = latents ? [encodeVarint(latents.bytes.length), latents.bytes] : [];
  for (const [i, flags] of [predictor, predictor | HAS_ESCAPES].entries()) {
    yield (i + 1) / 4;
    // No step follows until the caller has read the state: other work would overwrite it in memory.
    const stream = streamFor(settings, flags, layout, latents?.modelPrediction);
    const encoded = encodeFloats(settings.model[engineSymbol], stream, values);
    if (!encoded) continue;
    const payload = concat([[flags], ...latentPart, encoded.bytes]);
    if (settings.pixels && payload.length >= raw.length) continue;
    const floats = new Float32Array(encoded.readValues().buffer);
    return { payload, decoded: settings.pixels ? toBytes(floats) : floats, readState: encoded.readState };
  }
  return { payload: raw, decoded: input };
}

/** Errors: FormatError for a payload that no encoder wrote. */
export function* decodeBlock(settings: BlockSettings, payload: Uint8Array, samples: number): Steps<DecodedBlock> {
  const { model, step, pixels } = settings;
  const flags = payload[0];
  if (flags === undefined || flags > RAW_BLOCK || (flags & USES_MODEL && !step)) throw corruptBlock();
  const layout = layoutFor(settings, flags, samples);
  if (flags === RAW_BLOCK) {
    if (payload.length !== 1 + (pixels ? 1 : 4) * layoutSize(layout)) throw corruptBlock();
    const bytes = payload.slice(1);
    return { values: pixels ? bytes : new Float32Array(bytes.buffer), predictor: RAW_BLOCK };
  }
  let offset = 1;
  let modelPrediction: Float32Array | undefined;
  if (flags & USES_MODEL) {
    const latentBytes = decodeVarint(() => payload[offset++]);
    const end = offset + latentBytes;
    if (end > payload.length) throw corruptBlock();
    modelPrediction = yield* decodeLatents(model, payload.subarray(offset, end), samples, step);
    offset = end;
  }
  const stream = streamFor(settings, flags, layout, modelPrediction);
  const { bytes, readState } = decodeFloats(model[engineSymbol], stream, payload.subarray(offset));
  const floats = new Float32Array(bytes.buffer);
  return { values: pixels ? toBytes(floats) : floats, predictor: flags & PREDICTOR_FLAGS, readState };
}
