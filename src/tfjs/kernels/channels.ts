// Convolutions of images with their channels first, which tfjs's own kernels refuse: turned round by tfjs's Transpose,
// done with channels last, and turned back.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type KernelCall, runOriginal, type TfjsKernel } from './kernel.ts';

const toLast: Readonly<Record<number, readonly number[]>> = { 3: [1, 2, 0], 4: [0, 2, 3, 1] };
const toFirst = [0, 3, 1, 2];
/** Inputs that are images, or have values for each place of one. */
const turned = ['x', 'dy', 'preluActivationWeights'];

/** A list with an entry for each of four axes. */
function turn<T>(value: T): T {
  return Array.isArray(value) && value.length === 4 ? (toLast[4]!.map((axis) => value[axis]) as T) : value;
}

/** The same kernel, for channels in either place. `image`: what it puts out is one. */
export function anyDataFormat(kernel: TfjsKernel, image = true): TfjsKernel {
  const run = (call: KernelCall<string>): TensorInfo | Error => {
    const { attrs, host } = call;
    if (attrs.dataFormat !== 'NCHW') return kernel.run(call);
    const inputs = { ...call.inputs };
    const between: TensorInfo[] = [];
    for (const name of turned) {
      const perm = inputs[name] && toLast[inputs[name].shape.length];
      if (!perm) continue;
      inputs[name] = runOriginal(call, 'Transpose', { x: inputs[name] }, { perm });
      between.push(inputs[name]);
    }
    const { pad, inputShape, strides, dilations } = attrs;
    const last = { ...attrs, dataFormat: 'NHWC', strides: turn(strides), dilations: turn(dilations) };
    let result = kernel.run({ ...call, inputs, attrs: { ...last, pad: turn(pad), inputShape: turn(inputShape) } });
    if (image && !(result instanceof Error)) {
      between.push(result);
      result = runOriginal(call, 'Transpose', { x: result }, { perm: toFirst });
    }
    for (const { dataId } of between) host.backend.disposeData(dataId);
    return result;
  };
  return { name: kernel.name, run };
}
