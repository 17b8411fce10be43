// The factories of quantized convolutions.

import { defineLayer, type LayerFactory } from '../../engine/define-layer.ts';
import type { LayerDefinition } from '../../engine/layer-definition.ts';
import { defineQuantizedWindows, type QuantizedConvOptions, type QuantizedDepthwiseOptions } from './window-layer.ts';

/**
 * `conv2d` with 8-bit weights and inputs, which `quantize` makes; `loadModel` takes this factory in `layers`. Its weights are as those
 * of `quantizedDense`: `kernel` `[height, width, channels, filters]`, `kernel.scale`, `bias`, `input`. Shapes and options are those
 * of `conv2d`. `fit` refuses it. Errors: as `conv2d`; RangeError for a window of more than 32,896 values, whose sums could exceed
 * 32 bits.
 *
 * @example
 * ```ts
 * import { autoencoder, conv2d, loadModel, quantize, quantizedConv2d, saveModel } from 'isthmus';
 *
 * const encoder = [conv2d({ filters: 8, kernelSize: 3, padding: 'same', activation: 'relu' })];
 * const decoder = [conv2d({ filters: 1, kernelSize: 3, padding: 'same' })];
 * const model = await autoencoder({ input: [8, 8, 1], encoder, decoder }, { seed: 1 });
 * const small = await quantize(model, Float32Array.from({ length: 640 }, (_, i) => Math.sin(i)));
 * const loaded = await loadModel(saveModel(small), { layers: [quantizedConv2d] });
 * console.log(loaded.spec.encoder[0]!.type);
 * // prints quantizedConv2d
 * ```
 */
export const quantizedConv2d: LayerFactory<QuantizedConvOptions> = /* @__PURE__ */ defineLayer(
  /* @__PURE__ */ defineQuantizedWindows({ type: 'quantizedConv2d' }) as LayerDefinition<QuantizedConvOptions>,
);

/**
 * `conv1d` with 8-bit weights and inputs: see `quantizedConv2d`. `kernel` is `[length, channels, filters]`. Errors: as
 * `quantizedConv2d`.
 *
 * @example
 * ```ts
 * import { autoencoder, conv1d, quantize } from 'isthmus';
 *
 * const encoder = [conv1d({ filters: 8, kernelSize: 3, padding: 'same', activation: 'relu' })];
 * const decoder = [conv1d({ filters: 1, kernelSize: 3, padding: 'same' })];
 * const model = await autoencoder({ input: [16, 1], encoder, decoder }, { seed: 1 });
 * const small = await quantize(model, Float32Array.from({ length: 160 }, (_, i) => Math.sin(i)));
 * console.log(small.spec.encoder[0]!.type);
 * // prints quantizedConv1d
 * ```
 */
export const quantizedConv1d: LayerFactory<QuantizedConvOptions> = /* @__PURE__ */ defineLayer(
  /* @__PURE__ */ defineQuantizedWindows({
    type: 'quantizedConv1d',
    signal: true,
  }) as LayerDefinition<QuantizedConvOptions>,
);

/**
 * `conv2dTranspose` with 8-bit weights and inputs: see `quantizedConv2d`. `kernel` is `[height, width, filters, channels]`,
 * `kernel.scale` is `[filters, 1]`. Errors: as `quantizedConv2d`.
 *
 * @example
 * ```ts
 * import { autoencoder, conv2d, conv2dTranspose, quantize } from 'isthmus';
 *
 * const encoder = [conv2d({ filters: 8, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' })];
 * const decoder = [conv2dTranspose({ filters: 1, kernelSize: 3, strides: 2, padding: 'same' })];
 * const model = await autoencoder({ input: [8, 8, 1], encoder, decoder }, { seed: 1 });
 * const small = await quantize(model, Float32Array.from({ length: 640 }, (_, i) => Math.sin(i)));
 * console.log(small.spec.decoder![0]!.type);
 * // prints quantizedConv2dTranspose
 * ```
 */
export const quantizedConv2dTranspose: LayerFactory<QuantizedConvOptions> = /* @__PURE__ */ defineLayer(
  /* @__PURE__ */ defineQuantizedWindows({
    type: 'quantizedConv2dTranspose',
    transposed: true,
  }) as LayerDefinition<QuantizedConvOptions>,
);

/**
 * `depthwiseConv2d` with 8-bit weights and inputs: see `quantizedConv2d`. `kernel` is `[height, width, channels, multiplier]`,
 * `kernel.scale` is `[channels, multiplier]`. Errors: as `quantizedConv2d`.
 *
 * @example
 * ```ts
 * import { autoencoder, conv2d, depthwiseConv2d, quantize } from 'isthmus';
 *
 * const encoder = [depthwiseConv2d({ kernelSize: 3, padding: 'same', activation: 'relu' })];
 * const decoder = [conv2d({ filters: 2, kernelSize: 1 })];
 * const model = await autoencoder({ input: [8, 8, 2], encoder, decoder }, { seed: 1 });
 * const small = await quantize(model, Float32Array.from({ length: 1280 }, (_, i) => Math.sin(i)));
 * console.log(small.spec.encoder[0]!.type);
 * // prints quantizedDepthwiseConv2d
 * ```
 */
export const quantizedDepthwiseConv2d: LayerFactory<QuantizedDepthwiseOptions> = /* @__PURE__ */ defineLayer(
  /* @__PURE__ */ defineQuantizedWindows({
    type: 'quantizedDepthwiseConv2d',
    depthwise: true,
  }) as LayerDefinition<QuantizedDepthwiseOptions>,
);
