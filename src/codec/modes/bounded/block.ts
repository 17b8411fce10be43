// One block of the bounded mode: a byte that says how, what the model says about it, and the stream.

import { bytesIn, concat } from '../../../core/bytes.ts';
import type { Steps } from '../../../core/progress.ts';
import { engineOf, type Model } from '../../../model/model.ts';
import { readVarint, varint } from '../../container/struct.ts';
import { type Coded, type Job, read, write } from '../../residual-coder.ts';
import { corrupt, floatsOf, pixelsOf, type Values } from '../../values.ts';
import { decodeLatents, encodeLatents, type Latents } from './model-prediction.ts';
import { jobOf, type Layout, layoutOf, valuesOf } from './residual-stream.ts';

/** Bits of a block's first byte. A predictor is the first two. */
const PLANE = 1;
const MODEL = 2;
const ESCAPES = 4;
const RAW = 8;
/** Predictor of the most knowledge. */
export const BOTH = PLANE | MODEL;
/** Values at the beginning of a block on which predictors compete. */
const TRIAL = 8192;

/** All that a block needs to know. */
export interface Setting {
  readonly model: Model;
  /** Values are bytes; in streams they are value / 255. */
  readonly pixels?: boolean;
  /** Largest error of floats in streams, absolute: one for all, or one for each channel. */
  readonly bounds: readonly number[];
  /** Of the codes; 0 where the model is left out. */
  readonly step: number;
  /** What a coder knows that has seen the samples of calibration, with its predictor. */
  readonly warm?: readonly [predictor: number, state: Uint8Array | undefined] | undefined;
}

/** What its coder knows behind a block, as in `Coded`. */
type State = Coded['state'];

/** Layout of as many lines of a block, or places of a series, as the trial has. */
function part(layout: Layout): Layout {
  const { plane, lines, width, channels } = layout;
  const cut = (n: number, each: number): number => Math.min(n, Math.ceil(TRIAL / each));
  return plane ? { ...layout, lines: cut(lines, width * channels) } : { ...layout, width: cut(width, channels) };
}

function* latentsOf(
  { model, step }: Setting,
  predictor: number,
  values: Float32Array,
  rows: number,
): Steps<Latents | undefined> {
  return predictor & MODEL && step ? yield* encodeLatents(model, values, rows, step) : undefined;
}

const layoutFor = ({ model }: Setting, predictor: number, rows: number): Layout =>
  layoutOf(model.inputShape, rows, (predictor & PLANE) > 0);

const jobFor = ({ model, bounds, warm }: Setting, how: number, layout: Layout, side?: Float32Array): Job => {
  const known = warm?.[0] === (how & BOTH) ? warm[1] : undefined;
  return jobOf(model[engineOf], layout, bounds, (how & ESCAPES) > 0, side, known);
};

/** The predictor whose bytes are the fewest over the first values. */
function* predictorOf(setting: Setting, values: Float32Array, rows: number): Steps<number> {
  const size = values.length / rows;
  const few = Math.min(rows, Math.ceil(TRIAL / size));
  const head = values.subarray(0, few * size);
  let [best, least] = [0, Infinity];
  for (const predictor of [0, PLANE, MODEL, BOTH]) {
    const latents = yield* latentsOf(setting, predictor, head, few);
    if (predictor & MODEL && !latents) continue;
    const layout = part(layoutFor(setting, predictor, few));
    const n = valuesOf(layout);
    const job = jobFor(setting, predictor | ESCAPES, layout, latents?.side);
    const written = write(job, head.subarray(0, n));
    const cost = written ? written.bytes.length + ((latents?.bytes.length ?? 0) * n) / head.length : Infinity;
    if (cost < least) [best, least] = [predictor, cost];
  }
  yield 0.1;
  return best;
}

/** A block, by a predictor that is given or the cheapest. One that is kept as it is leaves no state. */
export function* encodeBlock(
  setting: Setting,
  own: Float32Array | Uint8Array,
  rows: number,
  given?: number,
): Steps<[payload: Uint8Array, state?: State]> {
  const values = floatsOf(own);
  const raw = concat([[RAW], bytesIn(own)!]);
  const predictor = given ?? (yield* predictorOf(setting, values, rows));
  const latents = yield* latentsOf(setting, predictor, values, rows);
  const layout = layoutFor(setting, predictor, rows);
  const hows = latents || !(predictor & MODEL) ? [predictor, predictor | ESCAPES] : [];
  for (const [i, how] of hows.entries()) {
    yield (i + 1) / 4;
    // No step from here on: the state is read from the memory before that serves another call.
    const written = write(jobFor(setting, how, layout, latents?.side), values);
    if (!written) continue;
    const head = latents ? [varint(latents.bytes.length), latents.bytes] : [];
    const payload = concat([[how], ...head, written.bytes]);
    if (!setting.pixels || payload.length < raw.length) return [payload, written.state];
  }
  return [raw];
}

/** A block that is kept as it is has no state. */
export type DecodedBlock = readonly [values: Values, predictor: number, state?: State | undefined];

/** Errors: FormatError on bytes that no encoder wrote. */
export function* decodeBlock(setting: Setting, payload: Uint8Array, rows: number): Steps<DecodedBlock> {
  const { model, step, pixels } = setting;
  const how = payload[0] ?? Infinity;
  const layout = layoutFor(setting, how, rows);
  if (how > RAW || (how & MODEL && !step)) throw corrupt();
  if (how === RAW) {
    if (payload.length !== 1 + (pixels ? 1 : 4) * valuesOf(layout)) throw corrupt();
    const raw = payload.slice(1);
    return [pixels ? raw : new Float32Array(raw.buffer), RAW];
  }
  let at = 1;
  let side: Float32Array | undefined;
  if (how & MODEL) {
    const count = readVarint(() => payload[at++]);
    if (at + count > payload.length) throw corrupt();
    side = yield* decodeLatents(model, payload.subarray(at, at + count), rows, step);
    at += count;
  }
  const { bytes, state } = read(jobFor(setting, how, layout, side), payload.subarray(at));
  const floats = new Float32Array(bytes.buffer);
  return [pixels ? pixelsOf(floats) : floats, how & BOTH, state];
}
