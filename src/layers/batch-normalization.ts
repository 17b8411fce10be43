import { checkAxes, lastAxis } from '../core/shape.ts';
import { halfOpenUnitInterval, layerOptions, optional } from '../core/validate.ts';
import { defineLayer, type LayerFactory } from '../engine/define-layer.ts';
import { constantWeight } from '../engine/layer-definition.ts';
import { type AffineOptions, affineAddresses, affineOptions, affineWeights } from './affine.ts';

/** Options of `batchNormalization`. */
export interface BatchNormalizationOptions extends AffineOptions {
  /**
   * Fraction of the running statistics that a step keeps, in [0, 1). Default 0.99. A short last batch changes them less, in
   * proportion to its rows.
   */
  readonly momentum?: number;
}

/** Bytes of one value per channel, a multiple of 16. */
const channelBytes = (channels: number): number => Math.ceil(channels / 4) * 16;

/**
 * (x - mean) / √(variance + epsilon) · gamma + beta for each channel (Ioffe and Szegedy, 2015): with the statistics of the batch in
 * training, with the running statistics `movingMean` and `movingVariance` at inference. The shape stays. The running variance is
 * the unbiased estimate, rows / (rows - 1) times the variance of a batch, as in the paper and in PyTorch. A batch with one value
 * per channel has no variance: it is normalized by the running statistics and does not change them. Defaults of Keras. Errors:
 * TypeError, RangeError on wrong options or an input without axes.
 *
 * @example
 * ```ts
 * import { activation, autoencoder, batchNormalization, dense } from 'isthmus';
 *
 * const encoder = [dense({ units: 4, useBias: false }), batchNormalization(), activation({ activation: 'relu' })];
 * const model = await autoencoder({ input: [8], encoder, decoder: [dense({ units: 8 })] }, { seed: 1 });
 * console.log(Object.keys(model.weights).filter((name) => name.startsWith('encoder.1')));
 * // prints [
 * // prints   'encoder.1.gamma',
 * // prints   'encoder.1.beta',
 * // prints   'encoder.1.movingMean',
 * // prints   'encoder.1.movingVariance'
 * // prints ]
 * ```
 */
export const batchNormalization: LayerFactory<BatchNormalizationOptions> =
  /* @__PURE__ */ defineLayer<BatchNormalizationOptions>({
    type: 'batchNormalization',

    check: (o, name) => layerOptions(name, o, { momentum: optional(halfOpenUnitInterval), ...affineOptions() }),

    outputShape(_, input, name) {
      checkAxes(input, name);
      return input;
    },

    weights: (o, input) => [
      ...affineWeights(o, input),
      constantWeight('movingMean', lastAxis(input), 'zeros', true),
      constantWeight('movingVariance', lastAxis(input), 'ones', true),
    ],

    // Mean and variance of the batch.
    saved: (_, input) => channelBytes(lastAxis(input)) / 2,
    // Factor and shift of each channel.
    workspace: (_, input) => channelBytes(lastAxis(input)) * 2,

    forward(k, c, o) {
      const n = lastAxis(c.inputShape);
      const { momentum = 0.99, epsilon = 0.001 } = o;
      const [gamma, beta, mean, variance] = affineAddresses(c.weights, o) as [number, number, number, number];
      const rows = (c.rows * c.inputSize) / n;
      const shift = c.workspace + channelBytes(n);
      const batch = rows > 1 ? c.training : undefined;
      const [m, v] = batch ? [c.saved, c.saved + channelBytes(n)] : [mean, variance];
      if (batch) {
        const rate = batch.updateStatistics ? (1 - momentum) * batch.fraction : 0;
        k.batchMoments(m, v, c.x, rows, n, mean, variance, rate);
      }
      k.batchNormScaleShift(c.workspace, shift, m, v, gamma, beta, n, epsilon);
      k.affine(c.y, c.x, c.workspace, shift, rows, n);
    },

    backward(k, c, o) {
      const n = lastAxis(c.inputShape);
      const [gamma, , mean, variance] = affineAddresses(c.weights, o) as [number, number, number, number];
      const [dGamma, dBeta] = affineAddresses(c.gradients, o) as [number, number];
      const rows = (c.rows * c.inputSize) / n;
      const ofBatch = rows > 1;
      const [m, v] = ofBatch ? [c.saved, c.saved + channelBytes(n)] : [mean, variance];
      const { epsilon = 0.001 } = o;
      k.batchNormalizeBackward(c.dx, dGamma, dBeta, c.dy, c.x, m, v, gamma, rows, n, epsilon, ofBatch ? 1 / rows : 0);
    },
  });
