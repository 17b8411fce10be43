import { halfOpenUnitInterval } from '../../core/validate.ts';
import type { LayerFactory } from '../../engine/define-layer.ts';
import { randomArguments } from '../../engine/layer-call.ts';
import { checkFillValue, defineNoise, type Level } from './noise-level.ts';
import { firstGroup } from './sample-transform.ts';

/** Options of `saltAndPepper`. */
export interface SaltAndPepperOptions {
  /** Probability with which a value is replaced, in [0, 1), or a range of it. */
  readonly rate: Level;
  /** One half of them becomes this. Default 0. */
  readonly low?: number;
  /** The other half becomes this. Default 1. */
  readonly high?: number;
}

/**
 * Sets each value to the lowest or the highest with probability `rate`, fresh at every step; for samples of any shape,
 * channels one by one. A `corruption` of `fit` or of a spec. Vincent et al., Stacked denoising autoencoders, 2010.
 * Errors: TypeError, RangeError on wrong options.
 *
 * @example
 * ```ts
 * import { autoencoder, denoisingAutoencoder, fit, saltAndPepper } from 'isthmus';
 *
 * const pictures = Uint8Array.from({ length: 20 * 256 }, (_, i) => (i % 16) * 15); // 20 ramps of 16 × 16 pixels
 * const model = await autoencoder(denoisingAutoencoder({ input: [16, 16, 1], filters: [8] }), { seed: 1 });
 * const corruption = saltAndPepper({ rate: 0.1 });
 * const { loss } = await fit(model, pictures, { epochs: 3, corruption, deterministic: true });
 * console.log(loss[2]! < loss[0]!);
 * // prints true
 * ```
 */
export const saltAndPepper: LayerFactory<SaltAndPepperOptions> = /* @__PURE__ */ defineNoise(
  'saltAndPepper',
  'rate',
  halfOpenUnitInterval,
  { low: checkFillValue, high: checkFillValue },
  (k, c, { low = 0, high = 1 }, rate) => {
    const n = c.rows * c.inputSize;
    const first = firstGroup(c);
    k.saltAndPepper(c.y, c.x, n, rate, low, high, first, ...randomArguments(c));
  },
);
