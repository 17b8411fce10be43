// A convolution's windows over samples, one group of samples at a time.

import type { Address, Count, Kernels } from '../../wasm/kernels.ts';
import type { ConvGeometry } from './geometry.ts';
import { type ConvWorkspace, paddedBytes } from './workspace.ts';

/** A group of samples that one call of a kernel handles. */
export interface SampleGroup {
  /** Index of the first sample, and number of samples. */
  readonly first: Count;
  readonly samples: Count;
  /** Windows of all samples. */
  readonly windows: Count;
  /** Bytes from the start of the convolution's input and of its output. */
  readonly inputOffset: number;
  readonly outputOffset: number;
}

/**
 * Writes the tables of addresses: the first value of each window in the padded group, and the offsets of the taps, `across` taps
 * in each line of the window.
 */
export function writeAddresses(
  k: Kernels,
  window: ConvGeometry,
  r: ConvWorkspace,
  samples: Count,
  across: Count,
): void {
  const { y, x, inputChannels } = window;
  const line = (x.before + x.inputSize + x.after) * inputChannels * 4;
  k.addressTable(r.tapOffsets, 0, 1, y.kernel, across, 0, y.dilation * line, x.dilation * inputChannels * 4);
  k.addressTable(
    r.windowAddresses,
    r.padded,
    samples,
    y.outputSize,
    x.outputSize,
    paddedBytes(window),
    y.stride * line,
    x.stride * inputChannels * 4,
  );
}

/** Calls `each` for every group of samples. */
export function forEachGroup(
  { y, x, inputChannels, outputChannels }: ConvGeometry,
  r: ConvWorkspace,
  count: Count,
  each: (group: SampleGroup) => void,
): void {
  const inputValues = y.inputSize * x.inputSize * inputChannels;
  const windows = y.outputSize * x.outputSize;
  for (let first = 0; first < count; first += r.groupSize) {
    const samples = Math.min(r.groupSize, count - first);
    each({
      first,
      samples,
      windows: samples * windows,
      inputOffset: first * inputValues * 4,
      outputOffset: first * windows * outputChannels * 4,
    });
  }
}

/** The arguments that end the lists of `pad` and `unpad` for the convolution's input. */
export const paddingArguments = (samples: Count, { y, x, inputChannels }: ConvGeometry) =>
  [samples, y.inputSize, x.inputSize, inputChannels, y.before, y.after, x.before, x.after] as const;

/**
 * Calls `each` for every group of samples, after padding the group. The tables, which are the same for all groups, are written
 * first.
 */
export function forEachWindowGroup(
  k: Kernels,
  window: ConvGeometry,
  r: ConvWorkspace,
  convInput: Address,
  samples: Count,
  across: Count,
  each: (group: SampleGroup) => void,
): void {
  writeAddresses(k, window, r, Math.min(samples, r.groupSize), across);
  forEachGroup(window, r, samples, (group) => {
    k.pad(r.padded, convInput + group.inputOffset, ...paddingArguments(group.samples, window));
    each(group);
  });
}
