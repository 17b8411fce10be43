// Tables of channels as kernels read them. Their layout stands in assembly/codec/table.ts.

import { bytesIn, concat } from '../../bytes.ts';
import { pack } from '../numbers.ts';
import { type ChannelTable, TOTAL } from './tables.ts';
import { thresholdsOf } from './threshold.ts';

const CHANNEL = 32;

/** The tables as they are at an address. */
function tablesAt(address: number, channels: readonly ChannelTable[]): Uint8Array {
  let free = address + CHANNEL * channels.length;
  const heads: Uint8Array[] = [];
  const blocks = channels.flatMap(({ step, low, shift, frequencies }) => {
    const n = frequencies.length;
    const upper = new Uint16Array(16 + 16 * Math.ceil(n / 16)).fill(0x7fff);
    const limits = new Float32Array(4 * Math.ceil(n / 4));
    if (!shift) limits.set(thresholdsOf({ frequencies }));
    let start = 0;
    // One symbol's entry: what coding multiplies by and adds.
    const entries = frequencies.flatMap((frequency, s) => {
      const reciprocal = Math.ceil(2 ** 46 / frequency);
      const entry = [reciprocal, reciprocal / 2 ** 32, (frequency * 2 ** 32) / TOTAL, frequency + start * 65536];
      start += frequency;
      upper[16 + s] = start;
      if (s % 16 === 15) upper[s >> 4] = start;
      return entry;
    });
    const parts = [Uint32Array.from(entries), upper, limits];
    const places = parts.map(({ byteLength }) => {
      free += byteLength;
      return free - byteLength;
    });
    if (shift) places[2] = 0;
    heads.push(pack('fIIIIIII', [step, low, n - 1, shift, ...places, 0]));
    return parts.map((part) => bytesIn(part)!);
  });
  return concat([...heads, ...blocks]);
}

export const tableBytes = (channels: readonly ChannelTable[]): number => tablesAt(0, channels).length;

/** Writes the tables to `address`, which `tableBytes` bytes are reserved at. */
export function placeTables(memory: ArrayBufferLike, address: number, channels: readonly ChannelTable[]): void {
  new Uint8Array(memory).set(tablesAt(address, channels), address);
}
