// Upsampling by whole factors.

import { choice, fields, maybe } from '../check.ts';
import { convolutionModule } from '../wasm/modules.ts';
import { checkLength, checkPair, image, type Pair, pair } from './conv/window.ts';
import { type Call, defineLayer, type LayerFactory, type LayerKind } from './layer.ts';

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

const kind = <T extends object>(type: string, flat: boolean): LayerKind<T> => {
  const resize = (
    k: Parameters<LayerKind['forward']>[0],
    c: Call,
    o: Options,
    y: number,
    x: number,
    back: 0 | 1,
  ): void => {
    const [h, w, channels] = image(c.inputShape, type, flat);
    const [fh, fw] = factors(o, flat);
    k.resize(y, x, c.rows, h, w, channels, fh, fw, o.interpolation === 'bilinear' ? 1 : 0, back);
  };
  return {
    type,
    module: convolutionModule,

    check(o, name) {
      const interpolation = maybe(choice({ nearest: 0, bilinear: 0 }));
      fields(name, o, { size: maybe(flat ? checkLength : checkPair), interpolation });
    },

    shape(o, input, name) {
      const [h, w, c] = image(input, name, flat);
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
