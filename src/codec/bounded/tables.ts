// What calibration leaves: its samples, as a block of this same mode. A coder that has decoded them knows what they
// are like; so statistics need no format of their own, and no engine has to agree with another about floats.

import { concat } from '../../bytes.ts';
import { notFinite } from '../../check.ts';
import { sizeOf } from '../../layers/layer.ts';
import type { Model } from '../../model.ts';
import { pack, unpack } from '../numbers.ts';
import { cheapest, corrupt, rowsWithin } from '../values.ts';
import { BOTH, decodeBlock, encodeBlock, type Setting } from './block.ts';

/** Values that calibration keeps at most: all later ones tell less and make a codec start later. */
const MOST = 131072;
/** Values on which steps of the code compete. */
const TRIAL = 16384;
/** Bound, step and rows. */
const HEAD = 'ddI';
const HEAD_BYTES = 20;

/** Samples of so many values that calibration keeps at most. */
export const mostSamples = (size: number): number => rowsWithin(MOST, size);

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
  const rows = samples.length / size;
  const few = Math.min(rows, rowsWithin(TRIAL, size));
  const head = samples.subarray(0, few * size);
  const trial = (step: number): number => encodeBlock({ model, bound, step }, head, few, BOTH)[0].length;
  const step = cheapest(steps(model, head), trial) ?? 0;
  const [payload] = encodeBlock({ model, bound, step }, samples, rows);
  return concat([pack(HEAD, [bound, step, rows]), payload]);
}

/** What blocks need at a bound. Errors: FormatError for bytes that are no tables, from here or from the first call. */
export function openTables(model: Model, tables: Uint8Array): (bound: number) => Setting {
  if (tables.length <= HEAD_BYTES) throw corrupt();
  const [own, step, rows] = unpack(HEAD, tables);
  if (!(own >= 0 && step >= 0 && step < Infinity && rows >= 1 && rows <= mostSamples(sizeOf(model.inputShape))))
    throw corrupt();
  const setting = { model, bound: own, step };
  const open = () => {
    const [values, predictor, state] = decodeBlock(setting, tables.subarray(HEAD_BYTES), rows);
    const known = (at: Setting, after: typeof state): Setting => ({ ...at, warm: [predictor, after?.()] });
    const first = known(setting, state);
    let last = first;
    return (bound: number): Setting => {
      const other = { ...setting, bound };
      // At another bound the same samples are coded once more, which tells a coder what they are like there.
      if (bound === own) last = first;
      else if (bound !== last.bound) last = known(other, state && encodeBlock(other, values, rows, predictor)[1]);
      return last;
    };
  };
  let opened: ReturnType<typeof open> | undefined;
  // Decoded when samples are, and not before: a few bytes may stand for a sample of any size.
  return (bound) => {
    opened ??= open();
    return opened(bound);
  };
}
