// Windows to scores, and to the anomalies among them with what is strange in each.

import type { Detector } from 'isthmus';
import type { Profile } from './devices.ts';
import { iso } from './input.ts';

/** Readings that are named for each anomaly, the strangest first. */
const MOST_NAMED = 3;

/** Where the values of a device lie: windows end to end, each [readings, channels]. */
export interface Frame {
  readonly profile: Profile;
  /** Readings in a window. */
  readonly length: number;
  /** Time of the first. */
  readonly from: number;
}

export interface Anomaly {
  /** Number in the post, from 0, and time. */
  readonly window: number;
  readonly from: string;
  /**
   * `null` where readings are missing, that is no numbers: then `missing` counts them by channel. `null` too where a float
   * cannot hold the score.
   */
  readonly score: number | null;
  readonly threshold: number;
  /** Shares of the score by channel; their sum is 1. */
  readonly channels?: Readonly<Record<string, number>>;
  readonly readings?: readonly { channel: string; at: string; value: number; share: number }[];
  readonly missing?: Readonly<Record<string, number>>;
}

const rounded = (share: number): number => Math.round(share * 1e4) / 1e4;

/** The sum of something over each channel. */
const byChannel = (values: ArrayLike<number>, { channels }: Profile): Record<string, number> =>
  Object.fromEntries(
    channels.map(({ name }, c) => {
      let sum = 0;
      for (let i = c; i < values.length; i += channels.length) sum += values[i]!;
      return [name, sum];
    }),
  );

/** How many values of each channel are no numbers. */
export const missing = (values: Float32Array, profile: Profile): Record<string, number> =>
  byChannel(
    values.map((value) => (Number.isFinite(value) ? 0 : 1)),
    profile,
  );

/** A value of a window in the unit of its channel. */
export const valueAt = (window: Float32Array, { channels }: Profile, i: number): number => {
  const { mean, scale } = channels[i % channels.length]!;
  return window[i]! * scale + mean;
};

function explain(detector: Detector, window: Float32Array, { profile, from }: Frame) {
  const shares = detector.explain(window);
  const order = Array.from(shares.keys()).sort((a, b) => shares[b]! - shares[a]!);
  const { channels, period } = profile;
  return {
    channels: Object.fromEntries(Object.entries(byChannel(shares, profile)).map(([name, v]) => [name, rounded(v)])),
    readings: order.slice(0, MOST_NAMED).map((i) => ({
      channel: channels[i % channels.length]!.name,
      at: iso(from + Math.floor(i / channels.length) * period),
      value: valueAt(window, profile, i),
      share: rounded(shares[i]!),
    })),
  };
}

/** A score for each window, NaN for those with readings that are no numbers, which are anomalies too. */
export function score(
  detector: Detector,
  x: Float32Array,
  frame: Frame,
): { scores: Float32Array<ArrayBuffer>; anomalies: Anomaly[] } {
  const { profile, length, from } = frame;
  const size = length * profile.channels.length;
  const windows = Array.from({ length: x.length / size }, (_, i) => x.subarray(i * size, (i + 1) * size));
  const whole = windows.map((window) => window.every(Number.isFinite));
  const complete = windows.filter((_, i) => whole[i]) as Float32Array[];
  const scored = complete.length ? detector.score(complete) : [];
  let next = 0;
  const scores = Float32Array.from(whole, (finite) => (finite ? scored[next++]! : Number.NaN));
  const { threshold } = detector;
  const anomalies = windows.flatMap((window, i): Anomaly[] => {
    const value = scores[i]!;
    if (value <= threshold) return [];
    const begin = from + i * length * profile.period;
    const common = { window: i, from: iso(begin), score: whole[i] ? value : null, threshold };
    if (whole[i]) return [{ ...common, ...explain(detector, window, { ...frame, from: begin }) }];
    return [{ ...common, missing: missing(window, profile) }];
  });
  return { scores, anomalies };
}
