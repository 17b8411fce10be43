import { defineLayer, type LayerFactory } from '../engine/define-layer.ts';
import { type ConvOptions, defineConvolution } from './conv/layer.ts';

/** Options of `conv2d`. */
export type Conv2dOptions = ConvOptions;

/**
 * Two-dimensional convolution, channels last: activation(x * kernel + bias), kernel `[height, width, channels,
 * filters]` as in Keras. `[height, width, channels]` becomes `[.., .., filters]`. Errors: TypeError, RangeError on
 * wrong options, or when the window does not fit into the input.
 *
 * @example
 * ```ts
 * import { autoencoder, conv2d, upSampling2d } from 'isthmus';
 *
 * const encoder = [conv2d({ filters: 8, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' })];
 * const decoder = [upSampling2d(), conv2d({ filters: 1, kernelSize: 3, padding: 'same', activation: 'sigmoid' })];
 * const model = await autoencoder({ input: [28, 28, 1], encoder, decoder });
 * console.log(model.latentShape, model.weights['encoder.0.kernel']!.shape);
 * // prints [ 14, 14, 8 ] [ 3, 3, 1, 8 ]
 * ```
 */
export const conv2d: LayerFactory<ConvOptions> = /* @__PURE__ */ defineLayer(
  /* @__PURE__ */ defineConvolution({ type: 'conv2d' }),
);
