import { convolution } from './conv/kind.ts';
import { type ConvOptions, checkConv, convWeights } from './conv/layer.ts';
import { axes, image, pair, type Window } from './conv/window.ts';
import { defineLayer, type LayerFactory, type Shape } from './layer.ts';

export type Conv2dOptions = ConvOptions;

const windowOf = (o: Conv2dOptions, input: Shape, name = 'conv2d'): Window => ({
  ...axes(o, image(input, name), name),
  c: input[2]!,
  n: o.filters,
});

/**
 * Two-dimensional convolution, channels last: activation(x * kernel + bias), kernel `[height, width, channels,
 * filters]` as in Keras. `[height, width, channels]` becomes `[.., .., filters]`. Errors: TypeError, RangeError on
 * wrong options, or when the window does not fit into the input.
 */
export const conv2d: LayerFactory<ConvOptions> = /* @__PURE__ */ defineLayer(
  /* @__PURE__ */ convolution<Conv2dOptions>(
    {
      type: 'conv2d',
      check: checkConv,

      shape(o, input, name) {
        const { y, x } = windowOf(o, input, name);
        return [y.small, x.small, o.filters];
      },

      weights(o, input) {
        const [kh, kw] = pair(o.kernelSize);
        const c = input[2]!;
        return convWeights(o, [kh, kw, c, o.filters], kh * kw * c, kh * kw * o.filters, o.filters);
      },
    },
    windowOf,
  ),
);
