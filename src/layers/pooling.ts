// Pooling: the largest value or the mean of each window.

import { choice, fields, maybe } from '../check.ts';
import { wrongValue } from '../errors.ts';
import { convolutionModule } from '../wasm/modules.ts';
import {
  type Axis,
  axis,
  checkLength,
  checkPair,
  image,
  type Padding,
  type Pair,
  paddings,
  pair,
} from './conv/window.ts';
import { type Call, defineLayer, type LayerFactory, type LayerKind, type Shape } from './layer.ts';

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

type Options = Pooling2dOptions;

function axesOf(o: Options, input: Shape, flat: boolean, name: string): { y: Axis; x: Axis; c: number } {
  const [h, w, c] = image(input, name, flat);
  const { poolSize = 2, strides = poolSize, padding = 'valid' } = o;
  const [[kh, kw], [sh, sw]] = [poolSize, strides].map((side) => (flat ? [1, side as number] : pair(side))) as [
    readonly [number, number],
    readonly [number, number],
  ];
  const [y, x] = [axis(h, kh, sh, 1, padding), axis(w, kw, sw, 1, padding)];
  if (y.small < 1 || x.small < 1) throw wrongValue(name, `an input of at least ${flat ? kw : `[${kh}, ${kw}]`}`, input);
  return { y, x, c };
}

/** Sizes of the kernels' calls: what a call of these sizes is followed by. */
type Sizes = [number, number, number, number, number, number, number, number, number, number, number];

function sizesOf(c: Call, o: Options, flat: boolean, name: string): Sizes {
  if (!c.memo) {
    const { y, x, c: channels } = axesOf(o, c.inputShape, flat, name);
    c.memo = [y.big, x.big, channels, y.small, x.small, y.kernel, x.kernel, y.stride, x.stride, y.before, x.before];
  }
  return c.memo as Sizes;
}

const kind = <T extends object>(type: string, flat: boolean, average: 0 | 1): LayerKind<T> => ({
  type,
  module: convolutionModule,

  check(o, name) {
    const side = maybe(flat ? checkLength : checkPair);
    fields(name, o, { poolSize: side, strides: side, padding: maybe(choice(paddings)) });
  },

  shape(o, input, name) {
    const { y, x, c } = axesOf(o as Options, input, flat, name);
    return flat ? [x.small, c] : [y.small, x.small, c];
  },

  forward: (k, c, o) => k.pool(c.y, c.x, c.rows, ...sizesOf(c, o as Options, flat, type), average),

  backward(k, c, o) {
    if (!c.dx) return;
    k.clear(c.dx, c.rows * c.inputSize);
    k.poolBackward(c.dx, c.dy, c.y, c.x, c.rows, ...sizesOf(c, o as Options, flat, type), average);
  },
});

/** The largest value of each window: `[height, width, channels]` becomes `[.., .., channels]`. Its gradient goes to the first of several largest. */
export const maxPooling2d: LayerFactory<Pooling2dOptions> = /* @__PURE__ */ defineLayer(
  /* @__PURE__ */ kind<Pooling2dOptions>('maxPooling2d', false, 0),
);

/** The mean of each window, over the values inside the image. */
export const averagePooling2d: LayerFactory<Pooling2dOptions> = /* @__PURE__ */ defineLayer(
  /* @__PURE__ */ kind<Pooling2dOptions>('averagePooling2d', false, 1),
);

/** The largest value of each window: `[length, channels]` becomes `[.., channels]`. */
export const maxPooling1d: LayerFactory<Pooling1dOptions> = /* @__PURE__ */ defineLayer(
  /* @__PURE__ */ kind<Pooling1dOptions>('maxPooling1d', true, 0),
);

/** The mean of each window, over the values inside the signal. */
export const averagePooling1d: LayerFactory<Pooling1dOptions> = /* @__PURE__ */ defineLayer(
  /* @__PURE__ */ kind<Pooling1dOptions>('averagePooling1d', true, 1),
);

/** The mean of each channel over the whole image: `[height, width, channels]` becomes `[channels]`. */
export const globalAveragePooling2d: LayerFactory<{ readonly [none in never]: never }> = /* @__PURE__ */ defineLayer({
  type: 'globalAveragePooling2d',
  module: convolutionModule,
  check: (o, name) => void fields(name, o, {}),
  shape: (_, input, name) => [image(input, name)[2]],
  forward(k, c) {
    const [h, w, channels] = c.inputShape as [number, number, number];
    k.pool(c.y, c.x, c.rows, h, w, channels, 1, 1, h, w, 1, 1, 0, 0, 1);
  },
  backward(k, c) {
    if (!c.dx) return;
    const [h, w, channels] = c.inputShape as [number, number, number];
    k.clear(c.dx, c.rows * c.inputSize);
    k.poolBackward(c.dx, c.dy, c.y, c.x, c.rows, h, w, channels, 1, 1, h, w, 1, 1, 0, 0, 1);
  },
});
