import { defineLayer, type LayerFactory } from '../engine/define-layer.ts';
import { defineDepthwise } from './conv/depthwise-layer.ts';
import type { ConvOptions } from './conv/layer.ts';

/** Options of `separableConv2d`. */
export interface SeparableConv2dOptions extends ConvOptions {
  /** Output channels of the depthwise convolution per input channel. Default 1. */
  readonly depthMultiplier?: number;
}

/**
 * Depthwise convolution, then a product over the channels (Chollet, 2017): kernels `depthwiseKernel` `[height, width,
 * channels, depthMultiplier]` and `pointwiseKernel` `[1, 1, channels · depthMultiplier, filters]` as in Keras.
 * Errors: as `conv2d`.
 *
 * @example
 * ```ts
 * import { autoencoder, conv2d, separableConv2d } from 'isthmus';
 *
 * const encoder = [separableConv2d({ filters: 8, kernelSize: 3, padding: 'same', activation: 'relu' })];
 * const model = await autoencoder({ input: [16, 16, 3], encoder, decoder: [conv2d({ filters: 3, kernelSize: 1 })] });
 * console.log(model.weights['encoder.0.depthwiseKernel']!.shape, model.weights['encoder.0.pointwiseKernel']!.shape);
 * // prints [ 3, 3, 3, 1 ] [ 1, 1, 3, 8 ]
 * ```
 */
export const separableConv2d: LayerFactory<SeparableConv2dOptions> = /* @__PURE__ */ defineLayer(
  /* @__PURE__ */ defineDepthwise({ type: 'separableConv2d', separable: true }),
);
