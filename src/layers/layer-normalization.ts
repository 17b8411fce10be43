import { checkAxes, lastAxis } from '../core/shape.ts';
import { layerOptions } from '../core/validate.ts';
import { defineLayer, type LayerFactory } from '../engine/define-layer.ts';
import { type AffineOptions, affineAddresses, affineOptions, affineWeights } from './affine.ts';

/** Options of `layerNormalization`. */
export type LayerNormalizationOptions = AffineOptions;

/**
 * (x - mean) / √(variance + epsilon) · gamma + beta, with the mean and the variance of the last axis at each position (Ba et al.,
 * 2016). The shape stays. Errors: TypeError, RangeError on wrong options or an input without axes.
 *
 * @example
 * ```ts
 * import { autoencoder, dense, layerNormalization } from 'isthmus';
 *
 * const model = await autoencoder({ input: [4], encoder: [layerNormalization()], decoder: [dense({ units: 4 })] });
 * const code = model.encode(Float32Array.of(100, 200, 300, 400));
 * console.log(Array.from(code, (value) => value.toFixed(2)));
 * // prints [ '-1.34', '-0.45', '0.45', '1.34' ]
 * ```
 */
export const layerNormalization: LayerFactory<LayerNormalizationOptions> =
  /* @__PURE__ */ defineLayer<LayerNormalizationOptions>({
    type: 'layerNormalization',
    meansOfRows: () => true,

    check: (o, name) => layerOptions(name, o, affineOptions()),

    outputShape(_, input, name) {
      checkAxes(input, name);
      return input;
    },

    weights: affineWeights,

    forward(k, c, o) {
      const n = lastAxis(c.inputShape);
      const [gamma, beta] = affineAddresses(c.weights, o) as [number, number];
      k.layerNormalize(c.y, c.x, gamma, beta, (c.rows * c.inputSize) / n, n, o.epsilon ?? 0.001);
    },

    backward(k, c, o) {
      const n = lastAxis(c.inputShape);
      const [gamma] = affineAddresses(c.weights, o) as [number];
      const [dGamma, dBeta] = affineAddresses(c.gradients, o) as [number, number];
      for (const gradient of [dGamma, dBeta]) if (gradient) k.clear(gradient, n);
      const rows = (c.rows * c.inputSize) / n;
      k.layerNormalizeBackward(c.dx, dGamma, dBeta, c.dy, c.x, gamma, rows, n, o.epsilon ?? 0.001);
    },
  });
