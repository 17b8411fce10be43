import { integer, options } from '../check.ts';
import { channelsOf, checkPlaces, checkValue, defineChange, drawn, heightOf, widthOf } from '../corruptions/common.ts';
import { wrongType, wrongValue } from '../errors.ts';
import { type LayerFactory, sizeOf } from '../layers/layer.ts';

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
    options(name, o, ['type', 'x', 'y', 'value']);
    if (o.x === undefined && o.y === undefined) throw wrongType(name, 'x or y', 'neither');
    checkValue(`${name}.value`, o.value);
    for (const axis of ['x', 'y'] as const) if (o[axis] !== undefined) integer(`${name}.${axis}`, o[axis], 0, 65536);
  },

  shape({ x = 0, y }, input, name) {
    checkPlaces(name, input);
    if (y !== undefined && input.length === 2) throw wrongValue(`${name}.y`, 'x alone for signals', y);
    integer(`${name}.x`, x, 0, widthOf(input) - 1);
    integer(`${name}.y`, y ?? 0, 0, heightOf(input) - 1);
    return input;
  },

  workspace: (_, input) => 4 * sizeOf(input),

  forward(k, c, { x = 0, y = 0, value = Number.NaN }) {
    const { inputShape, inputSize, workspace } = c;
    const [h, w, channels] = [heightOf(inputShape), widthOf(inputShape), channelsOf(inputShape)];
    for (let r = 0; r < c.rows; r++) {
      const right = places(x, drawn(k, c, r, 0));
      const down = places(y, drawn(k, c, r, 1));
      if (right || down) k.move(c.y + 4 * r * inputSize, workspace, h, w, channels, 0, down, right, value);
    }
  },
});
