// Gradients of depthwise convolutions.

import { depthwiseRoom } from '../../layers/conv/depthwise.ts';
import type { Window } from '../../layers/conv/geometry.ts';
import { groups, tables } from '../../layers/conv/sample-groups.ts';
import { paddedBytes, type Room } from '../../layers/conv/workspace.ts';
import type { Kernels } from '../../wasm/kernels.ts';
import { withScratch } from '../host.ts';
import { addresses, defineKernel, type KernelCall, notFloats, output, refuse, sizeOf, zero } from './kernel.ts';
import { type ConvInfo, convInfo, windowOf } from './window.ts';

type Each = (k: Kernels, room: Room, first: number, group: number, m: number) => void;

/** Calls `each` for group after group of samples, the tables of their windows in place. */
function eachGroup(call: KernelCall<string>, window: Window, samples: number, each: Each): void {
  const kernels = call.host.kernels as unknown as Kernels;
  withScratch(call.host, depthwiseRoom(window, 0, samples).bytes, (scratch) => {
    const room = depthwiseRoom(window, scratch, samples);
    groups(window, room, samples, (first, group, m) => {
      tables(kernels, window, room, group);
      each(kernels, room, first, group, m);
    });
  });
}

/** Values of one sample, in and out, and what else the loops need. */
function sizes(info: ConvInfo): { window: Window; inSize: number; outSize: number; taps: number; multiplier: number } {
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
    if (dy.shape.join() !== info.outShape.join()) return refuse('dy', `the shape [${info.outShape}]`, dy.shape);
    const dw = output(call, attrs.filterShape);
    if (sizeOf(info.outShape) === 0 || sizeOf(info.inShape) === 0) return zero(host, dw);
    const { window, inSize, outSize, taps, multiplier } = sizes(info);
    const { y, x: across, c } = window;
    eachGroup(call, window, info.batchSize, (k, room, first, group, m) => {
      const [to, big, small] = addresses(host, dw, x, dy) as [number, number, number];
      const from = big + first * inSize * 4;
      k.pad(room.padded, from, group, y.big, across.big, c, y.before, y.behind, across.before, across.behind);
      const g = small + first * outSize * 4;
      k.depthwiseWeights(to, room.rows, m, g, c, multiplier, room.taps, taps, first > 0 ? 1 : 0);
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
    if (dy.shape.join() !== info.outShape.join()) return refuse('dy', `the shape [${info.outShape}]`, dy.shape);
    const dx = output(call, info.inShape);
    if (sizeOf(info.inShape) === 0) return dx;
    if (sizeOf(info.outShape) === 0) return zero(host, dx);
    const { window, inSize, outSize, taps, multiplier } = sizes(info);
    const { y, x: across, c } = window;
    eachGroup(call, window, info.batchSize, (k, room, first, group, m) => {
      const [to, small, weights] = addresses(host, dx, dy, filter) as [number, number, number];
      k.clear(room.padded, (group * paddedBytes(window)) / 4);
      k.depthwiseInput(room.rows, m, small + first * outSize * 4, weights, c, multiplier, room.taps, taps);
      const at = to + first * inSize * 4;
      k.unpad(at, room.padded, group, y.big, across.big, c, y.before, y.behind, across.before, across.behind);
    });
    return dx;
  },
});
