import { wrongValue } from '../errors.ts';
import { convolution } from './conv/kind.ts';
import { type ConvOptions, checkConv, convWeights } from './conv/layer.ts';
import { axis, checkLength, image, type Window } from './conv/window.ts';
import { defineLayer, type LayerFactory, type Shape } from './layer.ts';

export interface Conv1dOptions extends Omit<ConvOptions, 'kernelSize' | 'strides' | 'dilationRate'> {
  /** Length of the window. */
  readonly kernelSize: number;
  /** Default 1. */
  readonly strides?: number;
  /** Default 1. */
  readonly dilationRate?: number;
}

/** An image of one line. */
function windowOf(o: Conv1dOptions, input: Shape, name = 'conv1d'): Window {
  const [, length, c] = image(input, name, true);
  const x = axis(length, o.kernelSize, o.strides ?? 1, o.dilationRate ?? 1, o.padding ?? 'valid');
  if (x.small < 1)
    throw wrongValue(name, `an input of at least ${(o.kernelSize - 1) * (o.dilationRate ?? 1) + 1}`, length);
  return { y: axis(1, 1, 1, 1, 'valid'), x, c, n: o.filters };
}

/**
 * One-dimensional convolution, channels last, kernel `[length, channels, filters]` as in Keras. `[length, channels]`
 * becomes `[.., filters]`. Errors: as `conv2d`.
 */
export const conv1d: LayerFactory<Conv1dOptions> = /* @__PURE__ */ defineLayer(
  /* @__PURE__ */ convolution<Conv1dOptions>(
    {
      type: 'conv1d',

      check: (o, name) => checkConv(o, name, checkLength),

      shape: (o, input, name) => [windowOf(o, input, name).x.small, o.filters],

      weights(o, input) {
        const c = input[1]!;
        return convWeights(o, [o.kernelSize, c, o.filters], o.kernelSize * c, o.kernelSize * o.filters, o.filters);
      },
    },
    windowOf,
  ),
);
