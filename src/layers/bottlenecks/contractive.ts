import { integerWithin, layerOptions, optional, positive } from '../../core/validate.ts';
import { defineLayer, type LayerFactory } from '../../engine/layer-definition.ts';
import { contractivePenalty } from '../../train/contractive/projected.ts';
import { corruptModule, latentModule } from '../../wasm/modules.ts';

export interface ContractiveOptions {
  /** Factor of the squared Frobenius norm of the encoder's Jacobian, the mean over the batch. Above 0. */
  readonly weight: number;
  /** Random directions in which the Jacobian of an encoder that is not dense is felt, 1..1024. Default 1. */
  readonly projections?: number;
}

/**
 * A code that changes little when the input does: the loss has `weight`·‖∂code/∂input‖². Exact for encoders of dense
 * layers (without softmax), at the cost of the encoder as many times as a code has values, or of one product where there
 * is one layer. Others are felt along random directions of N(0, I), by central differences: the expected value is the
 * norm. Behind `normalization` layers that stand first, ∂input is in their units. As `latent` of a spec, or as `contractive` of `fit` for the code in front of another bottleneck. Keeps the shape.
 * Rifai et al., Contractive auto-encoders, 2011. Errors: TypeError, RangeError on wrong options.
 */
export const contractive: LayerFactory<ContractiveOptions> = /* @__PURE__ */ defineLayer({
  type: 'contractive',
  latent: true,
  identity: true,
  module: [latentModule, corruptModule],
  contractivePenalty,

  check: (o, name) => layerOptions(name, o, { weight: positive, projections: optional(integerWithin(1, 1024)) }),

  outputShape: (_, input) => input,
  forward() {},
  backward() {},
});
