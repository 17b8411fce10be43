import { fields } from '../check.ts';
import { defineLayer, type LayerFactory } from './layer.ts';
import {
  channelsOf,
  factors,
  type NormalizationOptions,
  normalizationChecks,
  parts,
  sameShape,
} from './normalization.ts';

export type LayerNormalizationOptions = NormalizationOptions;

/** The last axis to mean 0 and variance 1 at every place, then times `gamma` plus `beta` (Ba et al., 2016). */
export const layerNormalization: LayerFactory<LayerNormalizationOptions> =
  /* @__PURE__ */ defineLayer<LayerNormalizationOptions>({
    type: 'layerNormalization',

    check: (o, name) => void fields(name, o, normalizationChecks()),
    shape: sameShape,
    weights: factors,

    forward(k, c, o) {
      const n = channelsOf(c.inputShape);
      const { gamma, beta } = parts(c.weights, o);
      k.layerNormalize(c.y, c.x, gamma, beta, (c.rows * c.inputSize) / n, n, o.epsilon ?? 0.001);
    },

    backward(k, c, o) {
      const n = channelsOf(c.inputShape);
      const { gamma } = parts(c.weights, o);
      const d = parts(c.gradients, o);
      for (const gradient of [d.gamma, d.beta]) if (gradient) k.clear(gradient, n);
      const rows = (c.rows * c.inputSize) / n;
      k.layerNormalizeBackward(c.dx, d.gamma, d.beta, c.dy, c.x, gamma, rows, n, o.epsilon ?? 0.001);
    },
  });
