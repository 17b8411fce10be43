// Tables of channels as kernels read them. Their layout stands in assembly/codec/table.ts.

import { type ChannelTable, TOTAL } from './tables.ts';
import { thresholdsOf } from './threshold.ts';

const CHANNEL = 32;
const align = (bytes: number): number => Math.ceil(bytes / 16) * 16;

/** Bytes behind its descriptor that a channel needs: entries, ends and thresholds. */
function roomOf({ frequencies }: ChannelTable): number[] {
  const count = frequencies.length - 1;
  return [16 * (count + 1), 32 + 32 * Math.ceil((count + 1) / 16), align(4 * (count + 1))];
}

export const tableBytes = (channels: readonly ChannelTable[]): number =>
  channels.reduce((bytes, table) => roomOf(table).reduce((sum, part) => sum + part, bytes), CHANNEL * channels.length);

/** One symbol's entry: what coding multiplies by and adds. */
function writeEntry(view: DataView, at: number, frequency: number, start: number): void {
  const reciprocal = Math.ceil(2 ** 46 / frequency);
  view.setUint32(at, reciprocal % 2 ** 32, true);
  view.setUint32(at + 4, Math.floor(reciprocal / 2 ** 32), true);
  view.setUint32(at + 8, (frequency * 2 ** 32) / TOTAL, true);
  view.setUint16(at + 12, frequency, true);
  view.setUint16(at + 14, start, true);
}

/** Writes the tables to `address`, which `tableBytes` bytes are reserved at. */
export function placeTables(memory: ArrayBufferLike, address: number, channels: readonly ChannelTable[]): void {
  const view = new DataView(memory);
  let free = address + CHANNEL * channels.length;
  channels.forEach((table, c) => {
    const { step, low, shift, frequencies } = table;
    const count = frequencies.length - 1;
    const [entries, upper, thresholds] = roomOf(table).map((bytes) => {
      const at = free;
      free += bytes;
      return at;
    }) as [number, number, number];
    const limits = shift ? undefined : thresholdsOf(table);
    const at = address + CHANNEL * c;
    view.setFloat32(at, step, true);
    view.setInt32(at + 4, low, true);
    view.setInt32(at + 8, count, true);
    view.setInt32(at + 12, shift, true);
    [entries, upper, limits ? thresholds : 0].forEach((place, i) => {
      view.setUint32(at + 16 + 4 * i, place, true);
    });
    for (let end = upper; end < thresholds; end += 2) view.setUint16(end, 0x7fff, true);
    let start = 0;
    frequencies.forEach((frequency, s) => {
      writeEntry(view, entries + 16 * s, frequency, start);
      start += frequency;
      view.setUint16(upper + 32 + 2 * s, start, true);
      if (s % 16 === 15) view.setUint16(upper + 2 * (s >> 4), start, true);
    });
    limits?.forEach((limit, i) => {
      view.setFloat32(thresholds + 4 * i, limit, true);
    });
  });
}
