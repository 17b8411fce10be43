// Depthwise convolution: each channel by itself.

import type { Address, Count, Kernels } from '../../wasm/kernels.ts';
import type { ConvGeometry } from './geometry.ts';
import { forEachWindowGroup, paddingArguments } from './sample-groups.ts';
import { type ConvWorkspace, paddedBytes, planWorkspace } from './workspace.ts';

export function planDepthwise(window: ConvGeometry, base: number, samples: Count): ConvWorkspace {
  const { y, x } = window;
  return planWorkspace(base, samples, paddedBytes(window), y.outputSize * x.outputSize, y.kernel * x.kernel, 0);
}

/** convOutput [.., c·multiplier] = convInput * weights [height][width][c][multiplier] (+ bias). */
export function depthwiseForward(
  k: Kernels, window: ConvGeometry, r: ConvWorkspace,
  convOutput: Address, convInput: Address, weights: Address, bias: Address, samples: Count,
): void {
  const { y, x, inputChannels, outputChannels } = window;
  forEachWindowGroup(k, window, r, convInput, samples, x.kernel, ({ windows, outputOffset }) =>
    k.depthwise(convOutput + outputOffset, r.windowAddresses, windows, weights, bias, inputChannels, outputChannels / inputChannels, r.tapOffsets, y.kernel * x.kernel),
  );
} // biome-ignore format: addresses

/** The gradients of the weights and, unless `inputGradient` is 0, of the input. */
export function depthwiseBackward(
  k: Kernels, window: ConvGeometry, r: ConvWorkspace,
  inputGradient: Address, dWeights: Address, outputGradient: Address, convInput: Address, weights: Address, samples: Count,
): void {
  const { y, x, inputChannels, outputChannels } = window;
  const taps = y.kernel * x.kernel;
  forEachWindowGroup(k, window, r, convInput, samples, x.kernel, ({ first, samples: group, windows, inputOffset, outputOffset }) => {
    const dy = outputGradient + outputOffset;
    k.depthwiseWeights(dWeights, r.windowAddresses, windows, dy, inputChannels, outputChannels / inputChannels, r.tapOffsets, taps, first > 0 ? 1 : 0);
    if (!inputGradient) return;
    k.clear(r.padded, (group * paddedBytes(window)) / 4);
    k.depthwiseInput(r.windowAddresses, windows, dy, weights, inputChannels, outputChannels / inputChannels, r.tapOffsets, taps);
    k.unpad(inputGradient + inputOffset, r.padded, ...paddingArguments(group, window));
  });
} // biome-ignore format: addresses
