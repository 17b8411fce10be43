// One block of the bounded mode: a byte that says how, what the model says about it, and the stream.

import { asBytes, concat } from '../../../core/bytes.ts';
import type { Steps } from '../../../core/progress.ts';
import { engineSymbol, type Model } from '../../../model/model.ts';
import { decodeVarint, encodeVarint } from '../../container/struct.ts';
import { type CodedStream, type CoderInput, decodeStream, encodeStream } from '../../residual-coder.ts';
import { type CodecValues, corruptBlock, toBytes, toFloats } from '../../values.ts';
import { decodeLatents, encodeLatents, type Latents } from './model-prediction.ts';
import { blockLayout, type Layout, layoutSize, residualCoderInput } from './residual-stream.ts';

/** Bits of a block's first byte. A predictor is the first two. */
const PLANE_LAYOUT = 1;
const USES_MODEL = 2;
const HAS_ESCAPES = 4;
const RAW_BLOCK = 8;
/** Predictor of the most knowledge. */
export const PREDICTOR_BITS = PLANE_LAYOUT | USES_MODEL;
/** Values at the beginning of a block on which predictors compete. */
const TRIAL_VALUES = 8192;

/** All that a block needs to know. */
export interface BlockSettings {
  readonly model: Model;
  /** Values are bytes; in streams they are value / 255. */
  readonly pixels?: boolean;
  /** Largest error of floats in streams, absolute: one for all, or one for each channel. */
  readonly bounds: readonly number[];
  /** Of the codes; 0 where the model is left out. */
  readonly step: number;
  /** What a coder knows that has seen the samples of calibration, with its predictor. */
  readonly priorState?: readonly [predictor: number, state: Uint8Array | undefined] | undefined;
}

/** What its coder knows behind a block, as in `CodedStream`. */
type State = CodedStream['state'];

/** Layout of as many lines of a block, or places of a series, as the trial has. */
function trialLayout(layout: Layout): Layout {
  const { plane, lines, width, channels } = layout;
  const cut = (n: number, each: number): number => Math.min(n, Math.ceil(TRIAL_VALUES / each));
  return plane ? { ...layout, lines: cut(lines, width * channels) } : { ...layout, width: cut(width, channels) };
}

function* latentsFor(
  { model, step }: BlockSettings,
  predictor: number,
  values: Float32Array,
  rows: number,
): Steps<Latents | undefined> {
  return predictor & USES_MODEL && step ? yield* encodeLatents(model, values, rows, step) : undefined;
}

const layoutFor = ({ model }: BlockSettings, predictor: number, rows: number): Layout =>
  blockLayout(model.inputShape, rows, (predictor & PLANE_LAYOUT) > 0);

const coderInputFor = (
  { model, bounds, priorState }: BlockSettings,
  flags: number,
  layout: Layout,
  modelPrediction?: Float32Array,
): CoderInput => {
  const state = priorState?.[0] === (flags & PREDICTOR_BITS) ? priorState[1] : undefined;
  return residualCoderInput(model[engineSymbol], layout, bounds, (flags & HAS_ESCAPES) > 0, modelPrediction, state);
};

/** The predictor whose bytes are the fewest over the first values. */
function* choosePredictor(setting: BlockSettings, values: Float32Array, rows: number): Steps<number> {
  const size = values.length / rows;
  const few = Math.min(rows, Math.ceil(TRIAL_VALUES / size));
  const head = values.subarray(0, few * size);
  let [best, least] = [0, Infinity];
  for (const predictor of [0, PLANE_LAYOUT, USES_MODEL, PREDICTOR_BITS]) {
    const latents = yield* latentsFor(setting, predictor, head, few);
    if (predictor & USES_MODEL && !latents) continue;
    const layout = trialLayout(layoutFor(setting, predictor, few));
    const n = layoutSize(layout);
    const job = coderInputFor(setting, predictor | HAS_ESCAPES, layout, latents?.modelPrediction);
    const written = encodeStream(job, head.subarray(0, n));
    const cost = written ? written.bytes.length + ((latents?.bytes.length ?? 0) * n) / head.length : Infinity;
    if (cost < least) [best, least] = [predictor, cost];
  }
  yield 0.1;
  return best;
}

/** A block, by a predictor that is given or the cheapest. One that is kept as it is leaves no state. */
export function* encodeBlock(
  setting: BlockSettings,
  input: Float32Array | Uint8Array,
  rows: number,
  given?: number,
): Steps<[payload: Uint8Array, state?: State]> {
  const values = toFloats(input);
  const raw = concat([[RAW_BLOCK], asBytes(input)!]);
  const predictor = given ?? (yield* choosePredictor(setting, values, rows));
  const latents = yield* latentsFor(setting, predictor, values, rows);
  const layout = layoutFor(setting, predictor, rows);
  const flagChoices = latents || !(predictor & USES_MODEL) ? [predictor, predictor | HAS_ESCAPES] : [];
  for (const [i, flags] of flagChoices.entries()) {
    yield (i + 1) / 4;
    // No step from here on: the state is read from the memory before that serves another call.
    const written = encodeStream(coderInputFor(setting, flags, layout, latents?.modelPrediction), values);
    if (!written) continue;
    const head = latents ? [encodeVarint(latents.bytes.length), latents.bytes] : [];
    const payload = concat([[flags], ...head, written.bytes]);
    if (!setting.pixels || payload.length < raw.length) return [payload, written.state];
  }
  return [raw];
}

/** A block that is kept as it is has no state. */
export type DecodedBlock = readonly [values: CodecValues, predictor: number, state?: State | undefined];

/** Errors: FormatError on bytes that no encoder wrote. */
export function* decodeBlock(setting: BlockSettings, payload: Uint8Array, rows: number): Steps<DecodedBlock> {
  const { model, step, pixels } = setting;
  const flags = payload[0] ?? Infinity;
  const layout = layoutFor(setting, flags, rows);
  if (flags > RAW_BLOCK || (flags & USES_MODEL && !step)) throw corruptBlock();
  if (flags === RAW_BLOCK) {
    if (payload.length !== 1 + (pixels ? 1 : 4) * layoutSize(layout)) throw corruptBlock();
    const raw = payload.slice(1);
    return [pixels ? raw : new Float32Array(raw.buffer), RAW_BLOCK];
  }
  let at = 1;
  let modelPrediction: Float32Array | undefined;
  if (flags & USES_MODEL) {
    const count = decodeVarint(() => payload[at++]);
    if (at + count > payload.length) throw corruptBlock();
    modelPrediction = yield* decodeLatents(model, payload.subarray(at, at + count), rows, step);
    at += count;
  }
  const { bytes, state } = decodeStream(coderInputFor(setting, flags, layout, modelPrediction), payload.subarray(at));
  const floats = new Float32Array(bytes.buffer);
  return [pixels ? toBytes(floats) : floats, flags & PREDICTOR_BITS, state];
}
