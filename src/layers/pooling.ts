// Pooling: the largest value or the mean of each window.

import type { Shape } from '../core/shape.ts';
import { layerOptions, optional } from '../core/validate.ts';
import { defineLayer, type LayerCall, type LayerDefinition, type LayerFactory } from '../engine/layer-definition.ts';
import { convolutionModule } from '../wasm/modules.ts';
import { convAxes, type Padding, type Pair, pairOf, strideOptions } from './conv/geometry.ts';

export interface Pooling2dOptions {
  /** Height and width of the window. Default 2. */
  readonly poolSize?: Pair;
  /** Default: the size of the window. */
  readonly strides?: Pair;
  /** Default `valid`. Windows that stand over the border are cut off there. */
  readonly padding?: Padding;
}

export interface Pooling1dOptions {
  /** Length of the window. Default 2. */
  readonly poolSize?: number;
  /** Default: the length of the window. */
  readonly strides?: number;
  /** Default `valid`. */
  readonly padding?: Padding;
}

/** Sizes of the kernels' calls: what a call of these sizes is followed by. */
type Sizes = [number, number, number, number, number, number, number, number, number, number, number];

/** The dimensions that are pooled: of a signal, of an image, or the whole image at once. */
type Over = 'signal' | 'image' | 'all';

const definePooling = (type: string, over: Over, average: 0 | 1): LayerDefinition<Pooling2dOptions> => {
  const signal = over === 'signal';
  const windowOf = (o: Pooling2dOptions, input: Shape, name: string) => {
    const { poolSize = over === 'all' ? (input.slice(0, 2) as [number, number]) : 2, strides = poolSize } = o;
    return convAxes({ ...o, kernelSize: poolSize, strides }, input, name, signal);
  };
  const sizesOf = (c: LayerCall, o: Pooling2dOptions): Sizes => {
    if (!c.memo) {
      const { y, x, channels } = windowOf(o, c.inputShape, type);
      c.memo = [
        y.inputSize,
        x.inputSize,
        channels,
        y.outputSize,
        x.outputSize,
        y.kernel,
        x.kernel,
        y.stride,
        x.stride,
        y.before,
        x.before,
      ];
    }
    return c.memo as Sizes;
  };
  return {
    type,
    module: convolutionModule,

    check: (o, name) =>
      layerOptions(name, o, over === 'all' ? {} : { poolSize: optional(pairOf(signal)), ...strideOptions(signal) }),

    outputShape(o, input, name) {
      const { y, x, channels } = windowOf(o, input, name);
      return [y.outputSize, x.outputSize, channels].slice({ image: 0, signal: 1, all: 2 }[over]);
    },

    forward: (k, c, o) => k.pool(c.y, c.x, c.rows, ...sizesOf(c, o), average),

    backward(k, c, o) {
      if (!c.dx) return;
      k.clear(c.dx, c.rows * c.inputSize);
      k.poolBackward(c.dx, c.dy, c.y, c.x, c.rows, ...sizesOf(c, o), average);
    },
  };
};

/** The largest value of each window: `[height, width, channels]` becomes `[.., .., channels]`. Its gradient goes to the first of several largest. */
export const maxPooling2d: LayerFactory<Pooling2dOptions> = /* @__PURE__ */ defineLayer(
  /* @__PURE__ */ definePooling('maxPooling2d', 'image', 0),
);

/** The mean of each window, over the values inside the image. */
export const averagePooling2d: LayerFactory<Pooling2dOptions> = /* @__PURE__ */ defineLayer(
  /* @__PURE__ */ definePooling('averagePooling2d', 'image', 1),
);

/** The largest value of each window: `[length, channels]` becomes `[.., channels]`. */
export const maxPooling1d: LayerFactory<Pooling1dOptions> = /* @__PURE__ */ defineLayer<Pooling1dOptions>(
  /* @__PURE__ */ definePooling('maxPooling1d', 'signal', 0),
);

/** The mean of each window, over the values inside the signal. */
export const averagePooling1d: LayerFactory<Pooling1dOptions> = /* @__PURE__ */ defineLayer<Pooling1dOptions>(
  /* @__PURE__ */ definePooling('averagePooling1d', 'signal', 1),
);

/** The mean of each channel over the whole image: `[height, width, channels]` becomes `[channels]`. */
export const globalAveragePooling2d: LayerFactory<{ readonly [none in never]: never }> = /* @__PURE__ */ defineLayer(
  /* @__PURE__ */ definePooling('globalAveragePooling2d', 'all', 1),
);
