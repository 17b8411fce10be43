// One block of the bounded mode: a byte that says how, what the model says about it, and the stream.

import { engineOf, type Model } from '../../model.ts';
import { decodeLatents, encodeLatents, type Latents } from './latents.ts';
import { corrupt, type Grid, type Layout, layoutOf, read, valuesOf, type Written, write } from './stream.ts';

/** Bits of a block's first byte. A predictor is the first two. */
const PLANE = 1;
const MODEL = 2;
const ESCAPES = 4;
const RAW = 8;
/** Predictors, by what they are written as. */
export const PREDICTORS = [0, PLANE, MODEL, PLANE | MODEL] as const;
/** Values at the beginning of a block on which predictors compete. */
const TRIAL = 8192;

/** All that a block needs to know. */
export interface Setting {
  readonly model: Model;
  readonly grid: Grid;
  /** Of the codes; 0 where the model is left out. */
  readonly step: number;
  /** What coders know that have seen the samples of calibration, by predictor. */
  readonly warm: ReadonlyMap<number, Uint8Array>;
}

export interface Block {
  readonly payload: Uint8Array;
  readonly predictor: number;
  /** What its coder knows then: to be asked at once, before the memory serves something else. */
  readonly state?: Written['state'];
}

/** Layout of as many lines of a block, or places of a series, as the trial has. */
function part(layout: Layout): Layout {
  const cut = (n: number, each: number): number => Math.min(n, Math.ceil(TRIAL / each));
  if (layout.plane) return { ...layout, lines: cut(layout.lines, layout.width * layout.channels) };
  return { ...layout, width: cut(layout.width, layout.channels) };
}

const latentsOf = ({ model, step }: Setting, predictor: number, values: Float32Array, rows: number) =>
  predictor & MODEL ? encodeLatents(model, values, rows, step) : undefined;

function stream(
  setting: Setting,
  predictor: number,
  layout: Layout,
  values: Float32Array,
  latents: Latents | undefined,
  escapes: boolean,
): Written | undefined {
  const state = setting.warm.get(predictor);
  const job = { layout, grid: setting.grid, state, side: latents?.side, escapes };
  return write(setting.model[engineOf], job, values);
}

/** The predictor whose bytes are the fewest over the first values. */
function cheapest(setting: Setting, values: Float32Array, rows: number): number {
  const { model, step } = setting;
  const size = values.length / rows;
  const few = Math.min(rows, Math.ceil(TRIAL / size));
  const head = values.subarray(0, few * size);
  const costs = PREDICTORS.map((predictor) => {
    if (predictor & MODEL && !step) return Infinity;
    const layout = part(layoutOf(model.inputShape, few, (predictor & PLANE) > 0));
    const latents = latentsOf(setting, predictor, head, few);
    if (predictor & MODEL && !latents) return Infinity;
    const written = stream(setting, predictor, layout, head, latents, true);
    if (!written) return Infinity;
    return written.bytes.length + ((latents?.bytes.length ?? 0) * valuesOf(layout)) / head.length;
  });
  return PREDICTORS[costs.indexOf(Math.min(...costs))]!;
}

/** A block, by a predictor that is given or the cheapest. */
export function encodeBlock(setting: Setting, values: Float32Array, rows: number, given?: number): Block {
  const predictor = given ?? cheapest(setting, values, rows);
  const latents = latentsOf(setting, predictor, values, rows);
  if (latents || !(predictor & MODEL)) {
    const layout = layoutOf(setting.model.inputShape, rows, (predictor & PLANE) > 0);
    for (const escapes of [false, true]) {
      const written = stream(setting, predictor, layout, values, latents, escapes);
      if (!written) continue;
      const head = latents ? [...length(latents.bytes.length), ...latents.bytes] : [];
      return {
        payload: join([predictor | (escapes ? ESCAPES : 0)], head, written.bytes),
        predictor,
        state: written.state,
      };
    }
  }
  const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return { payload: join([RAW], [], raw), predictor: RAW };
}

/** Errors: FormatError on bytes that no encoder wrote. */
export function decodeBlock(
  { model, grid, step, warm }: Setting,
  payload: Uint8Array,
  rows: number,
): Omit<Block, 'payload'> & { readonly values: Float32Array<ArrayBuffer> } {
  const shape = model.inputShape;
  const layout = (plane: boolean): Layout => layoutOf(shape, rows, plane);
  const how = payload[0];
  if (how === undefined || how > RAW) throw corrupt();
  if (how === RAW) {
    if (payload.length !== 1 + 4 * valuesOf(layout(false))) throw corrupt();
    return { values: new Float32Array(payload.slice(1).buffer), predictor: RAW };
  }
  const predictor = how & (PLANE | MODEL);
  let at = 1;
  let side: Float32Array | undefined;
  if (how & MODEL) {
    if (!step) throw corrupt();
    let count = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = payload[at++];
      if (byte === undefined || shift > 28) throw corrupt();
      count += (byte & 127) * 2 ** shift;
      if (byte < 128) break;
    }
    if (at + count > payload.length) throw corrupt();
    side = decodeLatents(model, payload.subarray(at, at + count), rows, step);
    at += count;
  }
  const job = {
    layout: layout((how & PLANE) > 0),
    grid,
    state: warm.get(predictor),
    side,
    escapes: (how & ESCAPES) > 0,
  };
  return { ...read(model[engineOf], job, payload.subarray(at)), predictor };
}

/** Seven bits a byte, the lowest first, the eighth on all but the last. */
function length(n: number): number[] {
  const bytes: number[] = [];
  for (; n > 127; n = Math.floor(n / 128)) bytes.push((n % 128) | 128);
  return [...bytes, n];
}

function join(...parts: ArrayLike<number>[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
