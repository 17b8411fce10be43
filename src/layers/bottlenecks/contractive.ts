import { integerWithin, layerOptions, optional, positive } from '../../core/validate.ts';
import { defineBottleneck, type LayerFactory } from '../../engine/define-layer.ts';
import type { EncoderPenaltyContext } from '../../engine/encoder-penalty.ts';
import { corruptModule, latentModule } from '../../wasm/modules.ts';
import { penalizedEncoder } from './contractive-encoder.ts';
import { exactPenalty } from './contractive-exact.ts';
import { projectedPenalty } from './contractive-projected.ts';

/** Options of `contractive`. */
export interface ContractiveOptions {
  /** Factor of the squared Frobenius norm of the encoder's Jacobian, the mean over the batch. Above 0. */
  readonly weight: number;
  /** Random directions that the estimate for an encoder with other than dense layers takes, 1..1024. Default 1. */
  readonly projections?: number;
}

/**
 * A code that changes little when the input does: adds weight·‖∂code/∂input‖² to the loss, the mean over the batch.
 *
 * Exact for encoders of dense layers without softmax. One layer costs one matrix product more. Two layers of h and k units
 * cost about 1.6·h²·k multiplications for each sample. For other encoders, ‖J‖² is estimated as E‖J·v‖² with v ~ N(0, I), and
 * J·v by central differences. With leading `normalization` layers, ∂input is in their units.
 *
 * As `latent` of a spec, or as `contractive` of `fit` for the code in front of another bottleneck. Keeps the shape. Rifai et
 * al., Contractive auto-encoders, 2011. Errors: TypeError, RangeError on wrong options.
 *
 * @example
 * ```ts
 * import { autoencoder, contractive, dense, fit } from 'isthmus';
 *
 * const x = Float32Array.from({ length: 200 * 16 }, (_, i) => Math.sin((i >> 4) + (i % 16) / 3)); // waves of 16 values
 * const latent = contractive({ weight: 0.01 });
 * const encoder = [dense({ units: 3, activation: 'tanh' })];
 * const model = await autoencoder({ input: [16], encoder, latent, decoder: [dense({ units: 16 })] }, { seed: 1 });
 * const { loss } = await fit(model, x, { epochs: 10, deterministic: true });
 * console.log(loss[9]! < loss[0]!); // the loss has the penalty
 * // prints true
 * ```
 */
export const contractive: LayerFactory<ContractiveOptions> = /* @__PURE__ */ defineBottleneck<ContractiveOptions>({
  type: 'contractive',
  bottleneck: true,
  identity: true,
  module: [latentModule, corruptModule],

  contractivePenalty(value, { weight, projections = 1 }) {
    const context = value as EncoderPenaltyContext;
    const encoder = penalizedEncoder(context);
    return exactPenalty(context, encoder, weight) ?? projectedPenalty(context, encoder, weight, projections);
  },

  check: (o, name) => layerOptions(name, o, { weight: positive, projections: optional(integerWithin(1, 1024)) }),

  outputShape: (_, input) => input,
  forward() {},
  backward() {},
});
