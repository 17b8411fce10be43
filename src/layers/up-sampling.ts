// Upsampling by integer factors.

import { choice, layerOptions, optional } from '../core/validate.ts';
import { defineLayer, type LayerFactory } from '../engine/define-layer.ts';
import type { LayerCall } from '../engine/layer-call.ts';
import type { LayerDefinition } from '../engine/layer-definition.ts';
import type { Kernels } from '../wasm/kernels.ts';
import { convolutionModule } from '../wasm/modules.ts';
import { asPair, imageShape, type Pair, pairOf } from './conv/geometry.ts';

/** Options of `upSampling2d`. */
export interface UpSampling2dOptions {
  /** Factors of height and width. Default 2. */
  readonly size?: Pair;
  /** `nearest` repeats, `bilinear` blends between centres of pixels (tf.image.resize). Default `nearest`. */
  readonly interpolation?: 'nearest' | 'bilinear';
}

/** Options of `upSampling1d`. */
export interface UpSampling1dOptions {
  /** Factor of the length. Default 2. */
  readonly size?: number;
  /** Default `nearest`. */
  readonly interpolation?: 'nearest' | 'bilinear';
}

const defineUpSampling = (type: string, { signal = false } = {}): LayerDefinition<UpSampling2dOptions> => {
  const resize = (k: Kernels, c: LayerCall, o: UpSampling2dOptions, y: number, x: number, back: 0 | 1): void => {
    const bilinear = o.interpolation === 'bilinear' ? 1 : 0;
    k.resize(y, x, c.rows, ...imageShape(c.inputShape, type, signal), ...asPair(o.size ?? 2, signal), bilinear, back);
  };
  return {
    type,
    rowwise: true,
    module: convolutionModule,

    check: (o, name) =>
      layerOptions(name, o, {
        size: optional(pairOf(signal)),
        interpolation: optional(choice('nearest', 'bilinear')),
      }),

    outputShape(o, input, name) {
      const [h, w, c] = imageShape(input, name, signal);
      const [fh, fw] = asPair(o.size ?? 2, signal);
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

/**
 * Repeats or interpolates values: `[height, width, channels]` becomes `[height · factor, width · factor, channels]`. Errors:
 * TypeError, RangeError on wrong options or an input of other than three axes.
 *
 * @example
 * ```ts
 * import { autoencoder, maxPooling2d, upSampling2d } from 'isthmus';
 *
 * const spec = { input: [2, 2, 1], encoder: [maxPooling2d()], decoder: [upSampling2d()] };
 * const model = await autoencoder(spec);
 * console.log(model.decode(Float32Array.of(9)));
 * // prints Float32Array(4) [ 9, 9, 9, 9 ]
 * ```
 */
export const upSampling2d: LayerFactory<UpSampling2dOptions> = /* @__PURE__ */ defineLayer(
  /* @__PURE__ */ defineUpSampling('upSampling2d'),
);

/**
 * Repeats or interpolates values: `[length, channels]` becomes `[length · factor, channels]`. Errors: TypeError, RangeError on
 * wrong options or an input of other than two axes.
 *
 * @example
 * ```ts
 * import { autoencoder, maxPooling1d, upSampling1d } from 'isthmus';
 *
 * const spec = { input: [4, 1], encoder: [maxPooling1d({ poolSize: 2 })], decoder: [upSampling1d({ size: 2 })] };
 * const model = await autoencoder(spec);
 * console.log(model.decode(Float32Array.of(3, 9)));
 * // prints Float32Array(4) [ 3, 3, 9, 9 ]
 * ```
 */
export const upSampling1d: LayerFactory<UpSampling1dOptions> = /* @__PURE__ */ defineLayer<UpSampling1dOptions>(
  /* @__PURE__ */ defineUpSampling('upSampling1d', { signal: true }) as LayerDefinition<UpSampling1dOptions>,
);
