import { wrongType, wrongValue } from '../../core/errors.ts';
import { fields, integer, integers, maybe } from '../../core/validate.ts';
import { type LayerFactory, sizeOf } from '../../engine/layer-definition.ts';
import { checkPlaces, checkValue, defineChange, eachSample, sidesOf } from './noise-level.ts';

export interface ShiftOptions {
  /** Most places to the left and to the right; for signals along them. Default 0. */
  readonly x?: number;
  /** Most places up and down, of images. Default 0. */
  readonly y?: number;
  /** What comes in from outside. Default: the nearest value at the edge. */
  readonly value?: number;
}

/** One of -most..most, all equally often. */
const places = (most: number, u: number): number => Math.floor(u * (2 * most + 1)) - most;

/**
 * Moves each sample by a random whole number of places within ±x and ±y: images `[height, width, channels]`, signals
 * `[length, channels]` along their length. For `augment` of `fit`. Errors: TypeError, RangeError on wrong options, and
 * for a shift as wide as the sample.
 */
export const shift: LayerFactory<ShiftOptions> = /* @__PURE__ */ defineChange({
  type: 'shift',
  augments: 'places',

  check(o, name) {
    const most = maybe(integers(0, 65536));
    fields(name, o, { x: most, y: most, value: checkValue });
    if (o.x === undefined && o.y === undefined) throw wrongType(name, 'x or y', 'neither');
  },

  shape({ x = 0, y }, input, name) {
    checkPlaces(name, input);
    if (y !== undefined && input.length === 2) throw wrongValue(`${name}.y`, 'x alone for signals', y);
    const [h, w] = sidesOf(input);
    integer(`${name}.x`, x, 0, w - 1);
    integer(`${name}.y`, y ?? 0, 0, h - 1);
    return input;
  },

  workspace: (_, input) => 4 * sizeOf(input),

  forward(k, c, { x = 0, y = 0, value = Number.NaN }) {
    const [h, w, channels] = sidesOf(c.inputShape);
    eachSample(k, c, (at, draw) => {
      const right = places(x, draw(0));
      const down = places(y, draw(1));
      if (right || down) k.shiftFlip(at, c.workspace, h, w, channels, 0, down, right, value);
    });
  },
});
