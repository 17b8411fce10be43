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
