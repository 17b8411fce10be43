// Gradients of depthwise convolutions.

import { planDepthwise } from '../../layers/conv/depthwise.ts';
import type { ConvGeometry } from '../../layers/conv/geometry.ts';
import { forEachGroup, writeAddresses } from '../../layers/conv/sample-groups.ts';
import { type ConvWorkspace, paddedBytes } from '../../layers/conv/workspace.ts';
import type { Kernels } from '../../wasm/kernels.ts';
import { withScratch } from '../host.ts';
import {
  addresses,
  defineKernel,
  fillZero,
  type KernelCall,
  makeOutput,
  notFloats,
  refuseInput,
  sizeOf,
} from './kernel.ts';
import { type ConvInfo, convInfo, windowOf } from './window.ts';

type Each = (k: Kernels, room: ConvWorkspace, first: number, group: number, m: number) => void;

/** Calls `each` for group after group of samples, the tables of their windows in place. */
function eachGroup(call: KernelCall<string>, window: ConvGeometry, samples: number, each: Each): void {
  const kernels = call.host.kernels as unknown as Kernels;
  withScratch(call.host, planDepthwise(window, 0, samples).bytes, (scratch) => {
    const room = planDepthwise(window, scratch, samples);
    forEachGroup(window, room, samples, (first, group, m) => {
      writeAddresses(kernels, window, room, group);
      each(kernels, room, first, group, m);
    });
  });
}

/** Values of one sample, in and out, and what else the loops need. */
function sizes(info: ConvInfo): {
  window: ConvGeometry;
  inSize: number;
  outSize: number;
  taps: number;
  multiplier: number;
} {
  const window = windowOf(info);
  return {
    window,
    inSize: info.inHeight * info.inWidth * info.inChannels,
    outSize: info.outHeight * info.outWidth * info.outChannels,
    taps: info.filterHeight * info.filterWidth,
    multiplier: info.outChannels / info.inChannels,
  };
}

/** attrs: strides, dilations, pad, dimRoundingMode, filterShape. */
export const depthwiseBackpropFilter = /* @__PURE__ */ defineKernel<'x' | 'dy'>({
  name: 'DepthwiseConv2dNativeBackpropFilter',
  run(call) {
    const { tf, host, inputs, attrs } = call;
    const { x, dy } = inputs;
    const bad = notFloats(inputs, ['x', 'dy']);
    if (bad) return bad;
    const info = convInfo(tf, x.shape, attrs.filterShape, attrs, true);
    if (info instanceof Error) return info;
    if (dy.shape.join() !== info.outShape.join()) return refuseInput('dy', `the shape [${info.outShape}]`, dy.shape);
    const dw = makeOutput(call, attrs.filterShape);
    if (sizeOf(info.outShape) === 0 || sizeOf(info.inShape) === 0) return fillZero(host, dw);
    const { window, inSize, outSize, taps, multiplier } = sizes(info);
    const { y, x: across, inputChannels } = window;
    eachGroup(call, window, info.batchSize, (k, room, first, group, m) => {
      const [to, big, small] = addresses(host, dw, x, dy) as [number, number, number];
      const from = big + first * inSize * 4;
      k.pad(
        room.padded,
        from,
        group,
        y.inputSize,
        across.inputSize,
        inputChannels,
        y.before,
        y.after,
        across.before,
        across.after,
      );
      const g = small + first * outSize * 4;
      k.depthwiseWeights(
        to,
        room.windowAddresses,
        m,
        g,
        inputChannels,
        multiplier,
        room.tapOffsets,
        taps,
        first > 0 ? 1 : 0,
      );
    });
    return dw;
  },
});

/** attrs: strides, dilations, pad, dimRoundingMode, inputShape. */
export const depthwiseBackpropInput = /* @__PURE__ */ defineKernel<'dy' | 'filter'>({
  name: 'DepthwiseConv2dNativeBackpropInput',
  run(call) {
    const { tf, host, inputs, attrs } = call;
    const { dy, filter } = inputs;
    const bad = notFloats(inputs, ['dy', 'filter']);
    if (bad) return bad;
    const info = convInfo(tf, attrs.inputShape, filter.shape, attrs, true);
    if (info instanceof Error) return info;
    if (dy.shape.join() !== info.outShape.join()) return refuseInput('dy', `the shape [${info.outShape}]`, dy.shape);
    const dx = makeOutput(call, info.inShape);
    if (sizeOf(info.inShape) === 0) return dx;
    if (sizeOf(info.outShape) === 0) return fillZero(host, dx);
    const { window, inSize, outSize, taps, multiplier } = sizes(info);
    const { y, x: across, inputChannels } = window;
    eachGroup(call, window, info.batchSize, (k, room, first, group, m) => {
      const [to, small, weights] = addresses(host, dx, dy, filter) as [number, number, number];
      k.clear(room.padded, (group * paddedBytes(window)) / 4);
      k.depthwiseInput(
        room.windowAddresses,
        m,
        small + first * outSize * 4,
        weights,
        inputChannels,
        multiplier,
        room.tapOffsets,
        taps,
      );
      const at = to + first * inSize * 4;
      k.unpad(
        at,
        room.padded,
        group,
        y.inputSize,
        across.inputSize,
        inputChannels,
        y.before,
        y.after,
        across.before,
        across.after,
      );
    });
    return dx;
  },
});
