// Convolutions of images over all channels, and the gradients of their filter and input.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { convForward, planForward } from '../../layers/conv/forward.ts';
import { convTranspose, planTranspose, planTransposeWorkspace } from '../../layers/conv/transpose.ts';
import type { Kernels } from '../../wasm/kernels.ts';
import { SCRATCH, withScratch } from '../host.ts';
import { addBroadcastBias, applyActivation, biasOf, checkActivation } from './fused.ts';
import { convInfo, geometryOf } from './geometry.ts';
import { addresses, defineKernel, fillZero, type KernelCall, makeOutput, sizeOf } from './kernel.ts';

/** The functions of src/layers/conv call kernels that every host has, but their type is that of all kernels. */
const kernelsOf = (call: KernelCall<string>): Kernels => call.host.kernels as unknown as Kernels;

function forward(call: KernelCall<'x' | 'filter' | 'bias'>, bias?: TensorInfo, activation = 'linear'): TensorInfo {
  const { host, inputs } = call;
  const { x, filter } = inputs;
  const info = convInfo(call, x.shape, filter.shape, false);
  checkActivation(activation);
  if (bias && bias.shape.join() !== String(info.outChannels))
    return addBroadcastBias(call, forward(call), bias, activation);
  const y = makeOutput(call, info.outShape);
  const samples = info.batchSize;
  if (sizeOf(info.outShape) === 0) return y;
  if (sizeOf(info.inShape) === 0) {
    fillZero(host, y);
    return bias ? addBroadcastBias(call, y, bias, activation) : applyActivation(call, y, activation);
  }
  const geometry = geometryOf(info);
  const { bytes } = planForward(geometry, 0, samples);
  withScratch(host, SCRATCH + bytes, (scratch) => {
    const [to, from, weights] = addresses(host, y, x, filter) as [number, number, number];
    const biases = bias ? addresses(host, bias)[0]! : 0;
    const relu = activation === 'relu' ? 1 : 0;
    const workspace = planForward(geometry, scratch + SCRATCH, samples);
    convForward(kernelsOf(call), geometry, workspace, from, 0, 0, to, weights, biases, 0, relu, samples, scratch);
  });
  return activation === 'relu' ? y : applyActivation(call, y, activation);
}

export const conv2D = /* @__PURE__ */ defineKernel<'x' | 'filter' | 'bias'>({
  name: 'Conv2D',
  floats: ['x', 'filter'],
  run: (call) => forward(call),
});

export const fusedConv2D = /* @__PURE__ */ defineKernel<'x' | 'filter' | 'bias'>({
  name: 'FusedConv2D',
  floats: ['x', 'filter'],
  run: (call) => forward(call, biasOf(call), call.attrs.activation),
});

/** attrs: strides, pad, dataFormat, dimRoundingMode, filterShape, and dilations, which only src/tfjs/gradient.ts gives. */
export const conv2DBackpropFilter = /* @__PURE__ */ defineKernel<'x' | 'dy'>({
  name: 'Conv2DBackpropFilter',
  floats: ['x', 'dy'],
  run(call) {
    const { host, inputs, attrs } = call;
    const { x, dy } = inputs;
    const info = convInfo(call, x.shape, attrs.filterShape, false, dy);
    const dw = makeOutput(call, info.filterShape);
    const samples = info.batchSize;
    if (sizeOf(info.outShape) === 0 || sizeOf(info.inShape) === 0) return fillZero(host, dw);
    const geometry = geometryOf(info);
    const { bytes } = planForward(geometry, 0, samples);
    withScratch(host, SCRATCH + bytes, (scratch) => {
      const [to, input, gradient] = addresses(host, dw, x, dy) as [number, number, number];
      const workspace = planForward(geometry, scratch + SCRATCH, samples);
      convForward(kernelsOf(call), geometry, workspace, input, to, gradient, 0, 0, 0, 0, 0, samples, scratch);
    });
    return dw;
  },
});

/** attrs: strides, pad, dataFormat, dimRoundingMode, inputShape, and dilations, which only src/tfjs/gradient.ts gives. */
export const conv2DBackpropInput = /* @__PURE__ */ defineKernel<'dy' | 'filter'>({
  name: 'Conv2DBackpropInput',
  floats: ['dy', 'filter'],
  run(call) {
    const { host, inputs, attrs } = call;
    const { dy, filter } = inputs;
    const info = convInfo(call, attrs.inputShape, filter.shape, false, dy);
    const dx = makeOutput(call, info.inShape);
    const samples = info.batchSize;
    if (sizeOf(info.inShape) === 0) return dx;
    if (sizeOf(info.outShape) === 0) return fillZero(host, dx);
    const phases = planTranspose(geometryOf(info));
    const { bytes } = planTransposeWorkspace(phases, 0, samples);
    withScratch(host, SCRATCH + bytes, (scratch) => {
      const [to, from, weights] = addresses(host, dx, dy, filter) as [number, number, number];
      const workspace = planTransposeWorkspace(phases, scratch + SCRATCH, samples);
      convTranspose(kernelsOf(call), phases, workspace, to, from, weights, 0, 0, 0, samples, scratch);
    });
    return dx;
  },
});
