// The gradients of depthwise convolutions.

import { planDepthwise } from '../../layers/conv/depthwise.ts';
import type { ConvGeometry } from '../../layers/conv/geometry.ts';
import { forEachGroup, writeAddresses } from '../../layers/conv/sample-groups.ts';
import { type ConvWorkspace, paddedBytes } from '../../layers/conv/workspace.ts';
import type { Address, Kernels } from '../../wasm/kernels.ts';
import { withScratch } from '../host.ts';
import { type ConvInfo, convInfo, geometryOf } from './geometry.ts';
import { addresses, defineKernel, fillZero, type KernelCall, makeOutput, sizeOf } from './kernel.ts';

/** A group of samples that one call of a kernel handles. */
interface SampleGroup {
  readonly kernels: Kernels;
  readonly workspace: ConvWorkspace;
  /** Number of samples. */
  readonly samples: number;
  /** Number of output positions of all samples. */
  readonly positions: number;
  /** Offset of the first sample in the input, in bytes. */
  readonly inputOffset: number;
  /** Offset of the first sample in the output, in bytes. */
  readonly outputOffset: number;
}

/** Calls `run` for each group of samples. The addresses of their windows are in the workspace. */
function forEachSampleGroup(
  call: KernelCall<string>,
  geometry: ConvGeometry,
  info: ConvInfo,
  run: (group: SampleGroup) => void,
): void {
  const kernels = call.host.kernels as unknown as Kernels;
  const inputBytes = 4 * info.inHeight * info.inWidth * info.inChannels;
  const outputBytes = 4 * info.outHeight * info.outWidth * info.outChannels;
  withScratch(call.host, planDepthwise(geometry, 0, info.batchSize).bytes, (scratch) => {
    const workspace = planDepthwise(geometry, scratch, info.batchSize);
    forEachGroup(geometry, workspace, info.batchSize, (first, samples, positions) => {
      writeAddresses(kernels, geometry, workspace, samples);
      const inputOffset = first * inputBytes;
      const outputOffset = first * outputBytes;
      run({ kernels, workspace, samples, positions, inputOffset, outputOffset });
    });
  });
}

/** Copies samples into the padded buffer, or the padded buffer without its padding into samples. */
function copyPadded(
  copy: Kernels['pad'],
  to: Address,
  from: Address,
  samples: number,
  { y, x, inputChannels }: ConvGeometry,
) {
  copy(to, from, samples, y.inputSize, x.inputSize, inputChannels, y.before, y.after, x.before, x.after);
}

/** attrs: strides, dilations, pad, dimRoundingMode, filterShape. */
export const depthwiseBackpropFilter = /* @__PURE__ */ defineKernel<'x' | 'dy'>({
  name: 'DepthwiseConv2dNativeBackpropFilter',
  floats: ['x', 'dy'],
  run(call) {
    const { host, inputs, attrs } = call;
    const { x, dy } = inputs;
    const info = convInfo(call, x.shape, attrs.filterShape, true, dy);
    const dw = makeOutput(call, attrs.filterShape);
    if (sizeOf(info.outShape) === 0 || sizeOf(info.inShape) === 0) return fillZero(host, dw);
    const geometry = geometryOf(info);
    const taps = info.filterHeight * info.filterWidth;
    const multiplier = info.outChannels / info.inChannels;
    forEachSampleGroup(
      call,
      geometry,
      info,
      ({ kernels, workspace, samples, positions, inputOffset, outputOffset }) => {
        const [to, input, gradient] = addresses(host, dw, x, dy) as [number, number, number];
        copyPadded(kernels.pad, workspace.padded, input + inputOffset, samples, geometry);
        kernels.depthwiseWeights(
          to,
          workspace.windowAddresses,
          positions,
          gradient + outputOffset,
          info.inChannels,
          multiplier,
          workspace.tapOffsets,
          taps,
          inputOffset > 0 ? 1 : 0,
        );
      },
    );
    return dw;
  },
});

/** attrs: strides, dilations, pad, dimRoundingMode, inputShape. */
export const depthwiseBackpropInput = /* @__PURE__ */ defineKernel<'dy' | 'filter'>({
  name: 'DepthwiseConv2dNativeBackpropInput',
  floats: ['dy', 'filter'],
  run(call) {
    const { host, inputs, attrs } = call;
    const { dy, filter } = inputs;
    const info = convInfo(call, attrs.inputShape, filter.shape, true, dy);
    const dx = makeOutput(call, info.inShape);
    if (sizeOf(info.inShape) === 0) return dx;
    if (sizeOf(info.outShape) === 0) return fillZero(host, dx);
    const geometry = geometryOf(info);
    const taps = info.filterHeight * info.filterWidth;
    const multiplier = info.outChannels / info.inChannels;
    forEachSampleGroup(
      call,
      geometry,
      info,
      ({ kernels, workspace, samples, positions, inputOffset, outputOffset }) => {
        const [to, gradient, weights] = addresses(host, dx, dy, filter) as [number, number, number];
        kernels.clear(workspace.padded, (samples * paddedBytes(geometry)) / 4);
        kernels.depthwiseInput(
          workspace.windowAddresses,
          positions,
          gradient + outputOffset,
          weights,
          info.inChannels,
          multiplier,
          workspace.tapOffsets,
          taps,
        );
        copyPadded(kernels.unpad, to + inputOffset, workspace.padded, samples, geometry);
      },
    );
    return dx;
  },
});
