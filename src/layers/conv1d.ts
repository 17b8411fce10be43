import { defineLayer, type LayerFactory } from '../engine/define-layer.ts';
import type { LayerDefinition } from '../engine/layer-definition.ts';
import { type ConvOptions, defineConvolution } from './conv/layer.ts';

/** Options of `conv1d`. */
export interface Conv1dOptions extends Omit<ConvOptions, 'kernelSize' | 'strides' | 'dilationRate'> {
  /** Length of the window. */
  readonly kernelSize: number;
  /** Default 1. */
  readonly strides?: number;
  /** Default 1. */
  readonly dilationRate?: number;
}

/**
 * One-dimensional convolution, channels last, kernel `[length, channels, filters]` as in Keras. `[length, channels]`
 * becomes `[.., filters]`. Errors: as `conv2d`.
 *
 * @example
 * ```ts
 * import { autoencoder, conv1d, upSampling1d } from 'isthmus';
 *
 * const encoder = [conv1d({ filters: 8, kernelSize: 5, strides: 2, padding: 'same', activation: 'relu' })];
 * const decoder = [upSampling1d({ size: 2 }), conv1d({ filters: 1, kernelSize: 5, padding: 'same' })];
 * const model = await autoencoder({ input: [64, 1], encoder, decoder });
 * console.log(model.latentShape, model.outputShape);
 * // prints [ 32, 8 ] [ 64, 1 ]
 * ```
 */
export const conv1d: LayerFactory<Conv1dOptions> = /* @__PURE__ */ defineLayer<Conv1dOptions>(
  /* @__PURE__ */ defineConvolution({ type: 'conv1d', signal: true }) as LayerDefinition<Conv1dOptions>,
);
