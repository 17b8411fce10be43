// Largest values of windows over images and volumes. tfjs's own begin from the smallest positive float, and lose
// windows without a positive value.

import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core';
import {
  addresses,
  checkSizes,
  defineKernel,
  type KernelCall,
  makeOutput,
  notFloats,
  refuseInput,
  sizeOf,
} from './kernel.ts';

type Shape4d = [number, number, number, number];
type Shape5d = [number, number, number, number, number];

/** Depth, height and width of everything, and channels. */
interface Windows {
  readonly info: backend_util.Conv2DInfo | backend_util.Conv3DInfo;
  /** batch, inputs, channels, outputs, windows, strides, the first window's place: the arguments of the kernels. */
  readonly list: readonly number[];
}

/** Windows and their steps are at least 1. */
function checked(info: Windows['info'], list: readonly number[], shape: readonly number[]): Windows {
  checkSizes('filterSize', [...list, ...list.slice(8, 14).map((side) => side - 1)]);
  if (info.inShape.join() !== shape.join()) throw refuseInput('input', `${info.inShape.length} sides`, shape);
  return { info, list };
}

function windows2d({ tf, attrs }: KernelCall<string>, shape: readonly number[]): Windows {
  const { filterSize, strides, pad, dimRoundingMode } = attrs;
  const i = tf.backend_util.computePool2DInfo(shape as Shape4d, filterSize, strides, 1, pad, dimRoundingMode);
  const list = [
    ...[i.batchSize, 1, i.inHeight, i.inWidth, i.inChannels, 1, i.outHeight, i.outWidth],
    ...[1, i.filterHeight, i.filterWidth, 1, i.strideHeight, i.strideWidth, 0, i.padInfo.top, i.padInfo.left],
  ];
  return checked(i, list, shape);
}

function windows3d({ tf, attrs }: KernelCall<string>, shape: readonly number[]): Windows | Error {
  const { filterSize, strides, pad, dimRoundingMode, dataFormat = 'NDHWC' } = attrs;
  if (dataFormat !== 'NDHWC') return refuseInput('dataFormat', 'NDHWC', dataFormat);
  const i = tf.backend_util.computePool3DInfo(shape as Shape5d, filterSize, strides, 1, pad, dimRoundingMode);
  const list = [
    ...[i.batchSize, i.inDepth, i.inHeight, i.inWidth, i.inChannels, i.outDepth, i.outHeight, i.outWidth],
    ...[i.filterDepth, i.filterHeight, i.filterWidth, i.strideDepth, i.strideHeight, i.strideWidth],
    ...[i.padInfo.front, i.padInfo.top, i.padInfo.left],
  ];
  return checked(i, list, shape);
}

type Kernel = (...args: number[]) => void;

function backward(call: KernelCall<'dy' | 'input' | 'output'>, windows: Windows | Error): TensorInfo | Error {
  const { host, inputs } = call;
  const { dy, input } = inputs;
  if (windows instanceof Error) return windows;
  const { outShape } = windows.info;
  if (dy.shape.join() !== outShape.join()) return refuseInput('dy', `the shape [${outShape}]`, dy.shape);
  const dx = makeOutput(call, input.shape);
  if (sizeOf(input.shape)) {
    (host.kernels.maxPool3dBackward as Kernel)(...addresses(host, dx, dy, input), ...windows.list);
  }
  return dx;
}

/** attrs: filterSize, strides, pad, dimRoundingMode. */
export const maxPoolGrad = /* @__PURE__ */ defineKernel<'dy' | 'input' | 'output'>({
  name: 'MaxPoolGrad',
  run: (call) => notFloats(call.inputs, ['dy', 'input']) ?? backward(call, windows2d(call, call.inputs.input.shape)),
});

/** attrs: filterSize, strides, pad, dimRoundingMode, dataFormat. */
export const maxPool3DGrad = /* @__PURE__ */ defineKernel<'dy' | 'input' | 'output'>({
  name: 'MaxPool3DGrad',
  run: (call) => notFloats(call.inputs, ['dy', 'input']) ?? backward(call, windows3d(call, call.inputs.input.shape)),
});

/** attrs: filterSize, strides, pad, dimRoundingMode, dataFormat. */
export const maxPool3D = /* @__PURE__ */ defineKernel<'x'>({
  name: 'MaxPool3D',
  run(call) {
    const { host, inputs } = call;
    const bad = notFloats(inputs, ['x']);
    if (bad) return bad;
    const windows = windows3d(call, inputs.x.shape);
    if (windows instanceof Error) return windows;
    const y = makeOutput(call, windows.info.outShape);
    if (sizeOf(y.shape)) (host.kernels.maxPool3d as Kernel)(...addresses(host, y, inputs.x), ...windows.list);
    return y;
  },
});
