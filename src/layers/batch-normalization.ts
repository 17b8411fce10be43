import { boolean, fraction, options, positive } from '../check.ts';
import { wrongValue } from '../errors.ts';
import { type Call, constant, defineLayer, type LayerFactory } from './layer.ts';

export interface BatchNormalizationOptions {
  /** Share of the running statistics that stays at a step, in [0, 1). Default 0.99. */
  readonly momentum?: number;
  /** Added to the variance. Default 0.001. */
  readonly epsilon?: number;
  /** Learns a shift `beta`. Default true. */
  readonly center?: boolean;
  /** Learns a factor `gamma`. Default true. */
  readonly scale?: boolean;
}

/** Addresses of the weights that there are; 0 for those there are not. */
function parts(addresses: readonly number[], o: BatchNormalizationOptions) {
  let i = 0;
  const gamma = o.scale === false ? 0 : addresses[i++]!;
  const beta = o.center === false ? 0 : addresses[i++]!;
  return { gamma, beta, mean: addresses[i]!, variance: addresses[i + 1]! };
}

const channels = (c: Call): number => c.inputShape[c.inputShape.length - 1]!;

/**
 * Each channel to mean 0 and variance 1, then times `gamma` plus `beta` (Ioffe and Szegedy, 2015): over the batch while
 * training, by the running statistics `movingMean` and `movingVariance` at inference. Defaults of Keras.
 */
export const batchNormalization: LayerFactory<BatchNormalizationOptions> = /* @__PURE__ */ defineLayer({
  type: 'batchNormalization',

  check(o, name) {
    options(name, o, ['type', 'momentum', 'epsilon', 'center', 'scale']);
    if (o.momentum !== undefined) fraction(`${name}.momentum`, o.momentum);
    if (o.epsilon !== undefined) positive(`${name}.epsilon`, o.epsilon);
    if (o.center !== undefined) boolean(`${name}.center`, o.center);
    if (o.scale !== undefined) boolean(`${name}.scale`, o.scale);
  },

  shape(_, input, name) {
    if (input.length === 0) throw wrongValue(name, 'an input with at least one axis', input);
    return input;
  },

  weights(o, input) {
    const size = input[input.length - 1]!;
    return [
      ...(o.scale === false ? [] : [constant('gamma', size, 'ones')]),
      ...(o.center === false ? [] : [constant('beta', size, 'zeros')]),
      constant('movingMean', size, 'zeros', true),
      constant('movingVariance', size, 'ones', true),
    ];
  },

  // Mean and variance of the batch.
  saved: (_, input) => 2 * Math.ceil(input[input.length - 1]! / 4) * 4,
  // Factor and shift of each channel.
  workspace: (_, input) => 2 * Math.ceil(input[input.length - 1]! / 4) * 16,

  forward(k, c, o) {
    const n = channels(c);
    const { momentum = 0.99, epsilon = 0.001 } = o;
    const { gamma, beta, mean, variance } = parts(c.weights, o);
    const rows = (c.rows * c.inputSize) / n;
    const side = Math.ceil(n / 4) * 16;
    const [m, v] = c.training ? [c.saved, c.saved + side] : [mean, variance];
    if (c.training) k.moments(m, v, c.x, rows, n, mean, variance, c.beside ? 0 : 1 - momentum);
    k.fold(c.workspace, c.workspace + side, m, v, gamma, beta, n, epsilon);
    k.affine(c.y, c.x, c.workspace, c.workspace + side, rows, n);
  },

  backward(k, c, o) {
    const n = channels(c);
    const { gamma } = parts(c.weights, o);
    const d = parts(c.gradients, o);
    const rows = (c.rows * c.inputSize) / n;
    const variance = c.saved + Math.ceil(n / 4) * 16;
    k.momentsBackward(c.dx, d.gamma, d.beta, c.dy, c.x, c.saved, variance, gamma, rows, n, o.epsilon ?? 0.001);
  },
});
