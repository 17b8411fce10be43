// What calibration leaves: its samples, as a block of this same mode. A coder that has decoded them knows what they
// are like; so statistics need no format of their own, and no engine has to agree with another about floats.

import type { Steps } from '../../../core/progress.ts';
import { sizeOf } from '../../../core/shape.ts';
import type { Model } from '../../../model/model.ts';
import { unpackNumbers } from '../../container/struct.ts';
import type { ValueFormat } from '../../mode.ts';
import { corruptBlock, samplesWithin } from '../../values.ts';
import { type BlockSettings, type DecodedBlock, decodeBlock, encodeBlock } from './block.ts';

/** Values that calibration keeps at most: all later ones tell less and make a codec start later. */
const MAX_TABLE_VALUES = 131072;
/** Bound, step and rows. */
export const HEADER_LAYOUT = 'ddI';
const HEADER_BYTES = 20;

/** Samples of so many values that calibration keeps at most. */
export const maxTableSamples = (size: number): number => samplesWithin(MAX_TABLE_VALUES, size);

/** The setting of blocks with a bound, without anything known. Bounds of bytes leave room for no other integer. */
export function blockSettings(
  model: Model,
  { pixels, bounds }: ValueFormat,
  bound: number,
  step: number,
): BlockSettings {
  const list = bounds ?? [bound];
  return { model, step, pixels, bounds: pixels ? list.map((b) => (Math.min(255, Math.floor(b)) + 0.5) / 255) : list };
}

/** What blocks need at a bound. Errors: FormatError for bytes that are no tables, from here or from the first call. */
export function settingsByBound(
  model: Model,
  tables: Uint8Array,
  kind: ValueFormat,
): (bound: number) => Steps<BlockSettings> {
  if (tables.length <= HEADER_BYTES) throw corruptBlock();
  const [own, step, rows] = unpackNumbers(HEADER_LAYOUT, tables);
  if (!(own >= 0 && step >= 0 && step < Infinity && rows >= 1 && rows <= maxTableSamples(sizeOf(model.inputShape))))
    throw corruptBlock();
  const setting = blockSettings(model, kind, own, step);
  /** What is the same where streams have the same bounds: the number of levels, or the bound. */
  const keyOf = (bound: number): number => (kind.bounds ? 0 : kind.pixels ? Math.min(255, Math.floor(bound)) : bound);
  const key = keyOf(own);
  const known = (at: BlockSettings, [, predictor, state]: DecodedBlock): BlockSettings => ({
    ...at,
    priorState: [predictor, state?.()],
  });
  // Decoded when samples are, and not before: a few bytes may stand for a sample of any size.
  let decoded: DecodedBlock | undefined;
  /** Settings that are known, by their bounds: that of the tables, and the last of the others. */
  const settings = new Map<number, BlockSettings>();
  return function* (bound) {
    if (!decoded) {
      const block = yield* decodeBlock(setting, tables.subarray(HEADER_BYTES), rows);
      settings.set(key, known(setting, block));
      decoded = block;
    }
    const own = keyOf(bound);
    if (!settings.has(own)) {
      const at = blockSettings(model, kind, bound, step);
      // At another bound the same samples are coded once more, which tells a coder what they are like there.
      const [values, predictor, state] = decoded;
      const again = known(at, [values, predictor, state && (yield* encodeBlock(at, values, rows, predictor))[1]]);
      for (const other of settings.keys()) if (other !== key) settings.delete(other);
      settings.set(own, again);
    }
    return settings.get(own)!;
  };
}
