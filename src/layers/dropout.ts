import { halfOpenUnitInterval, layerOptions } from '../core/validate.ts';
import { defineLayer, type LayerFactory } from '../engine/define-layer.ts';
import { firstGroupOf, randomArguments } from '../engine/layer-call.ts';

/** Options of `dropout`. */
export interface DropoutOptions {
  /** Probability with which a value is set to 0 in training, in [0, 1). */
  readonly rate: number;
}

/**
 * In training, sets each value to 0 with probability `rate` and divides the others by 1 - rate; at inference, does nothing
 * (Srivastava et al., 2014). The shape stays. Errors: TypeError, RangeError on a wrong rate.
 *
 * @example
 * ```ts
 * import { autoencoder, dense, dropout } from 'isthmus';
 *
 * const encoder = [dropout({ rate: 0.2 }), dense({ units: 3 })];
 * const model = await autoencoder({ input: [8], encoder, decoder: [dense({ units: 8 })] }, { seed: 1 });
 * const x = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8);
 * console.log(String(model.encode(x)) === String(model.encode(x))); // nothing is dropped at inference
 * // prints true
 * ```
 */
export const dropout: LayerFactory<DropoutOptions> = /* @__PURE__ */ defineLayer({
  type: 'dropout',
  trainingOnly: true,
  meansOfRows: () => true,

  check: (o, name) => void layerOptions(name, o, { rate: halfOpenUnitInterval }),

  outputShape: (_, input) => input,

  forward(k, c, o) {
    const n = c.rows * c.inputSize;
    k.dropout(c.y, c.x, n, o.rate, firstGroupOf(c, c.inputSize), ...randomArguments(c));
  },

  // The same random words give the same mask as in forward.
  backward(k, c, o) {
    const n = c.rows * c.inputSize;
    if (c.dx) k.dropout(c.dx, c.dy, n, o.rate, firstGroupOf(c, c.inputSize), ...randomArguments(c));
  },
});
