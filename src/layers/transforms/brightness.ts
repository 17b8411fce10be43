import { wrongType } from '../../core/errors.ts';
import { halfOpenUnitInterval, layerOptions, nonNegative, optional } from '../../core/validate.ts';
import type { LayerFactory } from '../../engine/define-layer.ts';
import { type Clip, checkClip } from './noise-level.ts';
import { defineSampleTransform, forEachSample } from './sample-transform.ts';

/** Options of `brightness`. */
export interface BrightnessOptions {
  /** Each sample has one number within ± this added to all its values, in their unit. Default 0. */
  readonly delta?: number;
  /** Each sample's distances from its mean are multiplied by one factor within 1 ± this, in [0, 1). Default 0. */
  readonly contrast?: number;
  /** Range to which values are clamped afterwards, `[0, 1]` for pixels. Default: none. */
  readonly clip?: Clip;
}

/**
 * Makes each sample lighter or darker, and stronger or weaker in contrast: factor · (x - mean) + mean + delta, the mean
 * over all its values; for samples of any shape. For `augment` of `fit`. Errors: TypeError, RangeError on wrong options.
 *
 * @example
 * ```ts
 * import { autoencoder, brightness, convAutoencoder, fit } from 'isthmus';
 *
 * const pictures = Uint8Array.from({ length: 20 * 64 }, (_, i) => (i % 8) * 30); // 20 ramps of 8 × 8 pixels
 * const model = await autoencoder(convAutoencoder({ input: [8, 8, 1], latent: 4 }), { seed: 1 });
 * const augment = [brightness({ delta: 0.2, contrast: 0.3, clip: [0, 1] })];
 * const { loss } = await fit(model, pictures, { epochs: 3, augment, deterministic: true });
 * console.log(loss[2]! < loss[0]!);
 * // prints true
 * ```
 */
export const brightness: LayerFactory<BrightnessOptions> = /* @__PURE__ */ defineSampleTransform({
  type: 'brightness',
  augments: true,

  check(o, name) {
    layerOptions(name, o, { delta: optional(nonNegative), contrast: optional(halfOpenUnitInterval), clip: checkClip });
    if (o.delta === undefined && o.contrast === undefined) throw wrongType(name, 'delta or contrast', 'neither');
  },

  forward(k, c, { delta = 0, contrast = 0, clip }) {
    const [low, high] = clip ?? [-Infinity, Infinity];
    forEachSample(k, c, (y, draw) => {
      k.brightnessContrast(y, c.inputSize, 1 + contrast * (2 * draw(1) - 1), delta * (2 * draw(0) - 1), low, high);
    });
  },
});
