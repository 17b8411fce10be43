// From the input of a convolution to its output: the forward pass of conv2d, the gradient of the input of conv2dTranspose, and the
// gradients of the weights of both.

import type { Address, Count, Kernels } from '../../wasm/kernels.ts';
import type { ConvGeometry } from './geometry.ts';
import { forEachWindowGroup, type SampleGroup } from './sample-groups.ts';
import { type ConvWorkspace, convolution, packWeights, paddedBytes, panelBytes, planWorkspace } from './workspace.ts';

/** A window as runs of consecutive values: its rows or, with dilation, its pixels. */
function contiguousRuns({ y, x, inputChannels }: ConvGeometry): { count: number; across: number; inner: number } {
  return x.dilation === 1
    ? { count: y.kernel, across: 1, inner: x.kernel * inputChannels }
    : { count: y.kernel * x.kernel, across: x.kernel, inner: inputChannels };
}

export function planForward(window: ConvGeometry, base: Address, samples: Count): ConvWorkspace {
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

/**
 * Computes two results from the same padded samples, each if its address is not 0:
 *
 * - `dw` = Σ over positions of the window of convInput × convOutput: the gradient of the weights, transposed or not;
 * - `to` = convInput * weights (+ bias), weights [kernel height][kernel width][c][n]; `relu` 1: then relu; `mask`: 0, or a block like
 *   that at `to`: where it is not above zero, the result is zero.
 */
export function convForward(
  k: Kernels,
  window: ConvGeometry,
  r: ConvWorkspace,
  convInput: Address,
  dw: Address,
  convOutput: Address,
  to: Address,
  weights: Address,
  bias: Address,
  mask: Address,
  relu: number,
  samples: Count,
  scratch: Address,
): void {
  const { y, x, outputChannels: n } = window;
  const { outputOffsets, packedWeights, weightAddresses, windowAddresses, tapOffsets } = r;
  const { count, across, inner } = contiguousRuns(window);
  const convolve = convolution(
    k,
    to,
    outputOffsets,
    windowAddresses,
    packedWeights,
    n,
    tapOffsets,
    count,
    inner,
    bias,
    mask,
    relu,
    scratch,
  );
  if (to) {
    const windows = Math.min(samples, r.groupSize) * y.outputSize * x.outputSize;
    k.addressTable(outputOffsets, 0, 1, 1, windows, 0, 0, n * 4);
    k.addressTable(weightAddresses, weights, 1, 1, count, 0, 0, inner * n * 4);
    packWeights(k, packedWeights, weightAddresses, count, inner, n, 0);
  }
  const each = ({ first, windows, outputOffset }: SampleGroup): void => {
    if (dw) {
      const dy = convOutput + outputOffset;
      const add = first > 0 ? 1 : 0;
      k.convolveWeights(dw, windowAddresses, windows, dy, n, tapOffsets, count, inner, add, scratch, 0, count * inner);
    }
    if (to) convolve(windows, outputOffset);
  };
  forEachWindowGroup(k, window, r, convInput, samples, across, each);
}
