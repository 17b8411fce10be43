// Upsampling by whole factors.

import { oneOf, options } from '../check.ts';
import { wrongValue } from '../errors.ts';
import { convolutionModule } from '../wasm/modules.ts';
import { checkPair, image, type Pair, pair } from './conv/window.ts';
import { type Call, defineLayer, type LayerFactory, type LayerKind, type Shape } from './layer.ts';

export interface UpSampling2dOptions {
  /** Factors of height and width. Default 2. */
  readonly size?: Pair;
  /** `nearest` repeats, `bilinear` blends between centres of pixels (tf.image.resize). Default `nearest`. */
  readonly interpolation?: 'nearest' | 'bilinear';
}

export interface UpSampling1dOptions {
  /** Factor of the length. Default 2. */
  readonly size?: number;
  /** Default `nearest`. */
  readonly interpolation?: 'nearest' | 'bilinear';
}

type Options = UpSampling2dOptions;

const factors = (o: Options, flat: boolean): readonly [number, number] =>
  flat ? [1, pair(o.size ?? 2)[1]] : pair(o.size ?? 2);

function sides(input: Shape, flat: boolean, name: string): readonly [number, number, number] {
  if (!flat) return image(input, name);
  if (input.length !== 2) throw wrongValue(name, 'an input of [length, channels]', input);
  return [1, input[0]!, input[1]!];
}

const kind = <T extends object>(type: string, flat: boolean): LayerKind<T> => {
  const resize = (
    k: Parameters<LayerKind['forward']>[0],
    c: Call,
    o: Options,
    y: number,
    x: number,
    back: 0 | 1,
  ): void => {
    const [h, w, channels] = sides(c.inputShape, flat, type);
    const [fh, fw] = factors(o, flat);
    k.resize(y, x, c.rows, h, w, channels, fh, fw, o.interpolation === 'bilinear' ? 1 : 0, back);
  };
  return {
    type,
    module: convolutionModule,

    check(given, name) {
      const o = options<Options>(name, given, ['type', 'size', 'interpolation']);
      if (flat && Array.isArray(o.size)) throw wrongValue(`${name}.size`, 'one number', o.size);
      if (o.size !== undefined) checkPair(`${name}.size`, o.size);
      if (o.interpolation !== undefined) oneOf(`${name}.interpolation`, o.interpolation, { nearest: 0, bilinear: 0 });
    },

    shape(o, input, name) {
      const [h, w, c] = sides(input, flat, name);
      const [fh, fw] = factors(o as Options, flat);
      return flat ? [w * fw, c] : [h * fh, w * fw, c];
    },

    forward: (k, c, o) => resize(k, c, o as Options, c.y, c.x, 0),

    backward(k, c, o) {
      if (!c.dx) return;
      k.clear(c.dx, c.rows * c.inputSize);
      resize(k, c, o as Options, c.dy, c.dx, 1);
    },
  };
};

/** `[height, width, channels]` becomes `[height · factor, width · factor, channels]`. */
export const upSampling2d: LayerFactory<UpSampling2dOptions> = /* @__PURE__ */ defineLayer(
  /* @__PURE__ */ kind<UpSampling2dOptions>('upSampling2d', false),
);

/** `[length, channels]` becomes `[length · factor, channels]`. */
export const upSampling1d: LayerFactory<UpSampling1dOptions> = /* @__PURE__ */ defineLayer(
  /* @__PURE__ */ kind<UpSampling1dOptions>('upSampling1d', true),
);
