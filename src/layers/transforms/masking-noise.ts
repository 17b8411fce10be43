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
