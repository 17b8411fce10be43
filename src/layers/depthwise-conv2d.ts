import { defineLayer, type LayerFactory } from '../engine/define-layer.ts';
import type { LayerDefinition } from '../engine/layer-definition.ts';
import { defineDepthwise } from './conv/depthwise-layer.ts';
import type { ConvOptions } from './conv/layer.ts';

/** Options of `depthwiseConv2d`. */
export interface DepthwiseConv2dOptions extends Omit<ConvOptions, 'filters'> {
  /** Output channels per input channel. Default 1. */
  readonly depthMultiplier?: number;
}

/**
 * Convolves each channel with its own filters, kernel `[height, width, channels, depthMultiplier]` as in Keras.
 * `[height, width, channels]` becomes `[.., .., channels · depthMultiplier]`. Errors: as `conv2d`.
 *
 * @example
 * ```ts
 * import { autoencoder, conv2d, depthwiseConv2d } from 'isthmus';
 *
 * const encoder = [depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, padding: 'same', activation: 'relu' })];
 * const model = await autoencoder({ input: [16, 16, 3], encoder, decoder: [conv2d({ filters: 3, kernelSize: 1 })] });
 * console.log(model.latentShape, model.weights['encoder.0.kernel']!.shape);
 * // prints [ 16, 16, 6 ] [ 3, 3, 3, 2 ]
 * ```
 */
export const depthwiseConv2d: LayerFactory<DepthwiseConv2dOptions> = /* @__PURE__ */ defineLayer(
  /* @__PURE__ */ defineDepthwise({
    type: 'depthwiseConv2d',
    separable: false,
  }) as LayerDefinition<DepthwiseConv2dOptions>,
);
