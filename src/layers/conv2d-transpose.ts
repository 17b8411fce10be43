import { defineLayer, type LayerFactory } from '../engine/define-layer.ts';
import { type ConvOptions, defineConvolution } from './conv/layer.ts';

/** Options of `conv2dTranspose`. */
export type Conv2dTransposeOptions = ConvOptions;

/**
 * Transposed convolution, channels last, kernel `[height, width, filters, channels]` as in Keras. With `same` an
 * axis becomes size · stride, with `valid` size · stride + max(kernel - stride, 0). Errors: as `conv2d`.
 *
 * @example
 * ```ts
 * import { autoencoder, conv2d, conv2dTranspose } from 'isthmus';
 *
 * const encoder = [conv2d({ filters: 8, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' })];
 * const decoder = [conv2dTranspose({ filters: 1, kernelSize: 4, strides: 2, padding: 'same', activation: 'sigmoid' })];
 * const model = await autoencoder({ input: [28, 28, 1], encoder, decoder });
 * console.log(model.latentShape, model.outputShape);
 * // prints [ 14, 14, 8 ] [ 28, 28, 1 ]
 * ```
 */
export const conv2dTranspose: LayerFactory<ConvOptions> = /* @__PURE__ */ defineLayer(
  /* @__PURE__ */ defineConvolution({ type: 'conv2dTranspose', transposed: true }),
);
