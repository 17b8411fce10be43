import { defineLayer, type LayerFactory } from '../engine/define-layer.ts';
import { type ConvOptions, defineConvolution } from './conv/layer.ts';

/** Options of `conv2d`. */
export type Conv2dOptions = ConvOptions;

/**
 * Two-dimensional convolution, channels last: activation(x * kernel + bias), kernel `[height, width, channels,
 * filters]` as in Keras. `[height, width, channels]` becomes `[.., .., filters]`. Errors: TypeError, RangeError on
 * wrong options, or when the window does not fit into the input.
 */
export const conv2d: LayerFactory<ConvOptions> = /* @__PURE__ */ defineLayer(
  /* @__PURE__ */ defineConvolution({ type: 'conv2d' }),
);
