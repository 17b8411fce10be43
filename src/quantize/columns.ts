// The layers that have an 8-bit form, and the output of each of their weights.

import type { Shape } from '../core/shape.ts';
import { sizeOf } from '../core/shape.ts';
import {
  quantizedConv1d,
  quantizedConv2d,
  quantizedConv2dTranspose,
  quantizedDepthwiseConv2d,
} from '../layers/quantized/quantized-conv.ts';
import { quantizedDense } from '../layers/quantized/quantized-dense.ts';

/** The factories of the quantized layers, by the type of the layer that they replace. */
export const quantizedFactories = () => ({
  dense: quantizedDense,
  conv1d: quantizedConv1d,
  conv2d: quantizedConv2d,
  conv2dTranspose: quantizedConv2dTranspose,
  depthwiseConv2d: quantizedDepthwiseConv2d,
});

export type QuantizableType = keyof ReturnType<typeof quantizedFactories>;

export const isQuantizable = (type: string): type is QuantizableType => Object.hasOwn(quantizedFactories(), type);

/** The output and the input channel of each weight of a kernel. */
export interface Columns {
  /** Number of outputs with a scale. */
  readonly count: number;
  /** Shape of the scales. */
  readonly shape: Shape;
  /** The output of weight i, and the channel of the input that it multiplies. */
  readonly columnOf: (i: number) => number;
  readonly channelOf: (i: number) => number;
}

/** The columns of a kernel: its last axis; of a transposed kernel the last but one; of a depthwise kernel both together. */
export function columnsOf(type: string, kernel: Shape): Columns {
  const [channels, last] = kernel.slice(-2) as [number, number];
  if (type === 'conv2dTranspose')
    return {
      count: channels,
      shape: [channels, 1],
      columnOf: (i) => Math.floor(i / last) % channels,
      channelOf: (i) => i % last,
    };
  if (type === 'depthwiseConv2d') {
    const count = sizeOf([channels, last]);
    return {
      count,
      shape: [channels, last],
      columnOf: (i) => i % count,
      channelOf: (i) => Math.floor((i % count) / last),
    };
  }
  return { count: last, shape: [last], columnOf: (i) => i % last, channelOf: (i) => Math.floor(i / last) % channels };
}
