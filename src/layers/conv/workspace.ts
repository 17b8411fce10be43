// The workspace of a convolution: a padded copy of a group of samples, tables of addresses, packed weights.

import type { Address, Count, Kernels } from '../../wasm/kernels.ts';
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
  readonly outputOffsets: Address;
  readonly tapOffsets: Address;
  readonly weightAddresses: Address;
  readonly packedWeights: Address;
  /** Bytes in all. */
  readonly bytes: number;
}

/** The layout of a workspace from `base` on, for `positions` windows in each sample and at most `groupBytes` of padded samples in a group. */
export function planWorkspace(
  base: Address,
  samples: number,
  sampleBytes: number,
  positions: number,
  taps: number,
  panelBytes: number,
  groupBytes = GROUP_BYTES,
): ConvWorkspace {
  const groupSize = Math.max(1, Math.min(samples, Math.floor(groupBytes / sampleBytes)));
  const padded = base;
  const windowAddresses = padded + align(groupSize * sampleBytes + SLACK);
  const outputOffsets = windowAddresses + align(groupSize * positions * 4);
  const tapTable = outputOffsets + align(groupSize * positions * 4);
  const weightAddresses = tapTable + align(taps * 4);
  const packedWeights = weightAddresses + align(taps * 4);
  return {
    groupSize,
    padded,
    windowAddresses,
    outputOffsets,
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

/** Packs the weights at the addresses in a table: `taps` runs of `inner` values for each of n channels. */
export function packWeights(
  k: Kernels,
  packedWeights: Address,
  weightAddresses: Address,
  taps: Count,
  inner: Count,
  n: Count,
  transposed: 0 | 1,
): void {
  const pack = n <= MAX_NARROW_CHANNELS ? 'packNarrow' : 'packTaps';
  k[pack](packedWeights, weightAddresses, taps, inner, n, transposed);
}

/** Convolves the first `windows` windows of a table. Their outputs begin `offset` bytes after that of the first sample. */
export type Convolution = (windows: Count, offset: number) => void;

/** The convolution of windows of `count` runs of `inner` values, in tables, to n channels. The other parameters are as those of the kernel. */
export const convolution =
  (
    k: Kernels,
    to: Address,
    outputOffsets: Address,
    windowAddresses: Address,
    packedWeights: Address,
    n: Count,
    tapOffsets: Address,
    count: Count,
    inner: Count,
    bias: Address,
    mask: Address,
    relu: number,
    scratch: Address,
  ): Convolution =>
  (windows, offset) =>
    k[n <= MAX_NARROW_CHANNELS ? 'convolveNarrow' : 'convolve'](
      to + offset,
      outputOffsets,
      windowAddresses,
      windows,
      packedWeights,
      n,
      tapOffsets,
      count,
      inner,
      bias,
      mask && mask + offset,
      relu,
      scratch,
    );
