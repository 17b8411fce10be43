import { positive } from '../../core/validate.ts';
import type { LayerFactory } from '../../engine/define-layer.ts';
import { randomArguments } from '../../engine/layer-call.ts';
import { defineNoise, type Level } from './noise-level.ts';
import { firstGroup } from './sample-transform.ts';

/** Options of `poissonNoise`. */
export interface PoissonNoiseOptions {
  /** Expected count (of photons, for example) of a value of 1; above 0, or a range. A smaller count is noisier. */
  readonly peak: Level;
}

/**
 * Shot noise, fresh at every step: x becomes Poisson(x · peak) / peak, with mean x and variance x / peak. Values below 0
 * count as 0; samples of any shape. A `corruption` of `fit` or of a spec. Where x · peak is below 16, fewer than 2 of
 * 100,000 counts are not the exact quantile of their random number; above, fewer than 4 of 10,000, and these by one
 * (M. Giles, Algorithm 955, 2016). Errors: TypeError, RangeError on a wrong peak.
 *
 * @example
 * ```ts
 * import { autoencoder, denoisingAutoencoder, fit, poissonNoise } from 'isthmus';
 *
 * const pictures = Uint8Array.from({ length: 20 * 256 }, (_, i) => (i % 16) * 15); // 20 ramps of 16 × 16 pixels
 * const model = await autoencoder(denoisingAutoencoder({ input: [16, 16, 1], filters: [8] }), { seed: 1 });
 * // A white pixel counts 30 photons.
 * const corruption = poissonNoise({ peak: 30 });
 * const { loss } = await fit(model, pictures, { epochs: 3, corruption, deterministic: true });
 * console.log(loss[2]! < loss[0]!);
 * // prints true
 * ```
 */
export const poissonNoise: LayerFactory<PoissonNoiseOptions> = /* @__PURE__ */ defineNoise(
  'poissonNoise',
  'peak',
  positive,
  {},
  (k, c, _, peak) => {
    const n = c.rows * c.inputSize;
    k.poisson(c.y, c.x, n, peak, firstGroup(c), ...randomArguments(c));
  },
);
