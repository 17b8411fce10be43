// The walk of a convolution's windows over samples, a group of them at a time.

import type { Kernels } from '../../wasm/kernels.ts';
import type { ConvGeometry } from './geometry.ts';
import { type ConvWorkspace, paddedBytes } from './workspace.ts';

/**
 * Writes the tables of addresses: where each window begins in the padded group, and its taps. Of those, `across` stand
 * beside one another in a line of the window.
 */
export function writeAddresses(
  k: Kernels,
  window: ConvGeometry,
  r: ConvWorkspace,
  samples: number,
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

/** Calls `each` for every group of samples: first sample, samples, places in all. */
export function forEachGroup(
  window: ConvGeometry,
  r: ConvWorkspace,
  samples: number,
  each: (first: number, group: number, m: number) => void,
): void {
  for (let first = 0; first < samples; first += r.groupSize) {
    const group = Math.min(r.groupSize, samples - first);
    each(first, group, group * window.y.outputSize * window.x.outputSize);
  }
}

/** What kernels that pad the big side, or cut it out again, are called with. */
export const paddingArguments = (samples: number, { y, x, inputChannels }: ConvGeometry) =>
  [samples, y.inputSize, x.inputSize, inputChannels, y.before, y.after, x.before, x.after] as const;

/** The same with the tables in place and the group padded; `each` has where its values of the small side begin, its places, first sample and samples. */
export function forEachWindowGroup(
  k: Kernels,
  window: ConvGeometry,
  r: ConvWorkspace,
  big: number,
  small: number,
  samples: number,
  each: (small: number, m: number, first: number, group: number) => void,
  across?: number,
): void {
  const { y, x, inputChannels, outputChannels } = window;
  forEachGroup(window, r, samples, (first, group, m) => {
    writeAddresses(k, window, r, group, across);
    k.pad(r.padded, big + first * y.inputSize * x.inputSize * inputChannels * 4, ...paddingArguments(group, window));
    each(small + first * y.outputSize * x.outputSize * outputChannels * 4, m, first, group);
  });
}
