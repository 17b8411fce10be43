// The layout of weights in ONNX files: filters first and channels before the window, where the layouts of Keras end in channels
// and filters.

import { type Shape, sizeOf } from '../core/shape.ts';

/** The layout of a weight in a file. */
export interface WeightLayout {
  /** For each axis in the file, the axis of the weight. */
  readonly order: readonly number[];
  /** The shape in the file, where axes are joined or added. */
  readonly dims: Shape;
}

/** The layout of the weight `name` of a layer of type `layerType`. Undefined: the same as in the model. */
export function weightLayout(layerType: string, name: string, shape: Shape): WeightLayout | undefined {
  const permuted = (...order: number[]): WeightLayout => ({ order, dims: order.map((axis) => shape[axis]!) });
  if (layerType === 'gru') {
    // One direction. The biases of input and state are one list; without `resetAfter` those of the state are 0.
    if (name === 'bias') return { order: shape.map((_, axis) => axis), dims: [1, 2 * shape.at(-1)!] };
    return { order: [1, 0], dims: [1, shape[1]!, shape[0]!] };
  }
  // Each filter of a depthwise convolution has one channel.
  if (name === 'depthwiseKernel' || (layerType === 'depthwiseConv2d' && name === 'kernel'))
    return { order: [2, 3, 0, 1], dims: [shape[2]! * shape[3]!, 1, shape[0]!, shape[1]!] };
  if (shape.length === 4) return permuted(3, 2, 0, 1);
  return shape.length === 3 ? permuted(2, 1, 0) : undefined;
}

/** The values of a weight in the layout of a file. */
export function toLayout(data: Float32Array, shape: Shape, { order, dims }: WeightLayout): Float32Array<ArrayBuffer> {
  const values = new Float32Array(sizeOf(dims));
  values.set(transposed(data, shape, order));
  return values;
}

/** The values in the layout of a file as a weight of `shape`. The inverse of `toLayout`. */
export const fromLayout = (data: Float32Array, shape: Shape, { order }: WeightLayout): Float32Array<ArrayBuffer> =>
  transposed(
    data.subarray(0, sizeOf(shape)),
    order.map((axis) => shape[axis]!),
    order.map((_, axis) => order.indexOf(axis)),
  );

/** The values of a tensor with its axes in another order: axis i of the result is axis `order[i]` of the tensor. */
export function transposed(data: Float32Array, shape: Shape, order: readonly number[]): Float32Array<ArrayBuffer> {
  const strides = order.map((axis) => sizeOf(shape.slice(axis + 1)));
  const lengths = order.map((axis) => shape[axis]!);
  return new Float32Array(data.length).map((_, i) => {
    let rest = i;
    let from = 0;
    for (let axis = order.length - 1; axis >= 0; axis--) {
      from += (rest % lengths[axis]!) * strides[axis]!;
      rest = Math.floor(rest / lengths[axis]!);
    }
    return data[from]!;
  });
}
