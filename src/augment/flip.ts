import { boolean, options } from '../check.ts';
import { channelsOf, checkPlaces, defineChange, drawn, heightOf, widthOf } from '../corruptions/common.ts';
import { wrongType, wrongValue } from '../errors.ts';
import { type LayerFactory, sizeOf } from '../layers/layer.ts';

export interface FlipOptions {
  /** Left to right; for signals front to back. Default false. */
  readonly horizontal?: boolean;
  /** Upside down, of images. Default false. */
  readonly vertical?: boolean;
}

/**
 * Mirrors half of the samples, in each direction that is asked for: images `[height, width, channels]`, signals
 * `[length, channels]`. For `augment` of `fit`. Errors: TypeError, RangeError on wrong options.
 */
export const flip: LayerFactory<FlipOptions> = /* @__PURE__ */ defineChange({
  type: 'flip',
  augments: 'places',

  check(o, name) {
    options(name, o, ['type', 'horizontal', 'vertical']);
    for (const way of ['horizontal', 'vertical'] as const) {
      if (o[way] !== undefined) boolean(`${name}.${way}`, o[way]);
    }
    if (!o.horizontal && !o.vertical) throw wrongType(name, 'horizontal or vertical to be true', 'neither');
  },

  shape({ vertical }, input, name) {
    checkPlaces(name, input);
    if (vertical && input.length === 2) throw wrongValue(`${name}.vertical`, 'horizontal alone for signals', vertical);
    return input;
  },

  workspace: (_, input) => 4 * sizeOf(input),

  forward(k, c, { horizontal = false, vertical = false }) {
    const { inputShape, inputSize, workspace } = c;
    const [h, w, channels] = [heightOf(inputShape), widthOf(inputShape), channelsOf(inputShape)];
    for (let r = 0; r < c.rows; r++) {
      const flips = (horizontal && drawn(k, c, r, 0) < 0.5 ? 1 : 0) + (vertical && drawn(k, c, r, 1) < 0.5 ? 2 : 0);
      if (flips) k.move(c.y + 4 * r * inputSize, workspace, h, w, channels, flips, 0, 0, 0);
    }
  },
});
