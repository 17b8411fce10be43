// The workspace of a convolution: a padded copy of a group of samples, tables of addresses, packed weights.

import { align } from '../../engine/network.ts';
import type { Kernels } from '../../wasm/kernels.ts';
import type { Window } from './window.ts';

/** Bytes of padded samples that are worked on at once, so that they stay in the L2 cache. */
const GROUP_BYTES = 2 ** 17;
/** What kernels may read beyond the last padded value and leave out. */
const SLACK = 128;

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
  const rows = padded + align(group * sampleBytes + SLACK);
  const outs = rows + align(group * places * 4);
  const tapTable = outs + align(group * places * 4);
  const weightTaps = tapTable + align(taps * 4);
  const panels = weightTaps + align(taps * 4);
  return { group, padded, rows, outs, taps: tapTable, weightTaps, panels, bytes: panels + align(panelBytes) - base };
}

/** Bytes of one padded sample of the big side. */
export const paddedBytes = ({ y, x, c }: Window): number =>
  (y.before + y.big + y.behind) * (x.before + x.big + x.behind) * c * 4;

/** Bytes of B[k][n] in panels, or in rows for few n. */
export const panelBytes = (k: number, n: number): number => k * Math.max(Math.ceil(n / 8) * 8, 1) * 4;

/** Up to this many channels the sum runs along the window instead of across channels. */
export const FEW = 3;

/** Calls `each` for every group of samples, in order: the first sample, and how many. */
export function groups(r: Room, samples: number, each: (first: number, group: number) => void): void {
  for (let first = 0; first < samples; first += r.group) each(first, Math.min(r.group, samples - first));
}

/** Bytes of one padded line of the big side. */
const lineBytes = ({ x, c }: Window): number => (x.before + x.big + x.behind) * c * 4;

/** Writes the table of the taps' offsets, `across` of them in a line of the window. */
export function tapTable(k: Kernels, window: Window, r: Room, across: number): void {
  const { y, x, c } = window;
  k.addresses(r.taps, 0, 1, y.kernel, across, 0, y.dilation * lineBytes(window), x.dilation * c * 4);
}

/** Writes the table of the addresses of all windows of a group. */
export function windowTable(k: Kernels, window: Window, r: Room, group: number): void {
  const { y, x, c } = window;
  const line = y.stride * lineBytes(window);
  k.addresses(r.rows, r.padded, group, y.small, x.small, paddedBytes(window), line, x.stride * c * 4);
}

/** Copies a group of samples with the zeros around them. */
export function padGroup(k: Kernels, { y, x, c }: Window, r: Room, big: number, group: number): void {
  k.pad(r.padded, big, group, y.big, x.big, c, y.before, y.behind, x.before, x.behind);
}
