// Tables of channels as kernels read them. Their layout stands in assembly/codec/table.ts.

import { roundingThresholds } from './rounding-threshold.ts';
import { type ChannelTable, FREQUENCY_TOTAL } from './tables.ts';

const CHANNEL_BYTES = 32;

/** Bytes of the entries, ends of slots and thresholds of a channel with n symbols. */
const tablePartBytes = (n: number): number[] => [16 * n, 32 + 32 * Math.ceil(n / 16), 16 * Math.ceil(n / 4)];

export const tableBytes = (channels: readonly ChannelTable[]): number =>
  channels.reduce((sum, { frequencies: { length } }) => {
    return tablePartBytes(length).reduce((total, bytes) => total + bytes, sum + CHANNEL_BYTES);
  }, 0);

/** Writes the tables to `address`, which `tableBytes` bytes are reserved at. */
export function storeTables(memory: ArrayBufferLike, address: number, channels: readonly ChannelTable[]): void {
  const view = new DataView(memory);
  const words = (at: number, list: readonly number[]): void =>
    list.forEach((word, i) => {
      view.setUint32(at + 4 * i, word, true);
    });
  let free = address + CHANNEL_BYTES * channels.length;
  channels.forEach(({ step, low, shift, frequencies }, c) => {
    const n = frequencies.length;
    const [entries, upper, limits] = tablePartBytes(n).map((bytes) => {
      free += bytes;
      return free - bytes;
    }) as [number, number, number];
    const head = address + CHANNEL_BYTES * c;
    view.setFloat32(head, step, true);
    words(head + 4, [low, n - 1, shift, entries, upper, shift ? 0 : limits, 0]);
    for (let at = upper; at < limits; at += 2) view.setUint16(at, 0x7fff, true);
    let start = 0;
    frequencies.forEach((frequency, s) => {
      // One symbol's entry: what coding multiplies by and adds.
      const reciprocal = Math.ceil(2 ** 46 / frequency);
      const limit = (frequency * 2 ** 32) / FREQUENCY_TOTAL;
      words(entries + 16 * s, [reciprocal, reciprocal / 2 ** 32, limit, frequency + start * 65536]);
      start += frequency;
      view.setUint16(upper + 32 + 2 * s, start, true);
      if (s % 16 === 15) view.setUint16(upper + 2 * (s >> 4), start, true);
    });
    const thresholds = shift ? [] : roundingThresholds({ frequencies });
    for (let at = limits; at < free; at += 4) view.setFloat32(at, thresholds[(at - limits) / 4] ?? 0, true);
  });
}
