// How well a model reconstructs.

import type { Model } from 'isthmus';
import type { ModelSamples } from '../samples.ts';

/** Samples on which the quality is measured at most. */
const MAXIMUM_SAMPLES = 10_000;

/**
 * The share of the variance of samples that the model reconstructs: 1 - squared error / variance, at most 1. For rows it is the
 * mean over the features that are not constant, so that features of any unit count the same.
 */
export function explainedVariance(model: Model, samples: ModelSamples): number {
  const size = samples.shape.reduce((product, side) => product * side, 1);
  const x = samples.x.subarray(0, MAXIMUM_SAMPLES * size);
  const scale = x instanceof Uint8Array ? 1 / 255 : 1;
  const output = model.reconstruct(x);
  const features = samples.kind === 'rows' ? size : 1;
  const perFeature = x.length / features;
  const means = new Float64Array(features);
  for (let i = 0; i < x.length; i++) means[i % features]! += (x[i]! * scale) / perFeature;
  const errors = new Float64Array(features);
  const variances = new Float64Array(features);
  for (let i = 0; i < x.length; i++) {
    const value = x[i]! * scale;
    errors[i % features]! += (output[i]! - value) ** 2;
    variances[i % features]! += (value - means[i % features]!) ** 2;
  }
  const shares = Array.from(variances).flatMap((variance, i) => (variance > 0 ? [1 - errors[i]! / variance] : []));
  return shares.length ? shares.reduce((sum, share) => sum + share, 0) / shares.length : 1;
}
