// The workspace of a convolution: a padded copy of a group of samples, tables of addresses, packed weights.

import type { Address, Kernels } from '../../wasm/kernels.ts';
import { align } from '../../wasm/memory-size.ts';
import type { ConvGeometry } from './geometry.ts';

/** Bytes of padded samples in a group: they fit into the L2 cache. */
const GROUP_BYTES = 2 ** 17;
/** Bytes that kernels may read beyond the last padded value and ignore. */
const SLACK = 128;

export interface ConvWorkspace {
  /** Samples in a group. */
  readonly groupSize: number;
  readonly padded: Address;
  readonly windowAddresses: Address;
  readonly outputAddresses: Address;
  readonly tapOffsets: Address;
  readonly weightAddresses: Address;
  readonly packedWeights: Address;
  /** Bytes in all. */
  readonly bytes: number;
}

/** The layout of a workspace from `base` on, for `positions` windows in each sample. */
export function planWorkspace(
  base: Address,
  samples: number,
  sampleBytes: number,
  positions: number,
  taps: number,
  panelBytes: number,
): ConvWorkspace {
  const groupSize = Math.max(1, Math.min(samples, Math.floor(GROUP_BYTES / sampleBytes)));
  const padded = base;
  const windowAddresses = padded + align(groupSize * sampleBytes + SLACK);
  const outputAddresses = windowAddresses + align(groupSize * positions * 4);
  const tapTable = outputAddresses + align(groupSize * positions * 4);
  const weightAddresses = tapTable + align(taps * 4);
  const packedWeights = weightAddresses + align(taps * 4);
  return {
    groupSize,
    padded,
    windowAddresses,
    outputAddresses,
    tapOffsets: tapTable,
    weightAddresses,
    packedWeights,
    bytes: packedWeights + align(panelBytes) - base,
  };
}

/** Bytes of one padded sample of the convolution's input. */
export const paddedBytes = ({ y, x, inputChannels }: ConvGeometry): number =>
  (y.before + y.inputSize + y.after) * (x.before + x.inputSize + x.after) * inputChannels * 4;

/** Bytes of B[k][n] in panels, or in rows for few n. */
export const panelBytes = (k: number, n: number): number => k * Math.max(Math.ceil(n / 8) * 8, 1) * 4;

/** Up to this many channels the sum runs along the window instead of across channels. */
export const MAX_NARROW_CHANNELS = 3;

/** Packs the weights at the addresses in the table: `count` runs of `inner` values, for `n` channels. */
export function packWeights(
  k: Kernels,
  r: ConvWorkspace,
  count: number,
  inner: number,
  n: number,
  transposed: 0 | 1,
): void {
  if (n <= MAX_NARROW_CHANNELS) k.packNarrow(r.packedWeights, r.weightAddresses, count, inner, n, transposed);
  else k.packTaps(r.packedWeights, r.weightAddresses, count, inner, n, transposed);
}

/** Multiplies the `m` windows in `windowAddresses` by the packed weights; results go to `outputAddresses`. */
export function convolve(
  k: Kernels,
  r: ConvWorkspace,
  m: number,
  n: number,
  count: number,
  inner: number,
  bias: number,
  relu: number,
  scratch: number,
): void {
  if (n <= MAX_NARROW_CHANNELS)
    k.convolveNarrow(
      r.outputAddresses,
      r.windowAddresses,
      m,
      r.packedWeights,
      n,
      r.tapOffsets,
      count,
      inner,
      bias,
      relu,
    );
  else
    k.convolve(
      r.outputAddresses,
      r.windowAddresses,
      m,
      r.packedWeights,
      n,
      r.tapOffsets,
      count,
      inner,
      bias,
      0,
      relu,
      scratch,
    );
}
