import { halfOpenUnitInterval, layerOptions } from '../core/validate.ts';
import { defineLayer, type LayerFactory } from '../engine/define-layer.ts';
import { randomArguments } from '../engine/layer-call.ts';

export interface DropoutOptions {
  /** Share of values set to zero while training, in [0, 1). */
  readonly rate: number;
}

/**
 * Sets a random share of values to zero while training and divides the others by 1 - rate; nothing at
 * inference (Srivastava et al., 2014). Errors: TypeError, RangeError on a wrong rate.
 */
export const dropout: LayerFactory<DropoutOptions> = /* @__PURE__ */ defineLayer({
  type: 'dropout',
  trainingOnly: true,

  check: (o, name) => void layerOptions(name, o, { rate: halfOpenUnitInterval }),

  outputShape: (_, input) => input,

  forward(k, c, o) {
    const n = c.rows * c.inputSize;
    k.dropout(c.y, c.x, n, o.rate, ...randomArguments(c));
  },

  // The mask is drawn again from its counter: what went out of forward at zero stays at zero.
  backward(k, c, o) {
    const n = c.rows * c.inputSize;
    if (c.dx) k.dropout(c.dx, c.dy, n, o.rate, ...randomArguments(c));
  },
});
