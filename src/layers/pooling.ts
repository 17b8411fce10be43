// Pooling: the largest value or the mean of each window.

import type { Shape } from '../core/shape.ts';
import { layerOptions, optional } from '../core/validate.ts';
import { defineLayer, type LayerFactory } from '../engine/define-layer.ts';
import type { LayerCall } from '../engine/layer-call.ts';
import type { LayerDefinition } from '../engine/layer-definition.ts';
import { convolutionModule } from '../wasm/modules.ts';
import { convAxes, type Padding, type Pair, pairOf, strideOptions } from './conv/geometry.ts';

/** Options of `maxPooling2d` and `averagePooling2d`. */
export interface Pooling2dOptions {
  /** Height and width of the window. Default 2. */
  readonly poolSize?: Pair;
  /** Default: the size of the window. */
  readonly strides?: Pair;
  /** Default `valid`. With `same`, windows that extend beyond the border are cut off there. */
  readonly padding?: Padding;
}

/** Options of `maxPooling1d` and `averagePooling1d`. */
export interface Pooling1dOptions {
  /** Length of the window. Default 2. */
  readonly poolSize?: number;
  /** Default: the length of the window. */
  readonly strides?: number;
  /** Default `valid`. */
  readonly padding?: Padding;
}

type PoolGeometry = ReturnType<typeof convAxes>;

interface PoolCall extends LayerCall {
  readonly plan: PoolGeometry;
}

/** The arguments of the pooling kernels between the number of samples and the kind of pooling. */
const geometryArguments = ({ y, x, channels }: PoolGeometry) =>
  [
    ...([y.inputSize, x.inputSize, channels, y.outputSize, x.outputSize, y.kernel, x.kernel] as const),
    ...([y.stride, x.stride, y.before, x.before] as const),
  ] as const;

interface PoolKind {
  readonly type: string;
  /** The extent of a window: a part of a signal, a part of an image, or the entire image. */
  readonly over: 'signal' | 'image' | 'whole image';
  readonly average: boolean;
}

const definePooling = ({ type, over, average }: PoolKind): LayerDefinition<Pooling2dOptions, PoolCall> => {
  const signal = over === 'signal';
  const mode = average ? 1 : 0;
  const plan = (o: Pooling2dOptions, input: Shape, name = type): PoolGeometry => {
    const imageSize = over === 'whole image' && (input.slice(0, 2) as [number, number]);
    const { poolSize = imageSize || 2, strides = poolSize } = o;
    return convAxes({ ...o, kernelSize: poolSize, strides }, input, name, signal);
  };
  return {
    type,
    rowwise: true,
    module: convolutionModule,
    plan,

    check: (o, name) =>
      layerOptions(
        name,
        o,
        over === 'whole image' ? {} : { poolSize: optional(pairOf(signal)), ...strideOptions(signal) },
      ),

    outputShape(o, input, name) {
      const { y, x, channels } = plan(o, input, name);
      switch (over) {
        case 'signal':
          return [x.outputSize, channels];
        case 'image':
          return [y.outputSize, x.outputSize, channels];
        case 'whole image':
          return [channels];
      }
    },

    forward: (k, c) => k.pool(c.y, c.x, c.rows, ...geometryArguments(c.plan), mode),

    backward(k, c) {
      if (!c.dx) return;
      k.clear(c.dx, c.rows * c.inputSize);
      k.poolBackward(c.dx, c.dy, c.y, c.x, c.rows, ...geometryArguments(c.plan), mode);
    },
  };
};

/**
 * The largest value of each window and channel: `[height, width, channels]` becomes `[h, w, channels]`. With `same` padding an
 * axis becomes ceil(size / stride), with `valid` floor((size - window) / stride) + 1. The gradient goes to the first of several
 * equal maxima. Errors: TypeError, RangeError on wrong options or when the window does not fit into the input.
 *
 * @example
 * ```ts
 * import { autoencoder, maxPooling2d, upSampling2d } from 'isthmus';
 *
 * const spec = { input: [2, 2, 1], encoder: [maxPooling2d()], decoder: [upSampling2d()] };
 * const model = await autoencoder(spec);
 * console.log(model.encode(Float32Array.of(1, 3, 5, 9)));
 * // prints Float32Array(1) [ 9 ]
 * ```
 */
export const maxPooling2d: LayerFactory<Pooling2dOptions> = /* @__PURE__ */ defineLayer(
  /* @__PURE__ */ definePooling({ type: 'maxPooling2d', over: 'image', average: false }),
);

/**
 * The mean of each window and channel, over the values inside the image. Shapes and errors: as `maxPooling2d`.
 *
 * @example
 * ```ts
 * import { autoencoder, averagePooling2d, upSampling2d } from 'isthmus';
 *
 * const spec = { input: [2, 2, 1], encoder: [averagePooling2d()], decoder: [upSampling2d()] };
 * const model = await autoencoder(spec);
 * console.log(model.encode(Float32Array.of(1, 3, 5, 9)));
 * // prints Float32Array(1) [ 4.5 ]
 * ```
 */
export const averagePooling2d: LayerFactory<Pooling2dOptions> = /* @__PURE__ */ defineLayer(
  /* @__PURE__ */ definePooling({ type: 'averagePooling2d', over: 'image', average: true }),
);

/**
 * The largest value of each window and channel: `[length, channels]` becomes `[l, channels]`. Sizes and errors: as `maxPooling2d`.
 *
 * @example
 * ```ts
 * import { autoencoder, maxPooling1d, upSampling1d } from 'isthmus';
 *
 * const spec = { input: [4, 1], encoder: [maxPooling1d({ poolSize: 2 })], decoder: [upSampling1d({ size: 2 })] };
 * const model = await autoencoder(spec);
 * console.log(model.encode(Float32Array.of(1, 3, 5, 9)));
 * // prints Float32Array(2) [ 3, 9 ]
 * ```
 */
export const maxPooling1d: LayerFactory<Pooling1dOptions> = /* @__PURE__ */ defineLayer<Pooling1dOptions>(
  /* @__PURE__ */ definePooling({
    type: 'maxPooling1d',
    over: 'signal',
    average: false,
  }) as LayerDefinition<Pooling1dOptions>,
);

/**
 * The mean of each window and channel, over the values inside the signal. Sizes and errors: as `maxPooling2d`.
 *
 * @example
 * ```ts
 * import { autoencoder, averagePooling1d, upSampling1d } from 'isthmus';
 *
 * const spec = { input: [4, 1], encoder: [averagePooling1d({ poolSize: 2 })], decoder: [upSampling1d({ size: 2 })] };
 * const model = await autoencoder(spec);
 * console.log(model.encode(Float32Array.of(1, 3, 5, 9)));
 * // prints Float32Array(2) [ 2, 7 ]
 * ```
 */
export const averagePooling1d: LayerFactory<Pooling1dOptions> = /* @__PURE__ */ defineLayer<Pooling1dOptions>(
  /* @__PURE__ */ definePooling({
    type: 'averagePooling1d',
    over: 'signal',
    average: true,
  }) as LayerDefinition<Pooling1dOptions>,
);

/**
 * The mean of each channel over the image: `[height, width, channels]` becomes `[channels]`. Errors: TypeError on options,
 * RangeError on an input of other than three axes.
 *
 * @example
 * ```ts
 * import { addHead, autoencoder, conv2d, conv2dTranspose, dense, globalAveragePooling2d } from 'isthmus';
 *
 * const encoder = [conv2d({ filters: 8, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' })];
 * const decoder = [conv2dTranspose({ filters: 1, kernelSize: 4, strides: 2, padding: 'same' })];
 * const model = await autoencoder({ input: [28, 28, 1], encoder, decoder });
 * const classifier = await addHead(model, [globalAveragePooling2d(), dense({ units: 10, activation: 'softmax' })]);
 * console.log(classifier.outputShape);
 * // prints [ 10 ]
 * ```
 */
export const globalAveragePooling2d: LayerFactory<{ readonly [none in never]: never }> = /* @__PURE__ */ defineLayer(
  /* @__PURE__ */ definePooling({ type: 'globalAveragePooling2d', over: 'whole image', average: true }),
);
