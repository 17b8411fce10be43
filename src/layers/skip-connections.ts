// Layers that wrap other layers and join their output with their own input.

import { wrongValue } from '../core/errors.ts';
import { lastAxis } from '../core/shape.ts';
import { layerOptions } from '../core/validate.ts';
import { checkLayers, defineLayer, type LayerFactory } from '../engine/define-layer.ts';
import type { JoinCall, LayerCall } from '../engine/layer-call.ts';
import type { Layer } from '../engine/layer-definition.ts';

/** Options of `residual` and `skip`. */
export interface PathOptions {
  /** The wrapped layers, at least one. */
  readonly layers: readonly Layer[];
}

const checkPath = (o: PathOptions, name: string): void => void layerOptions(name, o, { layers: checkLayers });

/**
 * The output of a list of layers plus their input (He et al., 2015). Errors: TypeError, RangeError on wrong layers or when the
 * output has another shape than the input.
 *
 * @example
 * ```ts
 * import { autoencoder, conv2d, residual } from 'isthmus';
 *
 * const block = residual({
 *   layers: [
 *     conv2d({ filters: 8, kernelSize: 3, padding: 'same', activation: 'relu' }),
 *     conv2d({ filters: 8, kernelSize: 3, padding: 'same' }),
 *   ],
 * });
 * const encoder = [conv2d({ filters: 8, kernelSize: 3, padding: 'same' }), block];
 * const model = await autoencoder({ input: [16, 16, 1], encoder, decoder: [conv2d({ filters: 1, kernelSize: 1 })] });
 * console.log(model.latentShape);
 * // prints [ 16, 16, 8 ]
 * ```
 */
export const residual: LayerFactory<PathOptions> = /* @__PURE__ */ defineLayer<PathOptions, JoinCall>({
  type: 'residual',
  rowwise: true,
  check: checkPath,
  innerLayers: (o) => o.layers,

  outputShape(_, input, name, inner) {
    if (inner!.join() === input.join()) return input;
    throw wrongValue(`${name}.layers`, `an output of the input's shape [${input.join(', ')}]`, inner);
  },

  forward: (k, c) => k.add(c.y, c.x, c.skipInput, c.rows * c.outputSize),

  backward(k, c) {
    const n = c.rows * c.outputSize;
    if (c.dx) k.copy(c.dx, c.dy, n);
    if (c.skipInputGradient) k.copy(c.skipInputGradient, c.dy, n);
  },
});

/** Number of positions, and the channels of the layer's own input, of the wrapped layers and of the output. */
function skipSizes(c: LayerCall) {
  const innerChannels = lastAxis(c.inputShape);
  const positions = (c.rows * c.inputSize) / innerChannels;
  const outputChannels = (c.rows * c.outputSize) / positions;
  return { positions, inputChannels: outputChannels - innerChannels, innerChannels, outputChannels };
}

/**
 * A U-Net connection (Ronneberger et al., 2015): the channels of the input, then those of the output of a list of layers. Errors:
 * TypeError, RangeError on wrong layers or when other axes than the last one differ.
 *
 * @example
 * ```ts
 * import { autoencoder, conv2d, conv2dTranspose, skip } from 'isthmus';
 *
 * // A U-Net of one level: the last convolution sees the input and the processed picture.
 * const level = skip({
 *   layers: [
 *     conv2d({ filters: 16, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' }),
 *     conv2dTranspose({ filters: 8, kernelSize: 4, strides: 2, padding: 'same', activation: 'relu' }),
 *   ],
 * });
 * const decoder = [conv2d({ filters: 1, kernelSize: 3, padding: 'same' })];
 * const model = await autoencoder({ input: [16, 16, 1], encoder: [level], decoder });
 * console.log(model.latentShape);
 * // prints [ 16, 16, 9 ]
 * ```
 */
export const skip: LayerFactory<PathOptions> = /* @__PURE__ */ defineLayer<PathOptions, JoinCall>({
  type: 'skip',
  rowwise: true,
  check: checkPath,
  innerLayers: (o) => o.layers,

  outputShape(_, input, name, inner) {
    const fits = inner!.length === input.length && inner!.slice(0, -1).join() === input.slice(0, -1).join();
    if (fits) return [...input.slice(0, -1), lastAxis(input) + lastAxis(inner!)];
    throw wrongValue(`${name}.layers`, `an output like the input [${input.join(', ')}] but for the last axis`, inner);
  },

  forward(k, c) {
    const { positions, inputChannels, innerChannels, outputChannels } = skipSizes(c);
    k.copyColumns(c.y, outputChannels, 0, c.skipInput, inputChannels, 0, inputChannels, positions);
    k.copyColumns(c.y, outputChannels, inputChannels, c.x, innerChannels, 0, innerChannels, positions);
  },

  backward(k, c) {
    const { positions, inputChannels, innerChannels, outputChannels } = skipSizes(c);
    if (c.dx) k.copyColumns(c.dx, innerChannels, 0, c.dy, outputChannels, inputChannels, innerChannels, positions);
    if (c.skipInputGradient)
      k.copyColumns(c.skipInputGradient, inputChannels, 0, c.dy, outputChannels, 0, inputChannels, positions);
  },
});
