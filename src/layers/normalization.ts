import { checkAxes, lastAxis } from '../core/shape.ts';
import { boolean, layerOptions, optional } from '../core/validate.ts';
import { defineLayer, type LayerFactory } from '../engine/define-layer.ts';
import type { LayerCall } from '../engine/layer-call.ts';
import { constantWeight } from '../engine/layer-definition.ts';
import type { Kernels } from '../wasm/kernels.ts';
import { latentModule } from '../wasm/modules.ts';
import { adapt } from './normalization-statistics.ts';

/** Options of `normalization`. */
export interface NormalizationOptions {
  /** Applies the inverse, x · deviation + mean. Default false. */
  readonly invert?: boolean;
}

/** y = (x - mean) / deviation or, `back`, x · deviation + mean. A `mean` of 0 stands for no shift. */
function standardize(k: Kernels, c: LayerCall, y: number, x: number, mean: number, back = false): void {
  const n = lastAxis(c.inputShape);
  k.standardize(y, x, mean, c.weights[1]!, (c.rows * c.inputSize) / n, n, back ? 1 : 0);
}

/**
 * (x - mean) / deviation for each channel (the last axis), as Keras' `Normalization`. The shape stays. The weights `mean` and
 * `deviation` are float32 in files of every type. `fit` learns them from the data before it trains, once (see its option
 * `adapt`); until then they are 0 and 1, and the layer changes nothing. A constant channel has a deviation of 0 and is divided
 * by 1.
 *
 * With `invert` x · deviation + mean, with the statistics of the targets. As the last layer (reshapes may follow) it makes a
 * model reconstruct in the units of the data. Losses are then measured before this layer, on normalized targets, so that channels
 * of any scale have the same weight.
 *
 * After layers with weights it learns the statistics of their output before any training. Errors: TypeError on wrong options;
 * RangeError on an input without axes.
 *
 * @example
 * ```ts
 * import { autoencoder, dense, fit, normalization } from 'isthmus';
 *
 * // Two channels in their own units: pascals and degrees.
 * const wave = (i: number) => Math.sin(i >> 1);
 * const x = Float32Array.from({ length: 300 * 2 }, (_, i) => (i % 2 ? 20 + wave(i) : 101_325 + 500 * wave(i)));
 * const encoder = [normalization(), dense({ units: 1 })];
 * const decoder = [dense({ units: 2 }), normalization({ invert: true })];
 * const model = await autoencoder({ input: [2], encoder, decoder }, { seed: 1 });
 * await fit(model, x, { epochs: 30, deterministic: true });
 * console.log(model.weights['encoder.0.mean']!.data.map(Math.round));
 * // prints Float32Array(2) [ 101327, 20 ]
 * ```
 */
export const normalization: LayerFactory<NormalizationOptions> = /* @__PURE__ */ defineLayer<NormalizationOptions>({
  type: 'normalization',
  module: latentModule,
  adapt,
  meansOfRows: () => true,

  check: (o, name) => void layerOptions(name, o, { invert: optional(boolean) }),

  outputShape(_, input, name) {
    checkAxes(input, name);
    return input;
  },

  weights: (_, input) => [
    constantWeight('mean', lastAxis(input), 'zeros', true),
    constantWeight('deviation', lastAxis(input), 'ones', true),
  ],

  inverse: (o) => (o.invert ? normalization() : undefined),

  forward: (k, c, o) => standardize(k, c, c.y, c.x, c.weights[0]!, o.invert),

  backward(k, c, o) {
    if (c.dx) standardize(k, c, c.dx, c.dy, 0, o.invert);
  },
});
