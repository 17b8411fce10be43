// Max pooling over images and volumes. The kernels of tfjs start from the smallest positive float, and return it for windows
// without a positive value.

import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core';
import {
  addresses,
  checkSizes,
  defineKernel,
  type KernelCall,
  makeOutput,
  refuseInput,
  requireShape,
  sizeOf,
  wrongInput,
} from './kernel.ts';

type Shape4d = [number, number, number, number];
type Shape5d = [number, number, number, number, number];

/** The geometry of a pooling operation. An image is a volume of depth 1. */
interface PoolGeometry {
  readonly outShape: readonly number[];
  /** The arguments of the kernels `maxPool3d` and `maxPool3dBackward` after the addresses. */
  readonly kernelArguments: readonly number[];
}

type Sizes = readonly [depth: number, height: number, width: number];

/** Errors: RangeError for windows and strides below 1, and for an input of another rank. */
function geometryOf(
  info: backend_util.Conv2DInfo | backend_util.Conv3DInfo,
  shape: readonly number[],
  [input, output, window, strides, padding]: readonly Sizes[],
): PoolGeometry {
  const { batchSize, inChannels, outShape, inShape } = info;
  const kernelArguments = [batchSize, ...input!, inChannels, ...output!, ...window!, ...strides!, ...padding!];
  checkSizes('filterSize', [...kernelArguments, ...[...window!, ...strides!].map((length) => length - 1)]);
  if (inShape.join() !== shape.join()) throw wrongInput('input', `${inShape.length} sides`, shape);
  return { outShape, kernelArguments };
}

function imageGeometry({ tf, attrs }: KernelCall<string>, shape: readonly number[]): PoolGeometry {
  const { filterSize, strides, pad, dimRoundingMode } = attrs;
  const i = tf.backend_util.computePool2DInfo(shape as Shape4d, filterSize, strides, 1, pad, dimRoundingMode);
  return geometryOf(i, shape, [
    [1, i.inHeight, i.inWidth],
    [1, i.outHeight, i.outWidth],
    [1, i.filterHeight, i.filterWidth],
    [1, i.strideHeight, i.strideWidth],
    [0, i.padInfo.top, i.padInfo.left],
  ]);
}

function volumeGeometry({ tf, attrs }: KernelCall<string>, shape: readonly number[]): PoolGeometry {
  const { filterSize, strides, pad, dimRoundingMode, dataFormat = 'NDHWC' } = attrs;
  if (dataFormat !== 'NDHWC') refuseInput('dataFormat', 'NDHWC', dataFormat);
  const i = tf.backend_util.computePool3DInfo(shape as Shape5d, filterSize, strides, 1, pad, dimRoundingMode);
  return geometryOf(i, shape, [
    [i.inDepth, i.inHeight, i.inWidth],
    [i.outDepth, i.outHeight, i.outWidth],
    [i.filterDepth, i.filterHeight, i.filterWidth],
    [i.strideDepth, i.strideHeight, i.strideWidth],
    [i.padInfo.front, i.padInfo.top, i.padInfo.left],
  ]);
}

type PoolKernel = (...args: number[]) => void;
type BackwardInputs = 'dy' | 'input' | 'output';

function backward(call: KernelCall<BackwardInputs>, { outShape, kernelArguments }: PoolGeometry): TensorInfo {
  const { host, inputs } = call;
  const { dy, input } = inputs;
  requireShape('dy', dy, outShape);
  const dx = makeOutput(call, input.shape);
  if (sizeOf(input.shape))
    (host.kernels.maxPool3dBackward as PoolKernel)(...addresses(host, dx, dy, input), ...kernelArguments);
  return dx;
}

/** attrs: filterSize, strides, pad, dimRoundingMode. */
export const maxPoolGrad = /* @__PURE__ */ defineKernel<BackwardInputs>({
  name: 'MaxPoolGrad',
  floats: ['dy', 'input'],
  run: (call) => backward(call, imageGeometry(call, call.inputs.input.shape)),
});

/** attrs: filterSize, strides, pad, dimRoundingMode, dataFormat. */
export const maxPool3DGrad = /* @__PURE__ */ defineKernel<BackwardInputs>({
  name: 'MaxPool3DGrad',
  floats: ['dy', 'input'],
  run: (call) => backward(call, volumeGeometry(call, call.inputs.input.shape)),
});

/** attrs: filterSize, strides, pad, dimRoundingMode, dataFormat. */
export const maxPool3D = /* @__PURE__ */ defineKernel<'x'>({
  name: 'MaxPool3D',
  floats: ['x'],
  run(call) {
    const { host, inputs } = call;
    const { outShape, kernelArguments } = volumeGeometry(call, inputs.x.shape);
    const y = makeOutput(call, outShape);
    if (sizeOf(y.shape)) (host.kernels.maxPool3d as PoolKernel)(...addresses(host, y, inputs.x), ...kernelArguments);
    return y;
  },
});
