// The geometry of a convolution between a big side [h, w, c] and a small side [oh, ow, n]. conv2d goes from the big
// side to the small one, conv2dTranspose back; the gradient of either's input is the other's forward.

import { wrongType, wrongValue } from '../../core/errors.ts';
import type { Shape } from '../../core/shape.ts';
import { type Check, choice, integer, optional } from '../../core/validate.ts';

export type Padding = 'valid' | 'same';
/** One number for both axes, or one each: height, width. */
export type Pair = number | readonly [height: number, width: number];

/** Options that all convolutions have in common. */
export interface WindowOptions {
  /** Height and width of the window. */
  readonly kernelSize: Pair;
  /** Default 1. */
  readonly strides?: Pair;
  /** `same` pads so that the output has ceil(size / stride) places; default `valid`. */
  readonly padding?: Padding;
  /** Distance between values of the window. Default 1. */
  readonly dilationRate?: Pair;
}

export interface ConvAxis {
  /** Places on the big and on the small side. */
  readonly inputSize: number;
  readonly outputSize: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** Zeros before and behind the big side. */
  readonly before: number;
  readonly after: number;
}

export interface ConvGeometry {
  readonly y: ConvAxis;
  readonly x: ConvAxis;
  /** Channels of the big and of the small side. */
  readonly inputChannels: number;
  readonly outputChannels: number;
}

/** Height and width. A signal is an image of one line: of it, `value` is the width. */
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
  for (const side of value) integer(name, side, 1, high);
}

/** Checks what an option says of both axes, or of the only one of a signal. */
export const pairOf =
  (signal: boolean): Check =>
  (name, value) => {
    if (signal && Array.isArray(value)) throw wrongValue(name, 'one number', value);
    checkPair(name, value);
  };

/** Checks of how windows are placed. */
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
 * The axes of a convolution over `input`, as TensorFlow pads them, and the input's channels. The input is the big side,
 * or, where it is `transposed`, the small one, and the output sized as by Keras. Errors: RangeError when the window does
 * not fit in.
 */
export function convAxes(
  o: WindowOptions,
  input: Shape,
  name: string,
  signal = false,
  transposed = false,
): { y: ConvAxis; x: ConvAxis; channels: number } {
  const [height, width, channels] = imageShape(input, name, signal);
  const [kernels, strides, dilations] = [o.kernelSize, o.strides ?? 1, o.dilationRate ?? 1].map((v) =>
    asPair(v, signal),
  );
  const reaches = kernels!.map((kernel, i) => (kernel - 1) * dilations![i]! + 1);
  const [y, x] = reaches.map((reach, i): ConvAxis => {
    const [size, kernel, stride, dilation] = [i ? width : height, kernels![i]!, strides![i]!, dilations![i]!];
    const same = o.padding === 'same';
    const inputSize = transposed ? size * stride + (same ? 0 : Math.max(reach - stride, 0)) : size;
    const outputSize = same ? Math.ceil(inputSize / stride) : Math.floor((inputSize - reach) / stride) + 1;
    if (outputSize < 1) {
      throw wrongValue(name, `an input of at least ${signal ? reach : `[${reaches.join(', ')}]`}`, input.slice(0, -1));
    }
    const total = same ? Math.max((outputSize - 1) * stride + reach - inputSize, 0) : 0;
    const before = Math.floor(total / 2);
    return { inputSize, outputSize, kernel, stride, dilation, before, after: total - before };
  });
  return { y: y!, x: x!, channels };
}
