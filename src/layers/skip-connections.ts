// Layers that stand around others, whose output joins their own input.

import { wrongValue } from '../core/errors.ts';
import { fields } from '../core/validate.ts';
import {
  type Call,
  checkLayers,
  defineLayer,
  type Layer,
  type LayerFactory,
  type Shape,
} from '../engine/layer-definition.ts';

export interface PathOptions {
  /** What the input goes through on the one path; on the other it stays as it is. At least one layer. */
  readonly layers: readonly Layer[];
}

const checkPath = (o: PathOptions, name: string): void => void fields(name, o, { layers: checkLayers });

/** The sum of a list of layers' output and its input, which must have one shape (He et al., 2015). */
export const residual: LayerFactory<PathOptions> = /* @__PURE__ */ defineLayer({
  type: 'residual',
  check: checkPath,
  inner: (o) => o.layers,

  shape(_, input, name, inner) {
    if (inner!.join() === input.join()) return input;
    throw wrongValue(`${name}.layers`, `an output of the input's shape [${input.join(', ')}]`, inner);
  },

  forward: (k, c) => k.add(c.y, c.x, c.other, c.rows * c.outputSize),

  backward(k, c) {
    const n = c.rows * c.outputSize;
    if (c.dx) k.copyColumns(c.dx, n, 0, c.dy, n, 0, n, 1);
    if (c.dOther) k.copyColumns(c.dOther, n, 0, c.dy, n, 0, n, 1);
  },
});

const last = (shape: Shape): number => shape[shape.length - 1]!;

/** Places, and the channels of the path through the layers and of all. */
function sizes(c: Call): { places: number; inner: number; all: number } {
  const inner = last(c.inputShape);
  const places = (c.rows * c.inputSize) / inner;
  return { places, inner, all: (c.rows * c.outputSize) / places };
}

/**
 * A U-Net connection (Ronneberger et al., 2015): the input's channels, then those of a list of layers' output, side by
 * side. All axes but the last must agree.
 */
export const skip: LayerFactory<PathOptions> = /* @__PURE__ */ defineLayer({
  type: 'skip',
  check: checkPath,
  inner: (o) => o.layers,

  shape(_, input, name, inner) {
    const fits = inner!.length === input.length && inner!.slice(0, -1).join() === input.slice(0, -1).join();
    if (fits) return [...input.slice(0, -1), last(input) + last(inner!)];
    throw wrongValue(`${name}.layers`, `an output like the input [${input.join(', ')}] but for the last axis`, inner);
  },

  forward(k, c) {
    const { places, inner, all } = sizes(c);
    k.copyColumns(c.y, all, 0, c.other, all - inner, 0, all - inner, places);
    k.copyColumns(c.y, all, all - inner, c.x, inner, 0, inner, places);
  },

  backward(k, c) {
    const { places, inner, all } = sizes(c);
    if (c.dx) k.copyColumns(c.dx, inner, 0, c.dy, all, all - inner, inner, places);
    if (c.dOther) k.copyColumns(c.dOther, all - inner, 0, c.dy, all, 0, all - inner, places);
  },
});
