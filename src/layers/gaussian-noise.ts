import { sizeOf } from '../core/shape.ts';
import { type Check, layerOptions, nonNegative, positive } from '../core/validate.ts';
import { defineLayer, type LayerFactory } from '../engine/define-layer.ts';
import { GROUP_VALUES, randomArguments } from '../engine/layer-call.ts';
import { corruptModule } from '../wasm/modules.ts';
import { atLevels, type Clip, checkClip, checkLevel, type Level } from './transforms/noise-level.ts';
import { firstGroup } from './transforms/sample-transform.ts';

/** Options of `gaussianNoise`. */
export interface GaussianNoiseOptions {
  /** Standard deviation in the unit of the values, above 0, or a range of it from 0 or above. */
  readonly stddev: Level;
  /** Range to which values are clipped afterwards, such as `[0, 1]` for pixels. Default: none. */
  readonly clip?: Clip;
}

const checkStddev: Check = (name, value) => checkLevel(name, value, positive, nonNegative);

/**
 * Adds normal noise in training, new at every step; does nothing at inference. The shape stays. A layer, and a `corruption` of
 * `fit`. Errors: TypeError, RangeError on wrong options.
 *
 * @example
 * ```ts
 * import { autoencoder, dense, fit, gaussianNoise } from 'isthmus';
 *
 * const x = Float32Array.from({ length: 200 * 16 }, (_, i) => Math.sin((i >> 4) + (i % 16) / 3)); // waves of 16 values
 * const spec = { input: [16], encoder: [dense({ units: 3 })], decoder: [dense({ units: 16 })] };
 * const model = await autoencoder(spec, { seed: 1 });
 * await fit(model, x, { epochs: 60, corruption: gaussianNoise({ stddev: 0.3 }), deterministic: true });
 * const noisy = x.map((value, i) => value + 0.3 * Math.cos(i * i));
 * const errorOf = (values: Float32Array) => values.reduce((sum, value, i) => sum + (value - x[i]!) ** 2, 0) / x.length;
 * console.log(errorOf(noisy).toFixed(3), errorOf(model.reconstruct(noisy)).toFixed(3));
 * // prints 0.044 0.028
 * ```
 */
export const gaussianNoise: LayerFactory<GaussianNoiseOptions> = /* @__PURE__ */ defineLayer({
  type: 'gaussianNoise',
  trainingOnly: true,
  corrupts: true,
  // The random words of each sample begin a group of 16.
  meansOfRows: (_, input) => sizeOf(input) % GROUP_VALUES === 0,
  module: corruptModule,

  check: (o, name) => void layerOptions(name, o, { stddev: checkStddev, clip: checkClip }),

  outputShape: (_, input) => input,

  forward(kernels, call, given) {
    atLevels(kernels, call, given, given.stddev, (k, c, { clip }, stddev) => {
      const [low, high] = clip ?? [-Infinity, Infinity];
      const n = c.rows * c.inputSize;
      const first = firstGroup(c);
      k.addNormal(c.y, c.x, n, stddev, low, high, first, ...randomArguments(c));
    });
  },

  backward(k, c, o) {
    const [low, high] = o.clip ?? [-Infinity, Infinity];
    if (c.dx) k.clampBackward(c.dx, c.dy, c.y, c.rows * c.inputSize, low, high);
  },
});
