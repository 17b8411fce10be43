// From the input of a convolution to its output: conv2d forward; and the gradient of the weights.

import type { Address, Count, Kernels } from '../../wasm/kernels.ts';
import type { ConvGeometry } from './geometry.ts';
import { forEachWindowGroup } from './sample-groups.ts';
import { type ConvWorkspace, convolve, packWeights, paddedBytes, panelBytes, planWorkspace } from './workspace.ts';

/** A window as runs of consecutive values: its rows or, with dilation, its pixels. */
function contiguousRuns({ y, x, inputChannels }: ConvGeometry): { count: number; across: number; inner: number } {
  return x.dilation === 1
    ? { count: y.kernel, across: 1, inner: x.kernel * inputChannels }
    : { count: y.kernel * x.kernel, across: x.kernel, inner: inputChannels };
}

export function planForward(window: ConvGeometry, base: number, samples: Count): ConvWorkspace {
  const { y, x, inputChannels, outputChannels } = window;
  const taps = y.kernel * x.kernel;
  return planWorkspace(
    base,
    samples,
    paddedBytes(window),
    y.outputSize * x.outputSize,
    taps,
    panelBytes(taps * inputChannels, outputChannels),
  );
}

/** convOutput = convInput * weights (+ bias), weights [kernel height][kernel width][c][n]; `relu` 1: then relu. */
export function convForward(
  k: Kernels,
  window: ConvGeometry,
  r: ConvWorkspace,
  convOutput: Address,
  convInput: Address,
  weights: Address,
  bias: Address,
  relu: number,
  samples: Count,
  scratch: Address,
): void {
  const { outputChannels } = window;
  const { count, across, inner } = contiguousRuns(window);
  k.addressTable(r.weightAddresses, weights, 1, 1, count, 0, 0, inner * outputChannels * 4);
  packWeights(k, r, count, inner, outputChannels, 0);
  const each = (out: Address, m: Count): void => {
    k.addressTable(r.outputAddresses, out, 1, 1, m, 0, 0, outputChannels * 4);
    convolve(k, r, m, outputChannels, count, inner, bias, relu, scratch);
  };
  forEachWindowGroup(k, window, r, convInput, convOutput, samples, each, across);
}

/** dw = Σ over positions of the window of convInput × convOutput: the gradient of the weights, transposed or not. */
export function convWeightsGradient(
  k: Kernels,
  window: ConvGeometry,
  r: ConvWorkspace,
  dw: Address,
  convInput: Address,
  convOutput: Address,
  samples: Count,
  scratch: Address,
): void {
  const { count, across, inner } = contiguousRuns(window);
  const each = (dy: Address, m: Count, first: number): void =>
    k.convolveWeights(
      dw,
      r.windowAddresses,
      m,
      dy,
      window.outputChannels,
      r.tapOffsets,
      count,
      inner,
      first > 0 ? 1 : 0,
      scratch,
      0,
      count * inner,
    );
  forEachWindowGroup(k, window, r, convInput, convOutput, samples, each, across);
}
