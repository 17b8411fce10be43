// Where the values of a layer's weights are in the tensors of a PyTorch module.

import { wrongValue } from '../../core/errors.ts';
import { type Shape, sizeOf } from '../../core/shape.ts';
import type { Node } from '../../engine/graph.ts';
import type { FeatureOrders } from './feature-orders.ts';

/** A weight, or a part of it, in a tensor of PyTorch. */
export interface TensorView {
  /** Path of the weight, such as `encoder.0.kernel`. */
  readonly path: string;
  /** Index of the part's first value in the weight. */
  readonly start: number;
  /** Index of the module among those of the layer. A depthwise separable convolution and a variational code have two. */
  readonly module: number;
  /** Name of the tensor in its module. */
  readonly tensor: string;
  /** Shape of the tensor. */
  readonly shape: Shape;
  /** For each axis of the part, the offsets of its indices in the tensor. The sum over the axes is the index of a value. */
  readonly offsets: readonly (readonly number[])[];
}

/** Offsets of indices with a constant distance. */
const steps = (length: number, distance: number): number[] => Array.from({ length }, (_, i) => i * distance);

/** Offsets of the gates z, r, h of Keras among the gates r, z, n of PyTorch. */
const gateSteps = (units: number, distance: number): number[] =>
  [1, 0, 2].flatMap((gate) => steps(units, distance).map((offset) => offset + gate * units * distance));

/** Names in PyTorch of the weights with one value for each feature. */
const vectors: Readonly<Record<string, string>> = {
  bias: 'bias',
  gamma: 'weight',
  beta: 'bias',
  movingMean: 'running_mean',
  movingVariance: 'running_var',
};

type Target = Omit<TensorView, 'path' | 'start' | 'module'>;

/** The tensor of a kernel `[..., inputs, outputs]`. */
function kernelTarget(type: string, shape: Shape, orders: FeatureOrders): Target {
  const window = shape.slice(0, -2);
  const [a, b] = shape.slice(-2) as [number, number];
  const size = sizeOf(window);
  const inWindow = window.map((length, i) => steps(length, sizeOf(window.slice(i + 1))));
  const target = (first: number, second: number, last: number[][]): Target => {
    return { tensor: 'weight', shape: [first, second, ...window], offsets: [...inWindow, ...last] };
  };
  if (type === 'depthwise') return target(a * b, 1, [steps(a, b * size), steps(b, size)]);
  if (type === 'conv2dTranspose') return target(b, a, [steps(a, size), steps(b, a * size)]);
  const outputs = orders.output?.map((index) => index * a * size) ?? steps(b, a * size);
  return target(b, a, [orders.input?.map((index) => index * size) ?? steps(a, size), outputs]);
}

/** The tensors of the weights of a GRU. */
function gruViews(path: string, name: string, shape: Shape, layer: object): TensorView[] {
  if ((layer as { resetAfter?: boolean }).resetAfter === false)
    throw wrongValue(path, 'a gru with resetAfter, as in PyTorch', 'resetAfter: false');
  const [rows, columns] = shape as [number, number];
  const view = { path, start: 0, module: 0 };
  if (name !== 'bias') {
    const tensor = name === 'kernel' ? 'weight_ih_l0' : 'weight_hh_l0';
    return [{ ...view, tensor, shape: [columns, rows], offsets: [steps(rows, 1), gateSteps(columns / 3, rows)] }];
  }
  return ['bias_ih_l0', 'bias_hh_l0'].map((tensor, i) => {
    return { ...view, start: i * columns, tensor, shape: [columns], offsets: [gateSteps(columns / 3, 1)] };
  });
}

/** The views of all weights of a layer, none for layers that PyTorch does not have. Errors: RangeError for a GRU without `resetAfter`. */
export function tensorViews({ layer, weights }: Node, orders: FeatureOrders): TensorView[] {
  const { type } = layer;
  return weights.flatMap(({ path, name, shape, size }): TensorView[] => {
    if (type === 'gru') return gruViews(path, name, shape, layer);
    const word = name.split('.').at(-1)!;
    const isSecond = name.startsWith('logVariance') || (type === 'separableConv2d' && name !== 'depthwiseKernel');
    const view = { path, start: 0, module: Number(isSecond) };
    if (/kernel$/i.test(word)) {
      const isDepthwise = type === 'depthwiseConv2d' || word === 'depthwiseKernel';
      return [{ ...view, ...kernelTarget(isDepthwise ? 'depthwise' : type, shape, orders) }];
    }
    const tensor = vectors[word];
    return tensor ? [{ ...view, tensor, shape, offsets: [orders.output ?? steps(size, 1)] }] : [];
  });
}
