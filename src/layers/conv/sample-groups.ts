// A convolution's windows over samples, one group of samples at a time.

import type { Address, Count, Kernels } from '../../wasm/kernels.ts';
import type { ConvGeometry } from './geometry.ts';
import { type ConvWorkspace, paddedBytes } from './workspace.ts';

/**
 * Writes the tables of addresses: the first value of each window in the padded group, and the offsets of the taps, `across` taps
 * in each line of the window.
 */
export function writeAddresses(
  k: Kernels,
  window: ConvGeometry,
  r: ConvWorkspace,
  samples: Count,
  across = window.x.kernel,
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

/** Calls `each` for every group of samples: first sample, number of samples, number of windows. */
export function forEachGroup(
  window: ConvGeometry,
  r: ConvWorkspace,
  samples: Count,
  each: (first: number, group: number, m: Count) => void,
): void {
  for (let first = 0; first < samples; first += r.groupSize) {
    const group = Math.min(r.groupSize, samples - first);
    each(first, group, group * window.y.outputSize * window.x.outputSize);
  }
}

/** The arguments that end the lists of `pad` and `unpad` for the convolution's input. */
export const paddingArguments = (samples: Count, { y, x, inputChannels }: ConvGeometry) =>
  [samples, y.inputSize, x.inputSize, inputChannels, y.before, y.after, x.before, x.after] as const;

/**
 * Calls `each` for every group of samples, after padding the group and writing its tables: address of the group in the
 * convolution's output, number of windows, first sample, number of samples.
 */
export function forEachWindowGroup(
  k: Kernels,
  window: ConvGeometry,
  r: ConvWorkspace,
  convInput: Address,
  convOutput: Address,
  samples: Count,
  each: (convOutput: Address, m: Count, first: number, group: number) => void,
  across?: number,
): void {
  const { y, x, inputChannels, outputChannels } = window;
  forEachGroup(window, r, samples, (first, group, m) => {
    writeAddresses(k, window, r, group, across);
    k.pad(
      r.padded,
      convInput + first * y.inputSize * x.inputSize * inputChannels * 4,
      ...paddingArguments(group, window),
    );
    each(convOutput + first * y.outputSize * x.outputSize * outputChannels * 4, m, first, group);
  });
}
