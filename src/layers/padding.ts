// Zeros around a sample, and cropping. Each is the gradient of the other.

import { wrongType, wrongValue } from '../core/errors.ts';
import type { Shape } from '../core/shape.ts';
import { type Check, integer, layerOptions, optional } from '../core/validate.ts';
import { defineLayer, type LayerCall, type LayerDefinition, type LayerFactory } from '../engine/layer-definition.ts';
import { convolutionModule } from '../wasm/modules.ts';
import { imageShape } from './conv/geometry.ts';

/** Places at both ends of an axis: one number for both, or one each. */
export type Edges = number | readonly [before: number, after: number];
/** One number for all four sides; or `[height, width]`, each a number for both ends or `[before, after]`. */
export type ImageEdges = number | readonly [height: Edges, width: Edges];

export interface ZeroPadding1dOptions {
  /** Zeros before and after the signal, 0..268435456. Default 1. */
  readonly padding?: Edges;
}

export interface ZeroPadding2dOptions {
  /** Rows and columns of zeros, 0..268435456: `1`, `[1, 2]` or `[[top, bottom], [left, right]]`. Default 1. */
  readonly padding?: ImageEdges;
}

export interface Cropping1dOptions {
  /** Values cut off before and after, 0..268435456. Default 1. */
  readonly cropping?: Edges;
}

export interface Cropping2dOptions {
  /** Rows and columns cut off, 0..268435456: `1`, `[1, 2]` or `[[top, bottom], [left, right]]`. Default 0. */
  readonly cropping?: ImageEdges;
}

const asPair = <T>(value: T | readonly [T, T]): readonly [T, T] =>
  Array.isArray(value) ? (value as readonly [T, T]) : [value as T, value as T];

/** `[[top, bottom], [left, right]]`. A signal is an image of one line. */
export function edgesOf(value: ImageEdges, signal = false) {
  const [height, width] = signal ? [0, value as Edges] : asPair<Edges>(value);
  return [asPair(height), asPair(width)] as const;
}

/** Checks a number, or a list of two that may hold lists of two, `levels` deep. */
const edges =
  (levels: number): Check =>
  (name, value) => {
    if (!levels || !Array.isArray(value)) return integer(name, value, 0, 2 ** 28);
    if (value.length !== 2) throw wrongType(name, 'a number or two numbers', value);
    return [0, 1].map((i) => edges(levels - 1)(`${name}[${i}]`, value[i]));
  };

/** Height, width and channels of the smaller side, then zeros at the top, bottom, left and right of it. */
type Sizes = [number, number, number, number, number, number, number];

const definePadding = (
  type: string,
  option: 'padding' | 'cropping',
  signal: boolean,
  otherwise: number,
): LayerDefinition<ZeroPadding2dOptions & Cropping2dOptions> => {
  const crops = option === 'cropping';
  const sizesOf = (o: ZeroPadding2dOptions & Cropping2dOptions, input: Shape, name: string): Sizes => {
    const [h, w, c] = imageShape(input, name, signal);
    const [[top, bottom], [left, right]] = edgesOf(o[option] ?? otherwise, signal);
    const [rows, columns] = [top + bottom, left + right];
    if (crops && (h <= rows || w <= columns)) {
      const least = signal ? columns + 1 : `[${rows + 1}, ${columns + 1}]`;
      throw wrongValue(name, `an input of at least ${least}`, input.slice(0, -1));
    }
    return crops ? [h - rows, w - columns, c, top, bottom, left, right] : [h, w, c, top, bottom, left, right];
  };
  const sizesIn = (c: LayerCall, o: ZeroPadding2dOptions): Sizes => {
    if (!c.memo) c.memo = sizesOf(o, c.inputShape, type);
    return c.memo as Sizes;
  };
  return {
    type,
    module: convolutionModule,

    check: (o, name) => void layerOptions(name, o, { [option]: optional(edges(signal ? 1 : 2)) }),

    outputShape(o, input, name) {
      const [h, w, c, top, bottom, left, right] = sizesOf(o, input, name);
      const shape = crops ? [h, w, c] : [top + h + bottom, left + w + right, c];
      return shape.slice(signal ? 1 : 0);
    },

    forward: (k, c, o) => k[crops ? 'unpad' : 'pad'](c.y, c.x, c.rows, ...sizesIn(c, o)),

    backward(k, c, o) {
      if (c.dx) k[crops ? 'pad' : 'unpad'](c.dx, c.dy, c.rows, ...sizesIn(c, o));
    },
  };
};

/** Zeros before and after a signal: `[length, channels]` becomes `[before + length + after, channels]`. */
export const zeroPadding1d: LayerFactory<ZeroPadding1dOptions> = /* @__PURE__ */ defineLayer<ZeroPadding1dOptions>(
  /* @__PURE__ */ definePadding('zeroPadding1d', 'padding', true, 1) as LayerDefinition<ZeroPadding1dOptions>,
);

/** Rows and columns of zeros around an image: `[height, width, channels]` becomes `[top + height + bottom, .., ..]`. */
export const zeroPadding2d: LayerFactory<ZeroPadding2dOptions> = /* @__PURE__ */ defineLayer<ZeroPadding2dOptions>(
  /* @__PURE__ */ definePadding('zeroPadding2d', 'padding', false, 1),
);

/** A signal without its ends: `[length, channels]` becomes `[length - before - after, channels]`, 1 place at least. */
export const cropping1d: LayerFactory<Cropping1dOptions> = /* @__PURE__ */ defineLayer<Cropping1dOptions>(
  /* @__PURE__ */ definePadding('cropping1d', 'cropping', true, 1) as LayerDefinition<Cropping1dOptions>,
);

/** An image without its borders: `[height, width, channels]` becomes `[height - top - bottom, .., ..]`, 1 × 1 at least. */
export const cropping2d: LayerFactory<Cropping2dOptions> = /* @__PURE__ */ defineLayer<Cropping2dOptions>(
  /* @__PURE__ */ definePadding('cropping2d', 'cropping', false, 0),
);
