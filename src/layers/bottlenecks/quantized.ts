import { lastAxis, type Shape, sizeOf } from '../../core/shape.ts';
import { layerOptions, optional, positive } from '../../core/validate.ts';
import { defineBottleneck, type LayerFactory } from '../../engine/define-layer.ts';
import { type BottleneckCall, firstGroupOf, randomArguments } from '../../engine/layer-call.ts';
import { constantWeight } from '../../engine/layer-definition.ts';
import type { Kernels } from '../../wasm/kernels.ts';
import { latentModule } from '../../wasm/modules.ts';

/** Options of `quantized`. */
export interface QuantizedOptions {
  /** Distance between two possible values of a code. Default 1. */
  readonly step?: number;
}

/** Number of logistic distributions in the prior of a channel. */
export const COMPONENTS = 3;

/** Number of values of the prior. */
const parameters = (shape: Shape): number => 3 * COMPONENTS * lastAxis(shape);

/** Bits of the codes of a call. With a `factor` above 0, writes the gradients of factor · bits, too. */
function rateBits(k: Kernels, c: BottleneckCall, step: number, slope: number, factor: number): number {
  const n = lastAxis(c.inputShape);
  const [prior] = c.weights as [number];
  const positions = (c.rows * c.inputSize) / n;
  return k.logisticMixtureBits(
    slope,
    c.gradients[0] ?? 0,
    c.y,
    prior,
    positions,
    n,
    COMPONENTS,
    step,
    factor,
    c.scratch,
  );
}

/**
 * A code of multiples of `step`: rounded at inference; in training, uniform noise of one step replaces the rounding, so that
 * there is a gradient (Ballé et al., End-to-end optimized image compression, 2017). The shape stays. With `rateWeight`, `fit` also
 * trains a prior of the values of each channel (the last axis) and adds the bits of the codes to the loss: a factorized prior
 * convolved with the noise (Ballé et al., Variational image compression with a scale hyperprior, 2018), here a mixture of three
 * logistic distributions per channel. The weight `prior` holds 3 × channels centers, then logarithms of scales, then logarithms
 * of proportions. Errors: TypeError, RangeError on a wrong step.
 *
 * @example
 * ```ts
 * import { autoencoder, dense, quantized } from 'isthmus';
 *
 * const layers = { encoder: [dense({ units: 3 })], latent: quantized({ step: 0.5 }), decoder: [dense({ units: 8 })] };
 * const model = await autoencoder({ input: [8], ...layers }, { seed: 1 });
 * const code = model.encode(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8));
 * console.log(code.every((value) => Number.isInteger(value / 0.5)));
 * // prints true
 * ```
 */
export const quantized: LayerFactory<QuantizedOptions> = /* @__PURE__ */ defineBottleneck<QuantizedOptions>({
  type: 'quantized',
  bottleneck: true,
  module: latentModule,
  meansOfRows: () => true,

  check: (o, name) => layerOptions(name, o, { step: optional(positive) }),

  outputShape: (_, input) => input,

  // A vector: files of int8 keep vectors in float32.
  weights: (_, input) => [constantWeight('prior', parameters(input), 'zeros')],

  saved: (_, input, rows) => rows * sizeOf(input),

  forward(k, c, { step = 1 }) {
    const n = c.rows * c.inputSize;
    if (c.training) k.addUniform(c.y, c.x, n, step, firstGroupOf(c, c.inputSize), ...randomArguments(c));
    else k.roundTo(c.y, c.x, n, step);
  },

  // The prior is all zeros before any training.
  codeBits: (k, c, { step = 1 }) =>
    k.countNonZero(c.weights[0]!, parameters(c.inputShape)) ? rateBits(k, c, step, 0, 0) : undefined,

  penalty(k, c, { step = 1 }) {
    if (!c.rateWeight) return { loss: 0 };
    const factor = c.rateWeight / (c.rows * c.outputValues);
    const bits = rateBits(k, c, step, c.saved, factor);
    return { loss: factor * bits, bits: bits / c.rows };
  },

  backward(k, c) {
    const n = c.rows * c.inputSize;
    if (!c.rateWeight) k.clear(c.gradients[0]!, parameters(c.inputShape));
    if (!c.dx) return;
    if (c.rateWeight) k.add(c.dx, c.dy, c.saved, n);
    else k.copy(c.dx, c.dy, n);
  },
});
