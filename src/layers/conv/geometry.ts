// The geometry of a convolution from its input [h, w, c] to its output [oh, ow, n], which is not larger for strides above 1.
// `conv2dTranspose` runs the same convolution backward: its own input is the convolution's output. So the gradient of the
// input of each of the two layers is the forward pass of the other.

import { wrongType, wrongValue } from '../../core/errors.ts';
import type { Shape } from '../../core/shape.ts';
import { type Check, choice, integer, optional } from '../../core/validate.ts';

export type Padding = 'valid' | 'same';
/** One number for both axes, or `[height, width]`. */
export type Pair = number | readonly [height: number, width: number];

/** Options that all convolutions have in common. */
export interface WindowOptions {
  /** Height and width of the window. */
  readonly kernelSize: Pair;
  /** Default 1. */
  readonly strides?: Pair;
  /** `same` pads so that the output has the size ceil(size / stride). Default `valid`: no padding. */
  readonly padding?: Padding;
  /** Distance between two neighbouring values of the window. Default 1. */
  readonly dilationRate?: Pair;
}

export interface ConvAxis {
  /** Sizes of the convolution's input and output. */
  readonly inputSize: number;
  readonly outputSize: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** Zeros before and after the input. */
  readonly before: number;
  readonly after: number;
}

export interface ConvGeometry {
  readonly y: ConvAxis;
  readonly x: ConvAxis;
  readonly inputChannels: number;
  readonly outputChannels: number;
}

/** Height and width. A signal is an image of height 1, and `value` is its width. */
export function asPair(value: Pair, signal = false): readonly [number, number] {
  if (typeof value !== 'number') return value;
  return [signal ? 1 : value, value];
}

/** Checks one number or two. */
export function checkPair(name: string, value: unknown, high = 4096): void {
  if (!Array.isArray(value)) {
    integer(name, value, 1, high);
    return;
  }
  if (value.length !== 2) throw wrongType(name, 'a number or two numbers', value);
  for (const size of value) integer(name, size, 1, high);
}

/** Checks one number for a signal, one or two for an image. */
export const pairOf =
  (signal: boolean): Check =>
  (name, value) => {
    if (signal && Array.isArray(value)) throw wrongValue(name, 'one number', value);
    checkPair(name, value);
  };

/** Checks of the options that layers with windows have in common. */
export const strideOptions = (signal: boolean) => ({
  strides: optional(pairOf(signal)),
  padding: optional(choice('valid', 'same')),
});

/** Checks of the options that all convolutions have in common. */
export const windowOptions = (signal: boolean) => ({
  kernelSize: pairOf(signal),
  dilationRate: optional(pairOf(signal)),
  ...strideOptions(signal),
});

/** `shape` as height, width, channels. */
export function imageShape(shape: Shape, name: string, signal = false): readonly [number, number, number] {
  if (shape.length === (signal ? 2 : 3)) return [1, ...shape].slice(-3) as [number, number, number];
  throw wrongValue(name, `an input of [${signal ? 'length' : 'height, width'}, channels]`, shape);
}

/**
 * The axes and the channels of a convolution whose layer has an input of shape `input`, padded as in TensorFlow. The layer's
 * input is the input of the convolution or, `transposed`, its output; the other one is sized as in Keras. Errors: RangeError, by
 * the `name` of the layer, when the window does not fit.
 */
export function convAxes(
  { kernelSize, strides = 1, dilationRate = 1, padding }: WindowOptions,
  input: Shape,
  name: string,
  signal = false,
  transposed = false,
): { y: ConvAxis; x: ConvAxis; channels: number } {
  const [height, width, channels] = imageShape(input, name, signal);
  const [kernelY, kernelX] = asPair(kernelSize, signal);
  const [strideY, strideX] = asPair(strides, signal);
  const [dilationY, dilationX] = asPair(dilationRate, signal);
  const same = padding === 'same';
  /** Length of a window with its gaps. */
  const reachOf = (kernel: number, dilation: number): number => (kernel - 1) * dilation + 1;
  const axis = (size: number, kernel: number, stride: number, dilation: number): ConvAxis => {
    const reach = reachOf(kernel, dilation);
    const inputSize = transposed ? size * stride + (same ? 0 : Math.max(reach - stride, 0)) : size;
    const outputSize = same ? Math.ceil(inputSize / stride) : Math.floor((inputSize - reach) / stride) + 1;
    if (outputSize < 1) {
      const minimum = signal ? reach : `[${reachOf(kernelY, dilationY)}, ${reachOf(kernelX, dilationX)}]`;
      throw wrongValue(name, `an input of at least ${minimum}`, input.slice(0, -1));
    }
    const zeros = same ? Math.max((outputSize - 1) * stride + reach - inputSize, 0) : 0;
    const before = Math.floor(zeros / 2);
    return { inputSize, outputSize, kernel, stride, dilation, before, after: zeros - before };
  };
  return {
    y: axis(height, kernelY, strideY, dilationY),
    x: axis(width, kernelX, strideX, dilationX),
    channels,
  };
}
