// The tables of the bounded mode are calibration samples, compressed in this mode. Decoding them leaves the adaptive coder
// in a state that has seen such samples, so statistics need no format, and no float of one machine has to match another's.

import type { Steps } from '../../../core/progress.ts';
import { sizeOf } from '../../../core/shape.ts';
import type { Model } from '../../../model/model.ts';
import { readRecord } from '../../container/record.ts';
import { maxTableSamples } from '../../limits.ts';
import { corruptBlock, type ValueFormat } from '../../mode.ts';
import { type BlockSettings, type DecodedBlock, decodeBlock, encodeBlock } from './block.ts';

export const headerFields = { bound: 'Float64', step: 'Float64', samples: 'Uint32' } as const;
const HEADER_BYTES = 20;

/** A bound in levels as an integer. */
const levelsOf = (bound: number): number => Math.min(255, Math.floor(bound));

/** Settings without a prior. Bytes within ± n are bounded by (n + 0.5) / 255: no other byte is then decoded. */
export function blockSettings(
  model: Model,
  { pixels, bounds }: ValueFormat,
  bound: number,
  step: number,
): BlockSettings {
  const list = bounds ?? [bound];
  return { model, step, pixels, bounds: pixels ? list.map((each) => (levelsOf(each) + 0.5) / 255) : list };
}

/**
 * Reads tables. The result makes the settings of blocks with a bound. It decodes the samples when it is first called, because a
 * few bytes may hold large samples, and it keeps the settings for the bound of the tables and for the last other bound.
 *
 * Errors: FormatError for bytes that no calibration made, from here or from the first call.
 */
export function readTables(
  model: Model,
  tables: Uint8Array,
  format: ValueFormat,
): (bound: number) => Steps<BlockSettings> {
  if (tables.length <= HEADER_BYTES) throw corruptBlock();
  const { bound: tableBound, step, samples } = readRecord(headerFields, tables);
  const isValid = tableBound >= 0 && step >= 0 && step < Infinity && samples >= 1;
  if (!isValid || samples > maxTableSamples(sizeOf(model.inputShape))) throw corruptBlock();

  /** The same number for bounds that lead to the same streams. */
  const keyOf = (bound: number): number => {
    if (format.bounds) return 0;
    return format.pixels ? levelsOf(bound) : bound;
  };
  const tableKey = keyOf(tableBound);
  let decoded: DecodedBlock | undefined;
  const settingsByKey = new Map<number, BlockSettings>();

  return function* (bound) {
    if (!decoded) {
      const settings = blockSettings(model, format, tableBound, step);
      const block = yield* decodeBlock(settings, tables.subarray(HEADER_BYTES), samples);
      settingsByKey.set(tableKey, withPrior(settings, block.predictor, block.readState));
      decoded = block;
    }
    const key = keyOf(bound);
    if (!settingsByKey.has(key)) {
      // At another bound the samples are encoded again, for the state of a coder that has seen them at that bound.
      const settings = blockSettings(model, format, bound, step);
      const { values, predictor, readState } = decoded;
      const encoded = readState && (yield* encodeBlock(settings, values, samples, predictor));
      const found = withPrior(settings, predictor, encoded?.readState);
      for (const other of settingsByKey.keys()) if (other !== tableKey) settingsByKey.delete(other);
      settingsByKey.set(key, found);
    }
    return settingsByKey.get(key)!;
  };
}

const withPrior = (
  settings: BlockSettings,
  predictor: number,
  readState: DecodedBlock['readState'],
): BlockSettings => ({ ...settings, prior: { predictor, state: readState?.() } });
