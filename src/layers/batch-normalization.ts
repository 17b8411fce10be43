import { fields, fraction, maybe } from '../check.ts';
import { constant, defineLayer, type LayerFactory } from './layer.ts';
import {
  channelsOf,
  factors,
  type NormalizationOptions,
  normalizationChecks,
  parts,
  sameShape,
} from './normalization.ts';

export interface BatchNormalizationOptions extends NormalizationOptions {
  /** Share of the running statistics that stays at a step, in [0, 1). Default 0.99. */
  readonly momentum?: number;
}

/**
 * Each channel to mean 0 and variance 1, then times `gamma` plus `beta` (Ioffe and Szegedy, 2015): over the batch while
 * training, by the running statistics `movingMean` and `movingVariance` at inference. Defaults of Keras.
 */
export const batchNormalization: LayerFactory<BatchNormalizationOptions> =
  /* @__PURE__ */ defineLayer<BatchNormalizationOptions>({
    type: 'batchNormalization',

    check: (o, name) => void fields(name, o, { momentum: maybe(fraction), ...normalizationChecks() }),

    shape: sameShape,

    weights: (o, input) => [
      ...factors(o, input),
      constant('movingMean', channelsOf(input), 'zeros', true),
      constant('movingVariance', channelsOf(input), 'ones', true),
    ],

    // Mean and variance of the batch.
    saved: (_, input) => 2 * Math.ceil(channelsOf(input) / 4) * 4,
    // Factor and shift of each channel.
    workspace: (_, input) => 2 * Math.ceil(channelsOf(input) / 4) * 16,

    forward(k, c, o) {
      const n = channelsOf(c.inputShape);
      const { momentum = 0.99, epsilon = 0.001 } = o;
      const { gamma, beta, rest } = parts(c.weights, o);
      const [mean, variance] = rest as [number, number];
      const rows = (c.rows * c.inputSize) / n;
      const side = Math.ceil(n / 4) * 16;
      const [m, v] = c.training ? [c.saved, c.saved + side] : [mean, variance];
      if (c.training) k.moments(m, v, c.x, rows, n, mean, variance, c.beside ? 0 : 1 - momentum);
      k.fold(c.workspace, c.workspace + side, m, v, gamma, beta, n, epsilon);
      k.affine(c.y, c.x, c.workspace, c.workspace + side, rows, n);
    },

    backward(k, c, o) {
      const n = channelsOf(c.inputShape);
      const { gamma } = parts(c.weights, o);
      const d = parts(c.gradients, o);
      const rows = (c.rows * c.inputSize) / n;
      const variance = c.saved + Math.ceil(n / 4) * 16;
      k.momentsBackward(c.dx, d.gamma, d.beta, c.dy, c.x, c.saved, variance, gamma, rows, n, o.epsilon ?? 0.001);
    },
  });
