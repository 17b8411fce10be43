// Zero padding and cropping. Each one is the backward pass of the other.

import { wrongType, wrongValue } from '../core/errors.ts';
import type { Shape } from '../core/shape.ts';
import { type Check, integer, layerOptions, optional } from '../core/validate.ts';
import { defineLayer, type LayerFactory } from '../engine/define-layer.ts';
import type { LayerCall } from '../engine/layer-call.ts';
import type { LayerDefinition } from '../engine/layer-definition.ts';
import { convolutionModule } from '../wasm/modules.ts';
import { imageShape } from './conv/geometry.ts';

/** Number of values at both ends of an axis: one number for both ends, or `[before, after]`. */
export type Edges = number | readonly [before: number, after: number];
/** One number for all four sides; or `[height, width]`, each a number for both ends or `[before, after]`. */
export type ImageEdges = number | readonly [height: Edges, width: Edges];

/** Options of `zeroPadding1d`. */
export interface ZeroPadding1dOptions {
  /** Zeros before and after the signal, 0..268435456. Default 1. */
  readonly padding?: Edges;
}

/** Options of `zeroPadding2d`. */
export interface ZeroPadding2dOptions {
  /** Rows and columns of zeros, 0..268435456: `1`, `[1, 2]` or `[[top, bottom], [left, right]]`. Default 1. */
  readonly padding?: ImageEdges;
}

/** Options of `cropping1d`. */
export interface Cropping1dOptions {
  /** Values cut off before and after, 0..268435456. Default 1. */
  readonly cropping?: Edges;
}

/** Options of `cropping2d`. */
export interface Cropping2dOptions {
  /** Rows and columns cut off, 0..268435456: `1`, `[1, 2]` or `[[top, bottom], [left, right]]`. Default 0. */
  readonly cropping?: ImageEdges;
}

const asPair = <T>(value: T | readonly [T, T]): readonly [T, T] =>
  Array.isArray(value) ? (value as readonly [T, T]) : [value as T, value as T];

/** `[[top, bottom], [left, right]]`. A signal is an image of height 1. */
export function edgesOf(value: ImageEdges, signal = false) {
  const [height, width] = signal ? [0, value as Edges] : asPair<Edges>(value);
  return [asPair(height), asPair(width)] as const;
}

/** Checks a number or, for `levels` above 0, a list of two that pass the check of one level less. */
const edges =
  (levels: number): Check =>
  (name, value) => {
    if (!levels || !Array.isArray(value)) return integer(name, value, 0, 2 ** 28);
    if (value.length !== 2) throw wrongType(name, 'a number or two numbers', value);
    return [0, 1].map((i) => edges(levels - 1)(`${name}[${i}]`, value[i]));
  };

/** The smaller of the two images, and the zeros around it in the larger one. */
interface Border {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

interface PaddingCall extends LayerCall {
  readonly plan: Border;
}

/** The arguments that end the lists of `pad` and `unpad`. */
const borderArguments = ({ height, width, channels, top, bottom, left, right }: Border) =>
  [height, width, channels, top, bottom, left, right] as const;

type PaddingOptions = ZeroPadding2dOptions & Cropping2dOptions;

interface PaddingKind {
  readonly type: string;
  readonly option: 'padding' | 'cropping';
  readonly signal?: boolean;
  /** Rows and columns by default. */
  readonly size: number;
}

const definePadding = ({
  type,
  option,
  signal = false,
  size,
}: PaddingKind): LayerDefinition<PaddingOptions, PaddingCall> => {
  const crops = option === 'cropping';
  const plan = (o: PaddingOptions, input: Shape, name = type): Border => {
    const [h, w, channels] = imageShape(input, name, signal);
    const [[top, bottom], [left, right]] = edgesOf(o[option] ?? size, signal);
    const [rows, columns] = crops ? [top + bottom, left + right] : [0, 0];
    if (h < rows + 1 || w < columns + 1) {
      const minimum = signal ? columns + 1 : `[${rows + 1}, ${columns + 1}]`;
      throw wrongValue(name, `an input of at least ${minimum}`, input.slice(0, -1));
    }
    return { height: h - rows, width: w - columns, channels, top, bottom, left, right };
  };
  return {
    type,
    rowwise: true,
    module: convolutionModule,
    plan,

    check: (o, name) => void layerOptions(name, o, { [option]: optional(edges(signal ? 1 : 2)) }),

    outputShape(o, input, name) {
      const { height, width, channels, top, bottom, left, right } = plan(o, input, name);
      const shape = crops ? [height, width, channels] : [top + height + bottom, left + width + right, channels];
      return shape.slice(signal ? 1 : 0);
    },

    forward: (k, c) => k[crops ? 'unpad' : 'pad'](c.y, c.x, c.rows, ...borderArguments(c.plan)),

    backward(k, c) {
      if (c.dx) k[crops ? 'pad' : 'unpad'](c.dx, c.dy, c.rows, ...borderArguments(c.plan));
    },
  };
};

/**
 * Zeros before and after a signal: `[length, channels]` becomes `[before + length + after, channels]`. Errors: TypeError,
 * RangeError on wrong options or an input of other than two axes.
 *
 * @example
 * ```ts
 * import { autoencoder, cropping1d, zeroPadding1d } from 'isthmus';
 *
 * const encoder = [zeroPadding1d({ padding: [1, 2] })];
 * const model = await autoencoder({ input: [2, 1], encoder, decoder: [cropping1d({ cropping: [1, 2] })] });
 * console.log(model.encode(Float32Array.of(7, 8)));
 * // prints Float32Array(5) [ 0, 7, 8, 0, 0 ]
 * ```
 */
export const zeroPadding1d: LayerFactory<ZeroPadding1dOptions> = /* @__PURE__ */ defineLayer<ZeroPadding1dOptions>(
  /* @__PURE__ */ definePadding({
    type: 'zeroPadding1d',
    option: 'padding',
    signal: true,
    size: 1,
  }) as LayerDefinition<ZeroPadding1dOptions>,
);

/**
 * Rows and columns of zeros around an image: `[height, width, channels]` becomes `[top + height + bottom, left + width +
 * right, channels]`. Errors: TypeError, RangeError on wrong options or an input of other than three axes.
 *
 * @example
 * ```ts
 * import { autoencoder, cropping2d, zeroPadding2d } from 'isthmus';
 *
 * const spec = { input: [1, 1, 1], encoder: [zeroPadding2d({ padding: 1 })], decoder: [cropping2d({ cropping: 1 })] };
 * const model = await autoencoder(spec);
 * console.log(model.encode(Float32Array.of(5)));
 * // prints Float32Array(9) [
 * // prints   0, 0, 0, 0, 5,
 * // prints   0, 0, 0, 0
 * // prints ]
 * ```
 */
export const zeroPadding2d: LayerFactory<ZeroPadding2dOptions> = /* @__PURE__ */ defineLayer<ZeroPadding2dOptions>(
  /* @__PURE__ */ definePadding({ type: 'zeroPadding2d', option: 'padding', size: 1 }),
);

/**
 * A signal without its ends: `[length, channels]` becomes `[length - before - after, channels]`, with a length of at least 1.
 * Errors: TypeError, RangeError on wrong options or when the input does not fit.
 *
 * @example
 * ```ts
 * import { autoencoder, cropping1d, zeroPadding1d } from 'isthmus';
 *
 * const spec = { input: [5, 1], encoder: [cropping1d({ cropping: 1 })], decoder: [zeroPadding1d({ padding: 1 })] };
 * const model = await autoencoder(spec);
 * console.log(model.reconstruct(Float32Array.of(1, 2, 3, 4, 5)));
 * // prints Float32Array(5) [ 0, 2, 3, 4, 0 ]
 * ```
 */
export const cropping1d: LayerFactory<Cropping1dOptions> = /* @__PURE__ */ defineLayer<Cropping1dOptions>(
  /* @__PURE__ */ definePadding({
    type: 'cropping1d',
    option: 'cropping',
    signal: true,
    size: 1,
  }) as LayerDefinition<Cropping1dOptions>,
);

/**
 * An image without its borders: `[height, width, channels]` becomes `[height - top - bottom, width - left - right, channels]`,
 * at least 1 × 1. Errors: TypeError, RangeError on wrong options or when the input does not fit.
 *
 * @example
 * ```ts
 * import { autoencoder, conv2d, cropping2d, upSampling2d } from 'isthmus';
 *
 * const encoder = [conv2d({ filters: 4, kernelSize: 3, strides: 2, padding: 'same' })];
 * const odd = cropping2d({ cropping: [[0, 1], [0, 1]] }); // 28 rows and columns become 27
 * const decoder = [upSampling2d(), conv2d({ filters: 1, kernelSize: 3, padding: 'same' }), odd];
 * const model = await autoencoder({ input: [27, 27, 1], encoder, decoder });
 * console.log(model.latentShape, model.outputShape);
 * // prints [ 14, 14, 4 ] [ 27, 27, 1 ]
 * ```
 */
export const cropping2d: LayerFactory<Cropping2dOptions> = /* @__PURE__ */ defineLayer<Cropping2dOptions>(
  /* @__PURE__ */ definePadding({ type: 'cropping2d', option: 'cropping', size: 0 }),
);
