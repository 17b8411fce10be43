// Convolutions of images with channels first, which the kernels of tfjs refuse. The images are transposed to channels last by the
// kernel of tfjs, and the result is transposed back.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type KernelCall, runChecked, runOtherKernel, type TfjsKernel } from './kernel.ts';

/** Axes of a tensor with channels last, by rank: without and with a batch. */
const toChannelsLast: Readonly<Record<number, readonly number[]>> = { 3: [1, 2, 0], 4: [0, 2, 3, 1] };
const toChannelsFirst = [0, 3, 1, 2];
/** Inputs that have a channel axis. */
const inputNames = ['x', 'dy', 'preluActivationWeights'];

/** Reorders an attribute with one entry for each of four axes. */
function reorder<T>(value: T): T {
  return Array.isArray(value) && value.length === 4 ? (toChannelsLast[4]!.map((axis) => value[axis]) as T) : value;
}

/** The same kernel for both data formats. `outputHasChannels`: false where the output is a filter. */
export function anyDataFormat(kernel: TfjsKernel, outputHasChannels = true): TfjsKernel {
  const run = (call: KernelCall<string>): TensorInfo => {
    const { attrs, host } = call;
    if (attrs.dataFormat !== 'NCHW') return runChecked(kernel, call);
    const inputs = { ...call.inputs };
    const intermediates: TensorInfo[] = [];
    const transpose = (x: TensorInfo, perm: readonly number[]) => runOtherKernel(call, 'Transpose', { x }, { perm });
    for (const name of inputNames) {
      const image = inputs[name];
      const perm = image && toChannelsLast[image.shape.length];
      if (!perm) continue;
      const transposed = transpose(image, perm);
      inputs[name] = transposed;
      intermediates.push(transposed);
    }
    const channelsLast = { ...attrs, dataFormat: 'NHWC' };
    for (const name of ['strides', 'dilations', 'pad', 'inputShape']) channelsLast[name] = reorder(attrs[name]);
    let result = runChecked(kernel, { ...call, inputs, attrs: channelsLast });
    if (outputHasChannels) {
      intermediates.push(result);
      result = transpose(result, toChannelsFirst);
    }
    for (const { dataId } of intermediates) host.backend.disposeData(dataId);
    return result;
  };
  return { name: kernel.name, run };
}
