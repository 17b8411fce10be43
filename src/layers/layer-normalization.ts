import { fields } from '../core/validate.ts';
import { checkAxes, defineLayer, type LayerFactory, last } from '../engine/layer-definition.ts';
import { learnt, type NormalizationOptions, normalizing, parts } from './affine.ts';

export type LayerNormalizationOptions = NormalizationOptions;

/** The last axis to mean 0 and variance 1 at every place, then times `gamma` plus `beta` (Ba et al., 2016). */
export const layerNormalization: LayerFactory<LayerNormalizationOptions> =
  /* @__PURE__ */ defineLayer<LayerNormalizationOptions>({
    type: 'layerNormalization',

    check: (o, name) => fields(name, o, normalizing()),

    shape(_, input, name) {
      checkAxes(input, name);
      return input;
    },

    weights: learnt,

    forward(k, c, o) {
      const n = last(c.inputShape);
      const [gamma, beta] = parts(c.weights, o) as [number, number];
      k.layerNormalize(c.y, c.x, gamma, beta, (c.rows * c.inputSize) / n, n, o.epsilon ?? 0.001);
    },

    backward(k, c, o) {
      const n = last(c.inputShape);
      const [gamma] = parts(c.weights, o) as [number];
      const [dGamma, dBeta] = parts(c.gradients, o) as [number, number];
      for (const gradient of [dGamma, dBeta]) if (gradient) k.clear(gradient, n);
      const rows = (c.rows * c.inputSize) / n;
      k.layerNormalizeBackward(c.dx, dGamma, dBeta, c.dy, c.x, gamma, rows, n, o.epsilon ?? 0.001);
    },
  });
