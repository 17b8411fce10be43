import { number, options } from '../check.ts';
import { wrongType, wrongValue } from '../errors.ts';
import { checkPair, type Pair } from '../layers/conv/window.ts';
import type { LayerFactory } from '../layers/layer.ts';
import {
  channelsOf,
  checkLevel,
  checkPlaces,
  checkValue,
  defineChange,
  drawn,
  heightOf,
  type Level,
  levelAt,
  widthOf,
} from './common.ts';

export interface BlockMaskOptions {
  /** Side of the square, or height and width of the rectangle; for signals the length of the span. In places. */
  readonly size?: Pair;
  /**
   * Instead of it, the share of a sample that is covered, in (0, 1), or a range of it. Rectangles then vary in their
   * proportions, 1 : 2 to 2 : 1 of the image's own.
   */
  readonly share?: Level;
  /** What stands there. Default 0. */
  readonly value?: number;
}

const sides = (size: Pair, i: 0 | 1): number => (typeof size === 'number' ? size : size[i]!);

const share = (name: string, value: unknown): number =>
  number(name, value, 'a number in (0, 1)', (v) => v > 0 && v < 1);

/**
 * Covers a rectangle of an image `[height, width, channels]` or a span of a signal `[length, channels]`, each sample at a
 * place of its own, fresh at every step: what an autoencoder learns to fill in. A `corruption` of `fit` or of a spec.
 * DeVries and Taylor, Cutout, 2017, but never beyond the border; with `share`, Zhong et al., Random erasing, 2017.
 * Errors: TypeError, RangeError on wrong options and for samples without places.
 */
export const blockMask: LayerFactory<BlockMaskOptions> = /* @__PURE__ */ defineChange({
  type: 'blockMask',
  corrupts: true,

  check(o, name) {
    options(name, o, ['type', 'size', 'share', 'value']);
    if ((o.size === undefined) === (o.share === undefined)) {
      throw wrongType(name, 'either size or share', o.size === undefined ? 'neither' : 'both');
    }
    if (o.size !== undefined) checkPair(`${name}.size`, o.size);
    else checkLevel(`${name}.share`, o.share, share);
    checkValue(`${name}.value`, o.value);
  },

  shape({ size }, input, name) {
    checkPlaces(name, input);
    if (size === undefined) return input;
    if (typeof size !== 'number' && input.length === 2)
      throw wrongValue(`${name}.size`, 'one number for signals', size);
    const most = input.slice(0, -1);
    if (most.some((side, i) => sides(size, i as 0 | 1) > side)) {
      throw wrongValue(`${name}.size`, `at most [${most.join(', ')}], the places of a sample`, size);
    }
    return input;
  },

  forward(k, c, { size, share: level, value = 0 }) {
    const n = c.rows * c.inputSize;
    const [h, w, channels] = [heightOf(c.inputShape), widthOf(c.inputShape), channelsOf(c.inputShape)];
    const flat = c.inputShape.length === 2;
    if (c.y !== c.x) k.copyColumns(c.y, n, 0, c.x, n, 0, n, 1);
    for (let r = 0; r < c.rows; r++) {
      let high = flat ? 1 : sides(size ?? 1, 0);
      let wide = sides(size ?? 1, 1);
      if (level !== undefined) {
        const s = levelAt(level, drawn(k, c, r, 0));
        // Height over width, both as shares of the image's, such that neither is above 1.
        const [least, most] = [Math.max(0.5, s), Math.min(2, 1 / s)];
        const aspect = flat ? 1 / s : least + (most - least) * drawn(k, c, r, 1);
        high = Math.max(1, Math.round(h * Math.sqrt(s * aspect)));
        wide = Math.max(1, Math.round(w * Math.sqrt(s / aspect)));
      }
      const top = Math.floor(drawn(k, c, r, 2) * (h - high + 1));
      const left = Math.floor(drawn(k, c, r, 3) * (w - wide + 1));
      k.fill(c.y + 4 * (r * c.inputSize + (top * w + left) * channels), high, w * channels, wide * channels, value);
    }
  },
});
