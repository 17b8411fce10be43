// What plain coding knows of a channel, and its bytes in a codec's file. docs/format.md describes them.

import { concat } from '../../../core/bytes.ts';
import { sizeOf } from '../../../engine/layer-definition.ts';
import type { Model } from '../../../model/model.ts';
import { pack, readVarint, unpack, varint } from '../../container/struct.ts';
import { corrupt } from '../../values.ts';

/** Frequencies are shares of 2^14. */
export const TOTAL = 2 ** 14;
/** Symbols of a channel beside the escape; a code with more levels has lower bits. */
export const MOST_SYMBOLS = 255;
export const MOST_SHIFT = 22;
/** Integers stay within ± this. */
export const MOST_INTEGER = 2 ** 29;
/** Whether a step is not too small: no integer of a code is then beyond what float32 can hold, by its size. */
export const isStep = (step: number): boolean => step >= 2 ** -96 && step <= 2 ** 96;

export interface ChannelTable {
  /** Distance of two values, a float32. */
  readonly step: number;
  /** Bits of an integer that are written as they are. */
  readonly shift: number;
  /** What the first symbol stands for, in integers without those bits. */
  readonly low: number;
  /** Of each symbol, and last of the escape; at least 1, with sum `TOTAL`. */
  readonly frequencies: readonly number[];
}

/** Step, shift and symbols. */
const HEAD = 'fBB';
const HEAD_BYTES = 6;

export const writeTables = (channels: readonly ChannelTable[]): Uint8Array<ArrayBuffer> =>
  concat(
    channels.flatMap(({ step, shift, low, frequencies }) => [
      pack(HEAD, [step, shift, frequencies.length - 1]),
      varint(low < 0 ? -2 * low - 1 : 2 * low),
      ...frequencies.slice(0, -1).map(varint),
    ]),
  );

/** The tables of `channels` channels. Errors: FormatError, whatever the bytes. */
export function readTables(bytes: Uint8Array, channels: number): ChannelTable[] {
  let at = 0;
  const next = (): number => readVarint(() => bytes[at++]);
  const tables = Array.from({ length: channels }, (): ChannelTable => {
    if (at + HEAD_BYTES > bytes.length) throw corrupt();
    const [step, shift, count] = unpack(HEAD, bytes.subarray(at));
    at += HEAD_BYTES;
    const folded = next();
    const low = folded % 2 ? -(folded + 1) / 2 : folded / 2;
    const frequencies = Array.from({ length: count }, next);
    const rest = TOTAL - frequencies.reduce((sum, f) => sum + f, 0);
    if (!isStep(step) || shift > MOST_SHIFT || folded > 2 * MOST_INTEGER) throw corrupt();
    if (!count || rest < 1 || frequencies.includes(0)) throw corrupt();
    return { step, shift, low, frequencies: [...frequencies, rest] };
  });
  if (at !== bytes.length) throw corrupt();
  return tables;
}

/** Channels of a code, and the places that each has. */
export const channelsOf = ({ latentShape }: Model): { channels: number; places: number } => {
  const channels = latentShape.at(-1)!;
  return { channels, places: sizeOf(latentShape) / channels };
};
