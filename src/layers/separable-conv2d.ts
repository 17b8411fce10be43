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
 */
export const separableConv2d: LayerFactory<SeparableConv2dOptions> = /* @__PURE__ */ defineLayer(
  /* @__PURE__ */ defineDepthwise({ type: 'separableConv2d', separable: true }),
);
