// Pooling: the largest value or the mean of each window.

import { oneOf, options } from '../check.ts';
import { wrongValue } from '../errors.ts';
import { convolutionModule } from '../wasm/modules.ts';
import { type Axis, axis, checkPair, image, type Padding, type Pair, pair } from './conv/window.ts';
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
  if (flat && input.length !== 2) throw wrongValue(name, 'an input of [length, channels]', input);
  const [h, w, c] = flat ? [1, input[0]!, input[1]!] : image(input, name);
  const [kh, kw] = flat ? [1, pair(o.poolSize ?? 2)[1]] : pair(o.poolSize ?? 2);
  const [sh, sw] = flat ? [1, pair(o.strides ?? o.poolSize ?? 2)[1]] : pair(o.strides ?? o.poolSize ?? 2);
  const padding = o.padding ?? 'valid';
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

  check(given, name) {
    const o = options<Options>(name, given, ['type', 'poolSize', 'strides', 'padding']);
    for (const key of ['poolSize', 'strides'] as const) {
      if (flat && Array.isArray(o[key])) throw wrongValue(`${name}.${key}`, 'one number', o[key]);
      if (o[key] !== undefined) checkPair(`${name}.${key}`, o[key]);
    }
    if (o.padding !== undefined) oneOf(`${name}.padding`, o.padding, { valid: 0, same: 0 });
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
  check: (o, name) => void options(name, o, ['type']),
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
