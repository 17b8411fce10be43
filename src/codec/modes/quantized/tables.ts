// What plain coding knows of a channel, and its bytes in a codec's file. docs/format.md describes them.

import { concat } from '../../../core/bytes.ts';
import { sizeOf } from '../../../core/shape.ts';
import type { Model } from '../../../model/model.ts';
import { decodeVarint, encodeVarint, packNumbers, unpackNumbers } from '../../container/struct.ts';
import { corruptBlock } from '../../values.ts';

/** Frequencies are shares of 2^14. */
export const FREQUENCY_TOTAL = 2 ** 14;
/** Symbols of a channel beside the escape; a code with more levels has lower bits. */
export const MAX_SYMBOLS = 255;
export const MAX_SHIFT = 22;
/** Integers stay within ± this. */
export const MAX_INTEGER = 2 ** 29;
/** Whether a step is not too small: no integer of a code is then beyond what float32 can hold, by its size. */
export const isStep = (step: number): boolean => step >= 2 ** -96 && step <= 2 ** 96;

export interface ChannelTable {
  /** Distance of two values, a float32. */
  readonly step: number;
  /** Bits of an integer that are written as they are. */
  readonly shift: number;
  /** What the first symbol stands for, in integers without those bits. */
  readonly low: number;
  /** Of each symbol, and last of the escape; at least 1, with sum `FREQUENCY_TOTAL`. */
  readonly frequencies: readonly number[];
}

/** Step, shift and symbols. */
const HEADER_LAYOUT = 'fBB';
const HEADER_BYTES = 6;

export const writeTables = (channels: readonly ChannelTable[]): Uint8Array<ArrayBuffer> =>
  concat(
    channels.flatMap(({ step, shift, low, frequencies }) => [
      packNumbers(HEADER_LAYOUT, [step, shift, frequencies.length - 1]),
      encodeVarint(low < 0 ? -2 * low - 1 : 2 * low),
      ...frequencies.slice(0, -1).map(encodeVarint),
    ]),
  );

/** The tables of `channels` channels. Errors: FormatError, whatever the bytes. */
export function readTables(bytes: Uint8Array, channels: number): ChannelTable[] {
  let at = 0;
  const next = (): number => decodeVarint(() => bytes[at++]);
  const tables = Array.from({ length: channels }, (): ChannelTable => {
    if (at + HEADER_BYTES > bytes.length) throw corruptBlock();
    const [step, shift, count] = unpackNumbers(HEADER_LAYOUT, bytes.subarray(at));
    at += HEADER_BYTES;
    const folded = next();
    const low = folded % 2 ? -(folded + 1) / 2 : folded / 2;
    const frequencies = Array.from({ length: count }, next);
    const rest = FREQUENCY_TOTAL - frequencies.reduce((sum, f) => sum + f, 0);
    if (!isStep(step) || shift > MAX_SHIFT || folded > 2 * MAX_INTEGER) throw corruptBlock();
    if (!count || rest < 1 || frequencies.includes(0)) throw corruptBlock();
    return { step, shift, low, frequencies: [...frequencies, rest] };
  });
  if (at !== bytes.length) throw corruptBlock();
  return tables;
}

/** Channels of a code, and the places that each has. */
export const codeLayout = ({ latentShape }: Model): { channels: number; positions: number } => {
  const channels = latentShape.at(-1)!;
  return { channels, positions: sizeOf(latentShape) / channels };
};
