// The geometry of convolutions: the sizes that tfjs computes, checked, and as the kernels take them.

import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core';
import type { ConvAxis, ConvGeometry } from '../../layers/conv/geometry.ts';
import { checkSizes, type KernelCall, refuseInput, requireShape, wrongInput } from './kernel.ts';

type Shape4d = [number, number, number, number];
export type ConvInfo = backend_util.Conv2DInfo;

/** Zeros after the input reach to the end of the last window: with a rounding mode tfjs states fewer of them. */
function axis(
  inputSize: number,
  outputSize: number,
  kernel: number,
  stride: number,
  dilation: number,
  before: number,
): ConvAxis {
  const after = Math.max(0, (outputSize - 1) * stride + (kernel - 1) * dilation + 1 - before - inputSize);
  return { inputSize, outputSize, kernel, stride, dilation, before, after };
}

export const geometryOf = (i: ConvInfo): ConvGeometry => ({
  y: axis(i.inHeight, i.outHeight, i.filterHeight, i.strideHeight, i.dilationHeight, i.padInfo.top),
  x: axis(i.inWidth, i.outWidth, i.filterWidth, i.strideWidth, i.dilationWidth, i.padInfo.left),
  inputChannels: i.inChannels,
  outputChannels: i.outChannels,
});

/**
 * The sizes of a convolution by its attributes. `dy`: the gradient of its output. Errors: RangeError for sizes that contradict each
 * other, such as a filter for another number of channels.
 */
export function convInfo(
  { tf, attrs }: KernelCall<never>,
  inputShape: readonly number[],
  filterShape: readonly number[],
  depthwise: boolean,
  dy?: TensorInfo,
): ConvInfo {
  const { dataFormat = 'NHWC', strides, dilations = 1, pad, dimRoundingMode } = attrs;
  if (dataFormat !== 'NHWC') refuseInput('dataFormat', 'NHWC', dataFormat);
  if (inputShape.length !== 4 || filterShape.length !== 4 || inputShape[3] !== filterShape[2])
    throw wrongInput('filter', `4 sides, for an input of shape [${inputShape}]`, filterShape);
  const info = tf.backend_util.computeConv2DInfo(
    inputShape as Shape4d,
    filterShape as Shape4d,
    strides,
    dilations,
    pad,
    dimRoundingMode,
    depthwise,
    'channelsLast',
  );
  const { padInfo, strideHeight, strideWidth, dilationHeight, dilationWidth } = info;
  checkSizes('pad', [padInfo.top, padInfo.left]);
  checkSizes('shape', [...info.inShape, ...info.outShape, ...info.filterShape]);
  // Strides and dilations are at least 1.
  checkSizes(
    'strides',
    [strideHeight, strideWidth, dilationHeight, dilationWidth].map((step) => step - 1),
  );
  if (dy) requireShape('dy', dy, info.outShape);
  return info;
}
