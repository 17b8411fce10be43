// What calibration leaves: its samples, as a block of this same mode. A coder that has decoded them knows what they
// are like; so statistics need no format of their own, and no engine has to agree with another about floats.

import { notFinite } from '../../check.ts';
import { sizeOf } from '../../layers/layer.ts';
import type { Model } from '../../model.ts';
import { rowsWithin } from '../values.ts';
import { decodeBlock, encodeBlock, PREDICTORS, type Setting } from './block.ts';
import { corrupt, gridOf } from './stream.ts';

/** Values that calibration keeps at most: all later ones tell less and make a codec start later. */
const MOST = 131072;
/** Values on which steps of the code compete. */
const TRIAL = 16384;
/** bound: f64, step: f64, rows: u32. */
const HEAD = 20;

/** Samples of so many values that calibration keeps at most. */
export const mostSamples = (size: number): number => rowsWithin(MOST, size);

const none: ReadonlyMap<number, Uint8Array> = new Map();

/** Steps of the code to be tried, by the spread of its values. */
function steps(model: Model, values: Float32Array): number[] {
  if (notFinite(values) >= 0) return [];
  const z = model.encode(values);
  let sum = 0;
  let squares = 0;
  for (const v of z) {
    sum += v;
    squares += v * v;
  }
  const deviation = Math.sqrt(Math.max(0, squares / z.length - (sum / z.length) ** 2));
  return deviation > 0 && Number.isFinite(deviation) ? [1, 0.5, 0.25, 0.125, 0.0625].map((s) => s * deviation) : [];
}

/** Samples to tables. */
export function calibrate(model: Model, samples: Float32Array, bound: number): Uint8Array {
  const size = sizeOf(model.inputShape);
  const rows = Math.min(samples.length / size, mostSamples(size));
  const values = samples.subarray(0, rows * size);
  const few = Math.min(rows, rowsWithin(TRIAL, size));
  const setting = (step: number): Setting => ({ model, grid: gridOf(bound), step, warm: none });
  const trial = (step: number, predictor: number): number =>
    encodeBlock(setting(step), values.subarray(0, few * size), few, predictor).payload.length;
  const costs = steps(model, values.subarray(0, few * size)).map((step) => [trial(step, PREDICTORS[3]), step] as const);
  const step = costs.sort(([a], [b]) => a - b)[0]?.[1] ?? 0;
  const { payload } = encodeBlock(setting(step), values, rows);
  const tables = new Uint8Array(HEAD + payload.length);
  const view = new DataView(tables.buffer);
  view.setFloat64(0, bound, true);
  view.setFloat64(8, step, true);
  view.setUint32(16, rows, true);
  tables.set(payload, HEAD);
  return tables;
}

/** What blocks need at a bound. */
export type Settings = (bound: number) => Setting;

/** Errors: FormatError for bytes that are no tables. */
export function openTables(model: Model, tables: Uint8Array): Settings {
  if (tables.length <= HEAD) throw corrupt();
  const view = new DataView(tables.buffer, tables.byteOffset, tables.length);
  const own = view.getFloat64(0, true);
  const step = view.getFloat64(8, true);
  const rows = view.getUint32(16, true);
  const size = sizeOf(model.inputShape);
  if (!(own >= 0 && step >= 0 && step < Infinity) || rows < 1 || (rows > 1 && rows * size > MOST)) throw corrupt();
  const cold: Setting = { model, grid: gridOf(own), step, warm: none };
  const { values, predictor, state } = decodeBlock(cold, tables.subarray(HEAD), rows);
  const warm = state?.();
  const at = (bound: number, known?: Uint8Array): Setting => {
    const setting = { ...cold, grid: gridOf(bound) };
    return known ? { ...setting, warm: new Map([[predictor, known]]) } : setting;
  };
  let last = at(own, warm);
  // At another bound the same samples are coded once more, which tells a coder what they are like there.
  return (bound) => {
    if (warm && last.grid.bound !== bound)
      last = at(bound, bound === own ? warm : encodeBlock(at(bound), values, rows, predictor).state?.());
    return warm ? last : at(bound);
  };
}
