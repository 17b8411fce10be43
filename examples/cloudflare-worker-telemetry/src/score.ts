// Scores windows, and explains the anomalies by channels and readings.

import type { Detector } from 'isthmus';
import type { Profile } from './devices.ts';
import { iso } from './input.ts';

/** Number of readings that are listed for each anomaly, with the largest shares of the score. */
const MAX_NAMED_READINGS = 3;

/** Layout of the values of a device: windows end to end, each [readings, channels]. */
export interface Frame {
  readonly profile: Profile;
  /** Readings in a window. */
  readonly length: number;
  /** Time of the first reading, in milliseconds since 1970. */
  readonly from: number;
}

export interface Anomaly {
  /** Index of the window in the post, and its time. */
  readonly window: number;
  readonly from: string;
  /** `null` for a window with missing readings (NaN, infinities), which `missing` counts by channel; and for an infinite score. */
  readonly score: number | null;
  readonly threshold: number;
  /** Shares of the score by channel; their sum is 1. */
  readonly channels?: Readonly<Record<string, number>>;
  readonly readings?: readonly { channel: string; at: string; value: number; share: number }[];
  readonly missing?: Readonly<Record<string, number>>;
}

const rounded = (share: number): number => Math.round(share * 1e4) / 1e4;

/** Sums of values by channel. */
const byChannel = (values: ArrayLike<number>, { channels }: Profile): Record<string, number> =>
  Object.fromEntries(
    channels.map(({ name }, c) => {
      let sum = 0;
      for (let i = c; i < values.length; i += channels.length) sum += values[i]!;
      return [name, sum];
    }),
  );

/** Number of values by channel that are not finite: missing readings. */
export const missing = (values: Float32Array, profile: Profile): Record<string, number> =>
  byChannel(
    values.map((value) => (Number.isFinite(value) ? 0 : 1)),
    profile,
  );

/** Value `i` of a window, in the unit of its channel. */
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
    readings: order.slice(0, MAX_NAMED_READINGS).map((i) => ({
      channel: channels[i % channels.length]!.name,
      at: iso(from + Math.floor(i / channels.length) * period),
      value: valueAt(window, profile, i),
      share: rounded(shares[i]!),
    })),
  };
}

/** The score of each window, NaN for a window with missing readings, which is an anomaly too. */
export function score(
  detector: Detector,
  x: Float32Array,
  frame: Frame,
): { scores: Float32Array<ArrayBuffer>; anomalies: Anomaly[] } {
  const { profile, length, from } = frame;
  const size = length * profile.channels.length;
  const windows = Array.from({ length: x.length / size }, (_, i) => x.subarray(i * size, (i + 1) * size));
  const isComplete = windows.map((window) => window.every(Number.isFinite));
  const complete = windows.filter((_, i) => isComplete[i]) as Float32Array[];
  const scored = complete.length ? detector.score(complete) : [];
  let next = 0;
  const scores = Float32Array.from(isComplete, (finite) => (finite ? scored[next++]! : Number.NaN));
  const { threshold } = detector;
  const anomalies = windows.flatMap((window, i): Anomaly[] => {
    const value = scores[i]!;
    if (value <= threshold) return [];
    const begin = from + i * length * profile.period;
    const common = { window: i, from: iso(begin), score: isComplete[i] ? value : null, threshold };
    if (isComplete[i]) return [{ ...common, ...explain(detector, window, { ...frame, from: begin }) }];
    return [{ ...common, missing: missing(window, profile) }];
  });
  return { scores, anomalies };
}
