import { wrongValue } from '../core/errors.ts';
import { sizeOf } from '../core/shape.ts';
import type { Samples } from '../core/types.ts';
import { integerWithin, optional, validate, validSeed } from '../core/validate.ts';
import { drawStreams } from '../evaluate/latent-distribution.ts';
import { engineOf, type Model } from '../model/model.ts';
import { permutation } from '../train/batches.ts';
import { emStep, initialMixture } from './expectation-maximization.ts';

export interface MixtureOptions {
  /** Normal distributions that are mixed, 1..1024. Default 10. */
  readonly components?: number;
  /** Rounds of expectation and maximisation. Default 30. */
  readonly iterations?: number;
  /** Where the first means come from. Default: the model's seed. */
  readonly seed?: number;
}

/** Normal distributions of codes, each axis by itself: plain data. */
export interface Mixture {
  /** Shares of the components; their sum is 1. */
  readonly weights: readonly number[];
  /** [components][latent size] */
  readonly means: readonly (readonly number[])[];
  readonly variances: readonly (readonly number[])[];
}

/**
 * Fits a mixture of normal distributions to the codes of samples, for `sample(model, n, { from: mixture })`: codes where
 * data is, instead of where the prior says it ought to be. Works for every model with a decoder. Expectation and
 * maximisation (Dempster, Laird and Rubin, 1977) with diagonal covariances; after Ghosh et al., From variational to
 * deterministic autoencoders, 2020. Synchronous: nothing else runs meanwhile. Errors: TypeError, RangeError on wrong
 * options or fewer samples than components.
 */
export function fitMixture(model: Model, x: Samples, options: MixtureOptions = {}): Mixture {
  const engine = engineOf(model);
  const { components, iterations, seed } = validate('options', options, {
    components: optional(integerWithin(1, 1024), 10),
    iterations: optional(integerWithin(1, 10_000), 30),
    seed: optional(validSeed, engine.seed),
  });
  const codes = model.encode(x);
  const size = sizeOf(model.latentShape);
  const count = codes.length / size;
  if (count < components) throw wrongValue('x', `at least ${components} samples, one for each component`, count);

  const order = permutation(engine, seed, count, 0, drawStreams.pick);
  const mixture = initialMixture(codes, size, Array.from(order.subarray(0, components)));
  for (let i = 0; i < iterations; i++) emStep(codes, size, mixture);
  return mixture;
}
