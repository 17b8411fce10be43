// Upsampling by whole factors.

import { fields, maybe, oneOf } from '../core/validate.ts';
import { type Call, defineLayer, type LayerFactory, type LayerKind } from '../engine/layer-definition.ts';
import type { Kernels } from '../wasm/kernels.ts';
import { convolutionModule } from '../wasm/modules.ts';
import { image, type Pair, pair, pairs } from './conv/geometry.ts';

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

const kind = (type: string, signal: boolean): LayerKind<UpSampling2dOptions> => {
  const resize = (k: Kernels, c: Call, o: UpSampling2dOptions, y: number, x: number, back: 0 | 1): void => {
    const bilinear = o.interpolation === 'bilinear' ? 1 : 0;
    k.resize(y, x, c.rows, ...image(c.inputShape, type, signal), ...pair(o.size ?? 2, signal), bilinear, back);
  };
  return {
    type,
    module: convolutionModule,

    check: (o, name) =>
      fields(name, o, {
        size: maybe(pairs(signal)),
        interpolation: maybe((key, value) => oneOf(key, value, { nearest: 0, bilinear: 0 })),
      }),

    shape(o, input, name) {
      const [h, w, c] = image(input, name, signal);
      const [fh, fw] = pair(o.size ?? 2, signal);
      return signal ? [w * fw, c] : [h * fh, w * fw, c];
    },

    forward: (k, c, o) => resize(k, c, o, c.y, c.x, 0),

    backward(k, c, o) {
      if (!c.dx) return;
      k.clear(c.dx, c.rows * c.inputSize);
      resize(k, c, o, c.dy, c.dx, 1);
    },
  };
};

/** `[height, width, channels]` becomes `[height · factor, width · factor, channels]`. */
export const upSampling2d: LayerFactory<UpSampling2dOptions> = /* @__PURE__ */ defineLayer(
  /* @__PURE__ */ kind('upSampling2d', false),
);

/** `[length, channels]` becomes `[length · factor, channels]`. */
export const upSampling1d: LayerFactory<UpSampling1dOptions> = /* @__PURE__ */ defineLayer<UpSampling1dOptions>(
  /* @__PURE__ */ kind('upSampling1d', true),
);
