import { halfOpenUnitInterval } from '../../core/validate.ts';
import type { LayerFactory } from '../../engine/define-layer.ts';
import { randomArguments } from '../../engine/layer-call.ts';
import { checkFillValue, defineNoise, type Level } from './noise-level.ts';
import { firstGroup } from './sample-transform.ts';

/** Options of `maskingNoise`. */
export interface MaskingNoiseOptions {
  /** Probability with which a value is replaced, in [0, 1), or a range of it. 0 does not change samples. */
  readonly rate: Level;
  /** The replacement. Default 0. */
  readonly value?: number;
}

/**
 * Sets each value to 0 with probability `rate`, fresh at every step; for samples of any shape. A `corruption` of `fit`
 * or of a spec. Vincent et al., Stacked denoising autoencoders, 2010. Errors: TypeError, RangeError on wrong options.
 *
 * @example
 * ```ts
 * import { autoencoder, denseAutoencoder, fit, maskingNoise } from 'isthmus';
 *
 * const x = Float32Array.from({ length: 200 * 16 }, (_, i) => Math.sin((i >> 4) + (i % 16) / 3)); // waves of 16 values
 * const model = await autoencoder(denseAutoencoder({ input: [16], latent: 4 }), { seed: 1 });
 * const { loss } = await fit(model, x, { epochs: 20, corruption: maskingNoise({ rate: 0.2 }), deterministic: true });
 * console.log(loss[19]! < loss[0]!);
 * // prints true
 * ```
 */
export const maskingNoise: LayerFactory<MaskingNoiseOptions> = /* @__PURE__ */ defineNoise(
  'maskingNoise',
  'rate',
  halfOpenUnitInterval,
  { value: checkFillValue },
  (k, c, { value = 0 }, rate) => {
    const n = c.rows * c.inputSize;
    const first = firstGroup(c);
    k.saltAndPepper(c.y, c.x, n, rate, value, value, first, ...randomArguments(c));
  },
);
