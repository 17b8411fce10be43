import { wrongType, wrongValue } from '../../core/errors.ts';
import { layerOptions, openUnitInterval, optional } from '../../core/validate.ts';
import type { LayerFactory } from '../../engine/define-layer.ts';
import { asPair, checkPair, type Pair } from '../conv/geometry.ts';
import { checkFillValue, type Level, levelAt, levelWithin } from './noise-level.ts';
import { checkSpatial, defineSampleTransform, forEachSample, imageShape } from './sample-transform.ts';

/** Options of `blockMask`. */
export interface BlockMaskOptions {
  /** Size of the square, or height and width of the rectangle, in pixels; for signals the length of the span. */
  readonly size?: Pair;
  /**
   * In place of `size`: the fraction of a sample that is covered, in (0, 1), or a range. The aspect ratio of rectangles then varies
   * from 1 : 2 to 2 : 1, relative to that of the image.
   */
  readonly share?: Level;
  /** Value of the covered pixels. Default 0. */
  readonly value?: number;
}

/**
 * Covers a rectangle of an image `[height, width, channels]` or a span of a signal `[length, channels]` with `value`. The position
 * is random for each sample and step. The model learns to fill in the covered values. A `corruption` of `fit` or of a spec.
 * DeVries and Taylor, Cutout, 2017, but inside the border; with `share`, Zhong et al., Random erasing, 2017.
 * Errors: TypeError, RangeError on wrong options and for samples of another rank.
 *
 * @example
 * ```ts
 * import { adam, autoencoder, blockMask, denseAutoencoder, fit, inpaint } from 'isthmus';
 *
 * const x = Float32Array.from({ length: 500 * 16 }, (_, i) => Math.sin((i >> 4) + (i % 16) / 3)); // waves of 16 values
 * const model = await autoencoder(denseAutoencoder({ input: [16, 1], latent: 8 }), { seed: 1 });
 * const corruption = blockMask({ size: 4 });
 * await fit(model, x, { epochs: 60, optimizer: adam(0.003), corruption, deterministic: true });
 * const mask = Uint8Array.from({ length: 16 }, (_, i) => Number(i < 6 || i > 8)); // values 6 to 8 are missing
 * const filled = inpaint(model, x.subarray(0, 16), mask);
 * const text = (values: Float32Array) => Array.from(values.subarray(6, 9), (value) => value.toFixed(1)).join(' ');
 * console.log(`${text(x)} became ${text(filled)}`);
 * // prints 0.9 0.7 0.5 became 1.0 0.9 0.5
 * ```
 */
export const blockMask: LayerFactory<BlockMaskOptions> = /* @__PURE__ */ defineSampleTransform({
  type: 'blockMask',
  corrupts: true,

  check(o, name) {
    layerOptions(name, o, {
      size: optional(checkPair),
      share: optional(levelWithin(openUnitInterval)),
      value: checkFillValue,
    });
    if ((o.size === undefined) === (o.share === undefined)) {
      throw wrongType(name, 'either size or share', o.size === undefined ? 'neither' : 'both');
    }
  },

  checkShape({ size }, input, name) {
    checkSpatial(name, input);
    if (size === undefined) return;
    if (typeof size !== 'number' && input.length === 2)
      throw wrongValue(`${name}.size`, 'one number for signals', size);
    const maximum = input.slice(0, -1);
    if (maximum.some((length, i) => asPair(size)[i]! > length)) {
      throw wrongValue(`${name}.size`, `at most [${maximum.join(', ')}], the size of a sample`, size);
    }
  },

  forward(k, c, { size = 1, share: level, value = 0 }) {
    const n = c.rows * c.inputSize;
    const [h, w, channels] = imageShape(c.inputShape);
    const flat = c.inputShape.length === 2;
    if (c.y !== c.x) k.copy(c.y, c.x, n);
    forEachSample(k, c, (y, draw) => {
      let [high, wide] = asPair(size);
      if (level !== undefined) {
        const s = levelAt(level, draw(0));
        // Height over width, both as shares of the image's, such that neither is above 1.
        const [minAspect, maxAspect] = [Math.max(0.5, s), Math.min(2, 1 / s)];
        const aspect = flat ? 1 / s : minAspect + (maxAspect - minAspect) * draw(1);
        high = Math.max(1, Math.round(h * Math.sqrt(s * aspect)));
        wide = Math.max(1, Math.round(w * Math.sqrt(s / aspect)));
      }
      if (flat) high = 1;
      const top = Math.floor(draw(2) * (h - high + 1));
      const left = Math.floor(draw(3) * (w - wide + 1));
      k.fillRuns(y + 4 * (top * w + left) * channels, high, w * channels, wide * channels, value);
    });
  },
});
