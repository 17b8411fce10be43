// The geometry of a convolution between a big side [h, w, c] and a small side [oh, ow, n]. conv2d goes from the big
// side to the small one, conv2dTranspose back; the gradient of either's input is the other's forward.

import { type Check, choice, integer, maybe } from '../../check.ts';
import { wrongType, wrongValue } from '../../errors.ts';
import type { Shape } from '../layer.ts';

export const paddings = { valid: 0, same: 0 };
export type Padding = keyof typeof paddings;
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

export interface Axis {
  /** Places on the big and on the small side. */
  readonly big: number;
  readonly small: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** Zeros before and behind the big side. */
  readonly before: number;
  readonly behind: number;
}

export interface Window {
  readonly y: Axis;
  readonly x: Axis;
  /** Channels of the big and of the small side. */
  readonly c: number;
  readonly n: number;
}

export const pair = (value: Pair): readonly [number, number] => (typeof value === 'number' ? [value, value] : value);

/** Checks one number or two. */
export function checkPair(name: string, value: unknown, high = 4096): void {
  if (!Array.isArray(value)) {
    integer(name, value, 1, high);
    return;
  }
  if (value.length !== 2) throw wrongType(name, 'a number or two numbers', value);
  for (const side of value) integer(name, side, 1, high);
}

/** Checks the options of a window. `side`: of its sides. */
export const windowChecks = (side: Check = checkPair) => ({
  kernelSize: side,
  strides: maybe(side),
  padding: maybe(choice(paddings)),
  dilationRate: maybe(side),
});

/** Checks of one number, for layers over signals. */
export const checkLength: Check = (name, value) => {
  if (Array.isArray(value)) throw wrongValue(name, 'one number', value);
  checkPair(name, value);
};

/** The axis of a convolution of `big` places, as TensorFlow pads it. */
export function axis(big: number, kernel: number, stride: number, dilation: number, padding: Padding): Axis {
  const reach = (kernel - 1) * dilation + 1;
  const small = padding === 'same' ? Math.ceil(big / stride) : Math.floor((big - reach) / stride) + 1;
  const total = padding === 'same' ? Math.max((small - 1) * stride + reach - big, 0) : 0;
  const before = Math.floor(total / 2);
  return { big, small, kernel, stride, dilation, before, behind: total - before };
}

/** The axis of a transposed convolution from `small` places, as Keras sizes its output. */
export function transposedAxis(
  small: number,
  kernel: number,
  stride: number,
  dilation: number,
  padding: Padding,
): Axis {
  const reach = (kernel - 1) * dilation + 1;
  const big = padding === 'same' ? small * stride : small * stride + Math.max(reach - stride, 0);
  return axis(big, kernel, stride, dilation, padding);
}

/** `shape` as height, width, channels; where it is `flat`, a signal, as an image of one line. */
export function image(shape: Shape, name: string, flat = false): readonly [number, number, number] {
  const [expected, sides] = flat ? ['[length, channels]', [1, ...shape]] : ['[height, width, channels]', shape];
  if (sides.length !== 3) throw wrongValue(name, `an input of ${expected}`, shape);
  return sides as unknown as readonly [number, number, number];
}

/** Kernel, stride and distance of both axes. */
const sizesOf = (o: WindowOptions) => [pair(o.kernelSize), pair(o.strides ?? 1), pair(o.dilationRate ?? 1)] as const;

/** The axes of a convolution from the big side. Errors: RangeError when the window does not fit in. */
export function axes(o: WindowOptions, [h, w]: readonly number[], name: string): { y: Axis; x: Axis } {
  const [[kh, kw], [sh, sw], [dh, dw]] = sizesOf(o);
  const padding = o.padding ?? 'valid';
  const [y, x] = [axis(h!, kh, sh, dh, padding), axis(w!, kw, sw, dw, padding)];
  if (y.small < 1 || x.small < 1)
    throw wrongValue(name, `an input of at least [${(kh - 1) * dh + 1}, ${(kw - 1) * dw + 1}]`, [h, w]);
  return { y, x };
}

/** The axes of a transposed convolution from the small side. */
export function transposedAxes(o: WindowOptions, [h, w]: readonly number[]): { y: Axis; x: Axis } {
  const [[kh, kw], [sh, sw], [dh, dw]] = sizesOf(o);
  const padding = o.padding ?? 'valid';
  return { y: transposedAxis(h!, kh, sh, dh, padding), x: transposedAxis(w!, kw, sw, dw, padding) };
}
