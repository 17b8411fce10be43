// The workspace of a convolution: a padded copy of a group of samples, tables of addresses, packed weights.

import type { Window } from './window.ts';

/** Bytes of padded samples that are worked on at once, so that they stay in the L2 cache. */
const GROUP_BYTES = 2 ** 17;
/** What kernels may read beyond the last padded value and leave out. */
const SLACK = 128;

const up = (bytes: number): number => Math.ceil(bytes / 16) * 16;

/** Samples of `bytes` each that go together. */
export const groupOf = (bytes: number, rows: number): number =>
  Math.max(1, Math.min(rows, Math.floor(GROUP_BYTES / bytes)));

export interface Room {
  /** Samples in a group. */
  readonly group: number;
  readonly padded: number;
  readonly rows: number;
  readonly outs: number;
  readonly taps: number;
  readonly weightTaps: number;
  readonly panels: number;
  /** Bytes in all. */
  readonly bytes: number;
}

/** Lays out the workspace from `base` on, for `places` windows a sample. */
export function room(
  base: number,
  samples: number,
  sampleBytes: number,
  places: number,
  taps: number,
  panelBytes: number,
): Room {
  const group = groupOf(sampleBytes, samples);
  const padded = base;
  const rows = padded + up(group * sampleBytes + SLACK);
  const outs = rows + up(group * places * 4);
  const tapTable = outs + up(group * places * 4);
  const weightTaps = tapTable + up(taps * 4);
  const panels = weightTaps + up(taps * 4);
  return { group, padded, rows, outs, taps: tapTable, weightTaps, panels, bytes: panels + up(panelBytes) - base };
}

/** Bytes of one padded sample of the big side. */
export const paddedBytes = ({ y, x, c }: Window): number =>
  (y.before + y.big + y.behind) * (x.before + x.big + x.behind) * c * 4;

/** Bytes of B[k][n] in panels, or in rows for few n. */
export const panelBytes = (k: number, n: number): number => k * Math.max(Math.ceil(n / 8) * 8, 1) * 4;

/** Up to this many channels the sum runs along the window instead of across channels. */
export const FEW = 3;
