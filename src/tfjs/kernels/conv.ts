// Convolutions of images with all channels: forward, and the gradients of filter and input.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { convForward, convWeightsGradient, planForward } from '../../layers/conv/forward.ts';
import { convTranspose, planTranspose, planTransposeWorkspace } from '../../layers/conv/transpose.ts';
import type { Kernels } from '../../wasm/kernels.ts';
import { SCRATCH, withScratch } from '../host.ts';
import { applyActivation, biasOf, notFusable, withBroadcastBias } from './fused.ts';
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
import { convInfo, windowOf } from './window.ts';

/** The functions of src/layers/conv call those kernels alone that every host has. */
const all = (call: KernelCall<string>): Kernels => call.host.kernels as unknown as Kernels;

function forward(
  call: KernelCall<'x' | 'filter' | 'bias'>,
  bias?: TensorInfo,
  activation = 'linear',
): TensorInfo | Error {
  const { tf, host, inputs, attrs } = call;
  const { x, filter } = inputs;
  const bad = notFloats(inputs, ['x', 'filter']);
  if (bad) return bad;
  const info = convInfo(tf, x.shape, filter.shape, attrs, false);
  if (info instanceof Error) return info;
  const unknown = notFusable(activation);
  if (unknown) return unknown;
  if (bias && bias.shape.join() !== String(info.outChannels))
    return withBroadcastBias(call, bias, activation, forward(call));
  const y = makeOutput(call, info.outShape);
  const samples = info.batchSize;
  if (sizeOf(info.outShape) === 0) return y;
  if (sizeOf(info.inShape) === 0) {
    fillZero(host, y);
    return bias ? withBroadcastBias(call, bias, activation, y) : applyActivation(call, y, activation);
  }
  const window = windowOf(info);
  const room = planForward(window, 0, samples);
  withScratch(host, SCRATCH + room.bytes, (scratch) => {
    const [to, from, weights] = addresses(host, y, x, filter) as [number, number, number];
    const b = bias ? addresses(host, bias)[0]! : 0;
    const relu = activation === 'relu' ? 1 : 0;
    const place = planForward(window, scratch + SCRATCH, samples);
    convForward(all(call), window, place, to, from, weights, b, relu, samples, scratch);
  });
  return activation === 'relu' ? y : applyActivation(call, y, activation);
}

export const conv2D = /* @__PURE__ */ defineKernel<'x' | 'filter' | 'bias'>({
  name: 'Conv2D',
  run: (call) => forward(call),
});

export const fusedConv2D = /* @__PURE__ */ defineKernel<'x' | 'filter' | 'bias'>({
  name: 'FusedConv2D',
  run: (call) => forward(call, biasOf(call), call.attrs.activation),
});

/** attrs: strides, pad, dataFormat, dimRoundingMode, filterShape; and dilations, which tfjs itself never gives. */
export const conv2DBackpropFilter = /* @__PURE__ */ defineKernel<'x' | 'dy'>({
  name: 'Conv2DBackpropFilter',
  run(call) {
    const { tf, host, inputs, attrs } = call;
    const { x, dy } = inputs;
    const bad = notFloats(inputs, ['x', 'dy']);
    if (bad) return bad;
    const info = convInfo(tf, x.shape, attrs.filterShape, attrs, false);
    if (info instanceof Error) return info;
    if (dy.shape.join() !== info.outShape.join()) return refuseInput('dy', `the shape [${info.outShape}]`, dy.shape);
    const dw = makeOutput(call, info.filterShape);
    const samples = info.batchSize;
    if (sizeOf(info.outShape) === 0 || sizeOf(info.inShape) === 0) return fillZero(host, dw);
    const window = windowOf(info);
    const room = planForward(window, 0, samples);
    withScratch(host, SCRATCH + room.bytes, (scratch) => {
      const [to, big, small] = addresses(host, dw, x, dy) as [number, number, number];
      const place = planForward(window, scratch + SCRATCH, samples);
      convWeightsGradient(all(call), window, place, to, big, small, samples, scratch);
    });
    return dw;
  },
});

/** attrs: strides, pad, dataFormat, dimRoundingMode, inputShape; and dilations, as above. */
export const conv2DBackpropInput = /* @__PURE__ */ defineKernel<'dy' | 'filter'>({
  name: 'Conv2DBackpropInput',
  run(call) {
    const { tf, host, inputs, attrs } = call;
    const { dy, filter } = inputs;
    const bad = notFloats(inputs, ['dy', 'filter']);
    if (bad) return bad;
    const info = convInfo(tf, attrs.inputShape, filter.shape, attrs, false);
    if (info instanceof Error) return info;
    if (dy.shape.join() !== info.outShape.join()) return refuseInput('dy', `the shape [${info.outShape}]`, dy.shape);
    const dx = makeOutput(call, info.inShape);
    const samples = info.batchSize;
    if (sizeOf(info.inShape) === 0) return dx;
    if (sizeOf(info.outShape) === 0) return fillZero(host, dx);
    const phases = planTranspose(windowOf(info));
    const room = planTransposeWorkspace(phases, 0, samples);
    withScratch(host, SCRATCH + room.bytes, (scratch) => {
      const [to, from, weights] = addresses(host, dx, dy, filter) as [number, number, number];
      const place = planTransposeWorkspace(phases, scratch + SCRATCH, samples);
      convTranspose(all(call), phases, place, to, from, weights, 0, 0, samples, scratch);
    });
    return dx;
  },
});
