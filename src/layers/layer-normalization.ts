import { boolean, options, positive } from '../check.ts';
import { wrongValue } from '../errors.ts';
import { constant, defineLayer, type LayerFactory } from './layer.ts';

export interface LayerNormalizationOptions {
  /** Added to the variance. Default 0.001. */
  readonly epsilon?: number;
  /** Learns a shift `beta`. Default true. */
  readonly center?: boolean;
  /** Learns a factor `gamma`. Default true. */
  readonly scale?: boolean;
}

function parts(addresses: readonly number[], o: LayerNormalizationOptions): { gamma: number; beta: number } {
  const gamma = o.scale === false ? 0 : addresses[0]!;
  return { gamma, beta: o.center === false ? 0 : addresses[gamma ? 1 : 0]! };
}

/** The last axis to mean 0 and variance 1 at every place, then times `gamma` plus `beta` (Ba et al., 2016). */
export const layerNormalization: LayerFactory<LayerNormalizationOptions> = /* @__PURE__ */ defineLayer({
  type: 'layerNormalization',

  check(o, name) {
    options(name, o, ['type', 'epsilon', 'center', 'scale']);
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
    ];
  },

  forward(k, c, o) {
    const n = c.inputShape[c.inputShape.length - 1]!;
    const { gamma, beta } = parts(c.weights, o);
    k.layerNormalize(c.y, c.x, gamma, beta, (c.rows * c.inputSize) / n, n, o.epsilon ?? 0.001);
  },

  backward(k, c, o) {
    const n = c.inputShape[c.inputShape.length - 1]!;
    const { gamma } = parts(c.weights, o);
    const d = parts(c.gradients, o);
    for (const gradient of [d.gamma, d.beta]) if (gradient) k.clear(gradient, n);
    const rows = (c.rows * c.inputSize) / n;
    k.layerNormalizeBackward(c.dx, d.gamma, d.beta, c.dy, c.x, gamma, rows, n, o.epsilon ?? 0.001);
  },
});
