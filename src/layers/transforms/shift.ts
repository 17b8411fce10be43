import { wrongType, wrongValue } from '../../core/errors.ts';
import { sizeOf } from '../../core/shape.ts';
import { integer, integerWithin, layerOptions, optional } from '../../core/validate.ts';
import type { LayerFactory } from '../../engine/define-layer.ts';
import { checkFillValue } from './noise-level.ts';
import { checkSpatial, defineSampleTransform, forEachSample, imageShape } from './sample-transform.ts';

/** Options of `shift`. */
export interface ShiftOptions {
  /** Maximum shift to the left and to the right, in pixels; for signals in values of their length. Default 0. */
  readonly x?: number;
  /** Maximum shift up and down, in pixels; for images only. Default 0. */
  readonly y?: number;
  /** Value of the pixels that come in. Default: the nearest pixel at the edge. */
  readonly value?: number;
}

/** An integer in -distance..distance, uniformly, from a uniform number `u`. */
const signedOffset = (distance: number, u: number): number => Math.floor(u * (2 * distance + 1)) - distance;

/**
 * Moves each sample by a random integer offset within ±x and ±y: images `[height, width, channels]`, signals
 * `[length, channels]` along their length. For `augment` of `fit`. Errors: TypeError, RangeError on wrong options, and
 * for a shift that is not smaller than the sample.
 *
 * @example
 * ```ts
 * import { autoencoder, convAutoencoder, fit, shift } from 'isthmus';
 *
 * const pictures = Uint8Array.from({ length: 20 * 64 }, (_, i) => (i % 8) * 30); // 20 ramps of 8 × 8 pixels
 * const model = await autoencoder(convAutoencoder({ input: [8, 8, 1], latent: 4 }), { seed: 1 });
 * const { loss } = await fit(model, pictures, { epochs: 3, augment: [shift({ x: 2, y: 2 })], deterministic: true });
 * console.log(loss[2]! < loss[0]!);
 * // prints true
 * ```
 */
export const shift: LayerFactory<ShiftOptions> = /* @__PURE__ */ defineSampleTransform({
  type: 'shift',
  augments: true,
  movesValues: true,

  check(o, name) {
    const distance = optional(integerWithin(0, 65536));
    layerOptions(name, o, { x: distance, y: distance, value: checkFillValue });
    if (o.x === undefined && o.y === undefined) throw wrongType(name, 'x or y', 'neither');
  },

  checkShape({ x = 0, y }, input, name) {
    checkSpatial(name, input);
    if (y !== undefined && input.length === 2) throw wrongValue(`${name}.y`, 'x alone for signals', y);
    const [h, w] = imageShape(input);
    integer(`${name}.x`, x, 0, w - 1);
    integer(`${name}.y`, y ?? 0, 0, h - 1);
  },

  workspace: (_, input) => 4 * sizeOf(input),

  forward(k, c, { x = 0, y = 0, value = Number.NaN }) {
    const [h, w, channels] = imageShape(c.inputShape);
    forEachSample(k, c, (at, draw) => {
      const right = signedOffset(x, draw(0));
      const down = signedOffset(y, draw(1));
      if (right || down) k.shiftFlip(at, c.workspace, h, w, channels, 0, down, right, value);
    });
  },
});
