// Tables of channels in the model's memory, as the kernels read them. assembly/codec/table.ts describes the layout.

import { roundingThresholds } from './rounding-threshold.ts';
import { type ChannelTable, FREQUENCY_TOTAL } from './tables.ts';

/** Bytes of a channel's header: step, low, index of the escape, shift, addresses of the three parts, and padding. */
const CHANNEL_BYTES = 32;

/** Bytes of the parts of a channel with n symbols, the escape among them. */
const partBytes = (n: number) => ({
  entries: 16 * n,
  slotEnds: 32 + 32 * Math.ceil(n / 16),
  thresholds: 16 * Math.ceil(n / 4),
});

export const tableBytes = (channels: readonly ChannelTable[]): number =>
  channels.reduce((sum, { frequencies }) => {
    const { entries, slotEnds, thresholds } = partBytes(frequencies.length);
    return sum + CHANNEL_BYTES + entries + slotEnds + thresholds;
  }, 0);

/** Writes the tables to `address`, where there are `tableBytes` bytes. */
export function storeTables(memory: ArrayBufferLike, address: number, channels: readonly ChannelTable[]): void {
  const view = new DataView(memory);
  const setWords = (at: number, words: readonly number[]): void =>
    words.forEach((word, i) => {
      view.setUint32(at + 4 * i, word, true);
    });
  let entries = address + CHANNEL_BYTES * channels.length;
  channels.forEach(({ step, low, shift, frequencies }, channel) => {
    const n = frequencies.length;
    const bytes = partBytes(n);
    const slotEnds = entries + bytes.entries;
    const thresholds = slotEnds + bytes.slotEnds;
    const end = thresholds + bytes.thresholds;
    const header = address + CHANNEL_BYTES * channel;
    view.setFloat32(header, step, true);
    setWords(header + 4, [low, n - 1, shift, entries, slotEnds, shift ? 0 : thresholds, 0]);
    // Ends of slots: first of every 16th symbol, then of every symbol. Unused ones are larger than any slot.
    for (let at = slotEnds; at < thresholds; at += 2) view.setUint16(at, 0x7fff, true);
    let start = 0;
    frequencies.forEach((frequency, symbol) => {
      // An encoder divides by the frequency as a product with its reciprocal, and adds to the quotient.
      const reciprocal = Math.ceil(2 ** 46 / frequency);
      const limit = (frequency * 2 ** 32) / FREQUENCY_TOTAL;
      setWords(entries + 16 * symbol, [reciprocal, reciprocal / 2 ** 32, limit, frequency + start * 65536]);
      start += frequency;
      view.setUint16(slotEnds + 32 + 2 * symbol, start, true);
      if (symbol % 16 === 15) view.setUint16(slotEnds + 2 * (symbol >> 4), start, true);
    });
    const values = shift ? [] : roundingThresholds({ frequencies });
    for (let at = thresholds; at < end; at += 4) view.setFloat32(at, values[(at - thresholds) / 4] ?? 0, true);
    entries = end;
  });
}
