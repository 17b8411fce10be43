// Tables of a code's channels, counted on samples.

import { sizeOf } from '../../layers/layer.ts';
import type { Model } from '../../model.ts';
import { stepsOf } from './steps.ts';
import { type ChannelTable, isStep, MOST_INTEGER, MOST_SHIFT, MOST_SYMBOLS, TOTAL } from './tables.ts';
import { thresholdsOf } from './threshold.ts';

/** Rounds of: quantise by the tables, count, new tables. The third changes the size of a file by less than 0.1 %. */
const ROUNDS = 3;

/** A channel's values in steps, whole part and rest. */
interface Channel {
  readonly whole: Int32Array;
  readonly part: Float32Array;
}

function channelOf(z: Float32Array, c: number, channels: number, step: number): Channel {
  const n = z.length / channels;
  const whole = new Int32Array(n);
  const part = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    const u = Math.fround(z[i * channels + c]! / step);
    const k = Math.max(-MOST_INTEGER, Math.min(MOST_INTEGER, Math.floor(u) || 0));
    whole[i] = k;
    part[i] = Math.max(0, Math.min(1, u - k)) || 0;
  }
  return { whole, part };
}

/** The integers that symbols stand for: all but the outermost, if those are fewer than 1 in 2^15 on either side. */
function rangeOf({ whole, part }: Channel): { first: number; last: number } {
  const sorted = whole.map((k, i) => k + (part[i]! >= 0.5 ? 1 : 0)).sort();
  const outside = Math.floor(sorted.length / 2 ** 15);
  return { first: sorted[outside]!, last: sorted[sorted.length - 1 - outside]! };
}

/** Shares of 2^14 by counts; what was never seen has at least 1. */
export function shares(counts: ArrayLike<number>): number[] {
  const list = Array.from(counts, (count) => Math.max(count, 1e-9));
  const sum = list.reduce((total, count) => total + count, 0);
  const frequencies = list.map((count) => Math.max(1, Math.round((count / sum) * TOTAL)));
  // What rounding has added or taken is made up for where it changes least: at the largest.
  for (let rest = TOTAL - frequencies.reduce((total, f) => total + f, 0); rest !== 0; ) {
    const largest = frequencies.indexOf(Math.max(...frequencies));
    const change = rest > 0 ? rest : Math.max(rest, Math.min(-1, (1 - frequencies[largest]!) >> 3));
    frequencies[largest] = frequencies[largest]! + change;
    rest -= change;
  }
  return frequencies;
}

function tableOf(channel: Channel, step: number): ChannelTable {
  const { first, last } = rangeOf(channel);
  let shift = 0;
  while (shift < MOST_SHIFT && Math.floor(last / 2 ** shift) - Math.floor(first / 2 ** shift) >= MOST_SYMBOLS) shift++;
  const low = Math.floor(first / 2 ** shift);
  const count = Math.min(MOST_SYMBOLS, Math.floor(last / 2 ** shift) - low + 1);
  const { whole, part } = channel;
  let table: ChannelTable | undefined;
  for (let round = 0; round < ROUNDS; round++) {
    const limits = table && !shift ? thresholdsOf(table) : undefined;
    const counts = new Float64Array(count + 1);
    for (let i = 0; i < whole.length; i++) {
      const k = whole[i]!;
      const limit = limits ? limits[Math.max(0, Math.min(count, k - low + 1))]! : 0.5;
      const q = k + (part[i]! >= limit ? 1 : 0);
      const s = Math.floor(q / 2 ** shift) - low;
      counts[s >= 0 && s < count ? s : count]!++;
    }
    // As many new values are to be expected as there are values that were seen once (Good, 1953).
    counts[count]! += counts.filter((times) => times === 1).length;
    table = { step, shift, low, frequencies: shares(counts) };
    if (shift) break;
  }
  return table!;
}

/** Tables for the model's code z, n × latent, quantised with steps about `step`. */
export function countTables(model: Model, z: Float32Array<ArrayBuffer>, step: number): ChannelTable[] {
  const shape = model.latentShape;
  const channels = shape[shape.length - 1]!;
  const steps = stepsOf(model, z, step);
  return Array.from({ length: channels }, (_, c) => {
    const own = isStep(steps[c]!) ? steps[c]! : step;
    return tableOf(channelOf(z, c, channels, own), own);
  });
}

export const channelsOf = (model: Model): { channels: number; places: number } => {
  const shape = model.latentShape;
  const channels = shape[shape.length - 1]!;
  return { channels, places: sizeOf(shape) / channels };
};
