// The windows of a convolution as tfjs works them out, in our terms.

import type { backend_util } from '@tensorflow/tfjs-core';
import type { ConvAxis, ConvGeometry } from '../../layers/conv/geometry.ts';
import type { Tf } from '../internal.ts';
import { checkSizes, refuseInput } from './kernel.ts';

type Shape4d = [number, number, number, number];
export type ConvInfo = backend_util.Conv2DInfo;

/** Zeros behind are as many as the last window reaches: a rounding mode may ask for more than the padding has. */
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

export const windowOf = (i: ConvInfo): ConvGeometry => ({
  y: axis(i.inHeight, i.outHeight, i.filterHeight, i.strideHeight, i.dilationHeight, i.padInfo.top),
  x: axis(i.inWidth, i.outWidth, i.filterWidth, i.strideWidth, i.dilationWidth, i.padInfo.left),
  inputChannels: i.inChannels,
  outputChannels: i.outChannels,
});

/**
 * The geometry of a convolution. Its attributes are those that the operation hands to the kernel. Errors: RangeError for
 * one that contradicts itself, such as a filter of other channels than x.
 */
export function convInfo(
  tf: Tf,
  x: readonly number[],
  filter: readonly number[],
  // biome-ignore lint/suspicious/noExplicitAny: attributes of several kernels
  attrs: any,
  depthwise: boolean,
): ConvInfo | Error {
  const { dataFormat = 'NHWC', strides, dilations = 1, pad, dimRoundingMode } = attrs;
  if (dataFormat !== 'NHWC') return refuseInput('dataFormat', 'NHWC', dataFormat);
  if (x.length !== 4 || filter.length !== 4 || x[3] !== filter[2])
    throw refuseInput('filter', `4 sides, for an input of shape [${x}]`, filter);
  const info = tf.backend_util.computeConv2DInfo(
    x as Shape4d,
    filter as Shape4d,
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
  // At least one.
  checkSizes(
    'strides',
    [strideHeight, strideWidth, dilationHeight, dilationWidth].map((step) => step - 1),
  );
  return info;
}
