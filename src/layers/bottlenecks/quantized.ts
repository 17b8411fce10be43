import { lastAxis, type Shape, sizeOf } from '../../core/shape.ts';
import { layerOptions, optional, positive } from '../../core/validate.ts';
import { defineBottleneck, type LayerFactory } from '../../engine/define-layer.ts';
import { type BottleneckCall, randomArguments } from '../../engine/layer-call.ts';
import { constantWeight } from '../../engine/layer-definition.ts';
import type { Kernels } from '../../wasm/kernels.ts';
import { latentModule } from '../../wasm/modules.ts';

export interface QuantizedOptions {
  /** Distance of two values that a code may have. Default 1. */
  readonly step?: number;
}

/** Logistic distributions that a channel's prior is a mixture of. */
export const COMPONENTS = 3;

/** Values of the prior. */
const parameters = (shape: Shape): number => 3 * COMPONENTS * lastAxis(shape);

/** Bits that the codes of a call cost; with a `factor`, that times their gradients too. */
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
 * A code of multiples of `step`: rounded at inference, with uniform noise of the same size while training, so that there
 * is a gradient (Ballé et al., End-to-end optimized image compression, 2017). With `rateWeight`, `fit` also learns how
 * often each channel (the last axis) has which value, and what that costs in bits becomes part of the loss: a factorised
 * prior, made wider by the noise (Ballé et al., Variational image compression with a scale hyperprior, 2018), here a mixture
 * of three logistic distributions a channel. It is the layer's weight `prior`: 3 × channels centres, logarithms of scales
 * and logarithms of shares, one behind the other. Keeps the shape. Errors: TypeError, RangeError on a wrong step.
 */
export const quantized: LayerFactory<QuantizedOptions> = /* @__PURE__ */ defineBottleneck<QuantizedOptions>({
  type: 'quantized',
  bottleneck: true,
  module: latentModule,

  check: (o, name) => layerOptions(name, o, { step: optional(positive) }),

  outputShape: (_, input) => input,

  // A vector: saving as int8 leaves those as they are.
  weights: (_, input) => [constantWeight('prior', parameters(input), 'zeros')],

  saved: (_, input, rows) => rows * sizeOf(input),

  forward(k, c, { step = 1 }) {
    const n = c.rows * c.inputSize;
    if (c.training) k.addUniform(c.y, c.x, n, step, ...randomArguments(c));
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
