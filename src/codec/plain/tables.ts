// What plain coding knows of a channel, and its bytes in a codec's file. docs/format.md describes them.

import { FormatError } from '../../errors.ts';

/** Frequencies are shares of 2^14. */
export const TOTAL = 2 ** 14;
/** Symbols of a channel beside the escape; a code with more levels has lower bits. */
export const MOST_SYMBOLS = 255;
export const MOST_SHIFT = 22;
/** Integers stay within ± this. */
export const MOST_INTEGER = 2 ** 29;
/** The smallest step: no integer of a code is then beyond what float32 can hold, by its size. */
const LEAST_STEP = 2 ** -96;
const MOST_STEP = 2 ** 96;

export const isStep = (step: number): boolean => step >= LEAST_STEP && step <= MOST_STEP;

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

function writeVarint(bytes: number[], value: number): void {
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
  bytes.push(value);
}

export function writeTables(channels: readonly ChannelTable[]): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  for (const { step, shift, low, frequencies } of channels) {
    bytes.push(...new Uint8Array(new Uint32Array(new Float32Array([step]).buffer).buffer));
    bytes.push(shift, frequencies.length - 1);
    writeVarint(bytes, low < 0 ? -2 * low - 1 : 2 * low);
    for (const frequency of frequencies.slice(0, -1)) writeVarint(bytes, frequency);
  }
  return Uint8Array.from(bytes);
}

const bad = (expected: string, got: unknown): FormatError =>
  new FormatError('corrupt', `"codec.tables" expected ${expected}, got ${got}`);

/** The tables of `channels` channels. Errors: FormatError, whatever the bytes. */
export function readTables(bytes: Uint8Array, channels: number): ChannelTable[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const byte = (): number => {
    if (at >= bytes.length) throw bad(`tables of ${channels} channels`, `${bytes.length} bytes`);
    return bytes[at++]!;
  };
  const varint = (most: number): number => {
    let value = 0;
    for (let place = 1; ; place *= 128) {
      const next = byte();
      value += (next & 127) * place;
      if (value > most) throw bad(`integers up to ${most}`, value);
      if (next < 128) return value;
      if (place > most) throw bad(`integers up to ${most}`, 'a longer one');
    }
  };
  const one = (): ChannelTable => {
    if (at + 4 > bytes.length) throw bad(`tables of ${channels} channels`, `${bytes.length} bytes`);
    const step = view.getFloat32(at, true);
    at += 4;
    if (!isStep(step)) throw bad(`a step within ${LEAST_STEP}..${MOST_STEP}`, step);
    const shift = byte();
    if (shift > MOST_SHIFT) throw bad(`a shift 0..${MOST_SHIFT}`, shift);
    const count = byte();
    if (!count) throw bad('a symbol', 'none');
    const folded = varint(2 * MOST_INTEGER);
    const low = folded % 2 ? -(folded + 1) / 2 : folded / 2;
    const frequencies = Array.from({ length: count }, () => varint(TOTAL));
    const rest = TOTAL - frequencies.reduce((sum, f) => sum + f, 0);
    if (rest < 1 || frequencies.includes(0)) throw bad(`frequencies from 1 with a sum below ${TOTAL}`, 'others');
    return { step, shift, low, frequencies: [...frequencies, rest] };
  };
  const tables: ChannelTable[] = [];
  for (let c = 0; c < channels; c++) tables.push(one());
  if (at !== bytes.length) throw bad(`${at} bytes`, bytes.length);
  return tables;
}
