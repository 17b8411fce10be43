// The workspace of a convolution: a padded copy of a group of samples, tables of addresses, packed weights.

import { align } from '../../engine/graph.ts';
import type { Kernels } from '../../wasm/kernels.ts';
import type { Window } from './geometry.ts';

/** Bytes of padded samples that are worked on at once, so that they stay in the L2 cache. */
const GROUP_BYTES = 2 ** 17;
/** What kernels may read beyond the last padded value and leave out. */
const SLACK = 128;

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
  const group = Math.max(1, Math.min(samples, Math.floor(GROUP_BYTES / sampleBytes)));
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
const FEW = 3;

/** Packs the weights that the table of their taps tells: `count` runs of `inner` values, for `n` channels. */
export function pack(k: Kernels, r: Room, count: number, inner: number, n: number, transposed: 0 | 1): void {
  if (n <= FEW) k.packNarrow(r.panels, r.weightTaps, count, inner, n, transposed);
  else k.packTaps(r.panels, r.weightTaps, count, inner, n, transposed);
}

/** The windows in `rows`, `m` of them, times the packed weights, to `outs`. */
export function convolve(
  k: Kernels,
  r: Room,
  m: number,
  n: number,
  count: number,
  inner: number,
  bias: number,
  relu: number,
  scratch: number,
): void {
  if (n <= FEW) k.convolveNarrow(r.outs, r.rows, m, r.panels, n, r.taps, count, inner, bias, relu);
  else k.convolve(r.outs, r.rows, m, r.panels, n, r.taps, count, inner, bias, 0, relu, scratch);
}
