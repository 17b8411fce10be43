import { convolution } from './conv/kind.ts';
import { type ConvOptions, checkConv, convWeights } from './conv/layer.ts';
import { image, pair, transposedAxes, type Window } from './conv/window.ts';
import { defineLayer, type LayerFactory, type Shape } from './layer.ts';

export type Conv2dTransposeOptions = ConvOptions;

/** The input is the small side, the output the big one. */
const windowOf = (o: Conv2dTransposeOptions, input: Shape, name = 'conv2dTranspose'): Window => ({
  ...transposedAxes(o, image(input, name)),
  c: o.filters,
  n: input[2]!,
});

/**
 * Transposed convolution, channels last, kernel `[height, width, filters, channels]` as in Keras. With `same` an
 * axis becomes size · stride, with `valid` size · stride + max(kernel - stride, 0). Errors: as `conv2d`.
 */
export const conv2dTranspose: LayerFactory<ConvOptions> = /* @__PURE__ */ defineLayer(
  /* @__PURE__ */ convolution<Conv2dTransposeOptions>(
    {
      type: 'conv2dTranspose',
      check: checkConv,

      shape(o, input, name) {
        const { y, x } = windowOf(o, input, name);
        return [y.big, x.big, o.filters];
      },

      weights(o, input) {
        const [kh, kw] = pair(o.kernelSize);
        const n = input[2]!;
        return convWeights(o, [kh, kw, o.filters, n], kh * kw * n, kh * kw * o.filters, o.filters);
      },
    },
    windowOf,
    true,
  ),
);
