import { defineLayer, type LayerFactory } from '../engine/define-layer.ts';
import { type ConvOptions, defineConvolution } from './conv/layer.ts';

/** Options of `conv2dTranspose`. */
export type Conv2dTransposeOptions = ConvOptions;

/**
 * Transposed convolution, channels last, kernel `[height, width, filters, channels]` as in Keras. With `same` an
 * axis becomes size · stride, with `valid` size · stride + max(kernel - stride, 0). Errors: as `conv2d`.
 */
export const conv2dTranspose: LayerFactory<ConvOptions> = /* @__PURE__ */ defineLayer(
  /* @__PURE__ */ defineConvolution({ type: 'conv2dTranspose', transposed: true }),
);
