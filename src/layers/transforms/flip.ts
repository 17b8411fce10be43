import { wrongType, wrongValue } from '../../core/errors.ts';
import { sizeOf } from '../../core/shape.ts';
import { boolean, layerOptions, optional } from '../../core/validate.ts';
import type { LayerFactory } from '../../engine/define-layer.ts';
import { checkSpatial, defineSampleTransform, forEachSample, imageShape } from './sample-transform.ts';

/** Options of `flip`. */
export interface FlipOptions {
  /** Mirrors left and right; for signals start and end. Default false. */
  readonly horizontal?: boolean;
  /** Mirrors top and bottom; for images only. Default false. */
  readonly vertical?: boolean;
}

/**
 * Mirrors half of the samples, in each direction that is asked for: images `[height, width, channels]`, signals
 * `[length, channels]`. For `augment` of `fit`. Errors: TypeError, RangeError on wrong options.
 *
 * @example
 * ```ts
 * import { autoencoder, convAutoencoder, fit, flip } from 'isthmus';
 *
 * const pictures = Uint8Array.from({ length: 20 * 64 }, (_, i) => (i % 8) * 30); // 20 ramps of 8 × 8 pixels
 * const model = await autoencoder(convAutoencoder({ input: [8, 8, 1], latent: 4 }), { seed: 1 });
 * const augment = [flip({ horizontal: true })];
 * const { loss } = await fit(model, pictures, { epochs: 3, augment, deterministic: true });
 * console.log(loss[2]! < loss[0]!);
 * // prints true
 * ```
 */
export const flip: LayerFactory<FlipOptions> = /* @__PURE__ */ defineSampleTransform({
  type: 'flip',
  augments: true,
  movesValues: true,

  check(o, name) {
    layerOptions(name, o, { horizontal: optional(boolean), vertical: optional(boolean) });
    if (!o.horizontal && !o.vertical) throw wrongType(name, 'horizontal or vertical to be true', 'neither');
  },

  checkShape({ vertical }, input, name) {
    checkSpatial(name, input);
    if (vertical && input.length === 2) throw wrongValue(`${name}.vertical`, 'horizontal alone for signals', vertical);
  },

  workspace: (_, input) => 4 * sizeOf(input),

  forward(k, c, { horizontal, vertical }) {
    const [h, w, channels] = imageShape(c.inputShape);
    forEachSample(k, c, (y, draw) => {
      const flips = (horizontal && draw(0) < 0.5 ? 1 : 0) + (vertical && draw(1) < 0.5 ? 2 : 0);
      if (flips) k.shiftFlip(y, c.workspace, h, w, channels, flips, 0, 0, 0);
    });
  },
});
