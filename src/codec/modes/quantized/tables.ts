// The tables of the plain mode: step and symbol frequencies of each channel of the code. docs/format.md describes their bytes.

import { concat } from '../../../core/bytes.ts';
import { sizeOf } from '../../../core/shape.ts';
import type { Model } from '../../../model/model.ts';
import { readRecord, writeRecord } from '../../container/record.ts';
import { decodeVarint, encodeVarint } from '../../container/varint.ts';
import { corruptBlock } from '../../mode.ts';

/** Sum of the frequencies of a channel. */
export const FREQUENCY_TOTAL = 2 ** 14;
/** Maximum number of symbols of a channel, without the escape. A code with more integers has lower bits. */
export const MAX_SYMBOLS = 255;
export const MAX_SHIFT = 22;
/** Integers are within ± this. */
export const MAX_INTEGER = 2 ** 29;
/** Whether the products of a step and all integers are normal float32. */
export const isStep = (step: number): boolean => step >= 2 ** -96 && step <= 2 ** 96;

export interface ChannelTable {
  /** A float32. An integer q stands for the value q · step. */
  readonly step: number;
  /** Lower bits of an integer, which are stored as they are. A symbol stands for the other bits. */
  readonly shift: number;
  /** Integer, without its lower bits, of the first symbol. */
  readonly low: number;
  /** Of each symbol, and last of the escape. At least 1, with the sum `FREQUENCY_TOTAL`. */
  readonly frequencies: readonly number[];
}

const headerFields = { step: 'Float32', shift: 'Uint8', symbols: 'Uint8' } as const;
const HEADER_BYTES = 6;

export const writeTables = (channels: readonly ChannelTable[]): Uint8Array<ArrayBuffer> =>
  concat(
    channels.flatMap(({ step, shift, low, frequencies }) => [
      writeRecord(headerFields, { step, shift, symbols: frequencies.length - 1 }),
      encodeVarint(low < 0 ? -2 * low - 1 : 2 * low),
      ...frequencies.slice(0, -1).map(encodeVarint),
    ]),
  );

/** The tables of `channels` channels. Errors: FormatError for bytes that no calibration made. */
export function readTables(bytes: Uint8Array, channels: number): ChannelTable[] {
  let offset = 0;
  const nextVarint = (): number => decodeVarint(() => bytes[offset++]);
  const tables = Array.from({ length: channels }, (): ChannelTable => {
    if (offset + HEADER_BYTES > bytes.length) throw corruptBlock();
    const { step, shift, symbols } = readRecord(headerFields, bytes.subarray(offset));
    offset += HEADER_BYTES;
    const folded = nextVarint();
    const low = folded % 2 ? -(folded + 1) / 2 : folded / 2;
    const frequencies = Array.from({ length: symbols }, nextVarint);
    const escapeFrequency = FREQUENCY_TOTAL - frequencies.reduce((sum, frequency) => sum + frequency, 0);
    if (!isStep(step) || shift > MAX_SHIFT || folded > 2 * MAX_INTEGER) throw corruptBlock();
    if (!symbols || escapeFrequency < 1 || frequencies.includes(0)) throw corruptBlock();
    return { step, shift, low, frequencies: [...frequencies, escapeFrequency] };
  });
  if (offset !== bytes.length) throw corruptBlock();
  return tables;
}

/** Channels of a code, which are its last axis, and positions: the values of a channel. */
export const codeLayout = ({ latentShape }: Model): { channels: number; positions: number } => {
  const channels = latentShape.at(-1)!;
  return { channels, positions: sizeOf(latentShape) / channels };
};
