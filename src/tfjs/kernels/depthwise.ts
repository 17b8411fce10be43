// The gradients of depthwise convolutions.

import { planDepthwise } from '../../layers/conv/depthwise.ts';
import type { ConvGeometry } from '../../layers/conv/geometry.ts';
import { forEachGroup, type SampleGroup, writeAddresses } from '../../layers/conv/sample-groups.ts';
import { type ConvWorkspace, paddedBytes } from '../../layers/conv/workspace.ts';
import type { Address, Kernels } from '../../wasm/kernels.ts';
import { withScratch } from '../host.ts';
import { convInfo, geometryOf } from './geometry.ts';
import { addresses, defineKernel, fillZero, type KernelCall, makeOutput, sizeOf } from './kernel.ts';

/** A group of samples, whose windows have their addresses in the workspace. */
interface Group extends SampleGroup {
  readonly kernels: Kernels;
  readonly workspace: ConvWorkspace;
}

/** Calls `run` for each group of samples. */
function forEachSampleGroup(
  call: KernelCall<string>,
  geometry: ConvGeometry,
  batchSize: number,
  run: (group: Group) => void,
): void {
  const kernels = call.host.kernels as unknown as Kernels;
  withScratch(call.host, planDepthwise(geometry, 0, batchSize).bytes, (scratch) => {
    const workspace = planDepthwise(geometry, scratch, batchSize);
    writeAddresses(kernels, geometry, workspace, Math.min(batchSize, workspace.groupSize), geometry.x.kernel);
    forEachGroup(geometry, workspace, batchSize, (group) => run({ kernels, workspace, ...group }));
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
      info.batchSize,
      ({ kernels, workspace, samples, windows, inputOffset, outputOffset }) => {
        const [to, input, gradient] = addresses(host, dw, x, dy) as [number, number, number];
        copyPadded(kernels.pad, workspace.padded, input + inputOffset, samples, geometry);
        kernels.depthwiseWeights(
          to,
          workspace.windowAddresses,
          windows,
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
      info.batchSize,
      ({ kernels, workspace, samples, windows, inputOffset, outputOffset }) => {
        const [to, gradient, weights] = addresses(host, dx, dy, filter) as [number, number, number];
        kernels.clear(workspace.padded, (samples * paddedBytes(geometry)) / 4);
        kernels.depthwiseInput(
          workspace.windowAddresses,
          windows,
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
