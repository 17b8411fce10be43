// Tables of a code's channels, counted on samples.

import { sizeOf } from '../../layers/layer.ts';
import type { Model } from '../../model.ts';
import { held } from '../values.ts';
import { stepsOf } from './steps.ts';
import { type ChannelTable, isStep, MOST_INTEGER, MOST_SHIFT, MOST_SYMBOLS, TOTAL } from './tables.ts';
import { thresholdsOf } from './threshold.ts';

/** Rounds of: quantise by the tables, count, new tables. The third changes the size of a file by less than 0.1 %. */
const ROUNDS = 3;

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

/** Of channel c of z. */
function tableOf(z: Float32Array, c: number, channels: number, step: number): ChannelTable {
  const n = z.length / channels;
  // Values in steps, whole part and rest.
  const whole = new Int32Array(n);
  const part = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    const u = Math.fround(z[i * channels + c]! / step);
    const k = held(Math.floor(u) || 0, -MOST_INTEGER, MOST_INTEGER);
    whole[i] = k;
    part[i] = held(u - k, 0, 1) || 0;
  }
  // Symbols stand for all integers but the outermost, if those are fewer than 1 in 2^15 on either side.
  const sorted = whole.map((k, i) => k + +(part[i]! >= 0.5)).sort();
  const outside = Math.floor(n / 2 ** 15);
  const [first, last] = [sorted[outside]!, sorted[n - 1 - outside]!];
  let shift = 0;
  while (shift < MOST_SHIFT && (last >> shift) - (first >> shift) >= MOST_SYMBOLS) shift++;
  const low = first >> shift;
  const count = Math.min(MOST_SYMBOLS, (last >> shift) - low + 1);
  let frequencies: number[] = [];
  for (let round = 0; round < (shift ? 1 : ROUNDS); round++) {
    const limits = round ? thresholdsOf({ frequencies }) : undefined;
    const counts = new Float64Array(count + 1);
    for (let i = 0; i < n; i++) {
      const k = whole[i]!;
      const limit = limits ? limits[held(k - low + 1, 0, count)]! : 0.5;
      const s = ((k + +(part[i]! >= limit)) >> shift) - low;
      counts[s >= 0 && s < count ? s : count]!++;
    }
    // As many new values are to be expected as there are values that were seen once (Good, 1953).
    counts[count]! += counts.filter((times) => times === 1).length;
    frequencies = shares(counts);
  }
  return { step, shift, low, frequencies };
}

/** Tables for the model's code z, n × latent, quantised with steps about `step`. */
export function countTables(model: Model, z: Float32Array<ArrayBuffer>, step: number): ChannelTable[] {
  const { channels } = channelsOf(model);
  const steps = stepsOf(model, z, step);
  return Array.from({ length: channels }, (_, c) => {
    const own = isStep(steps[c]!) ? steps[c]! : step;
    return tableOf(z, c, channels, own);
  });
}

export const channelsOf = ({ latentShape }: Model): { channels: number; places: number } => {
  const channels = latentShape.at(-1)!;
  return { channels, places: sizeOf(latentShape) / channels };
};
