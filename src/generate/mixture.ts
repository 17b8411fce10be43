import { wrongValue } from '../core/errors.ts';
import * as randomStreams from '../core/random-streams.ts';
import { sizeOf } from '../core/shape.ts';
import type { Samples } from '../core/types.ts';
import { integerWithin, optional, validate, validSeed } from '../core/validate.ts';
import { engineOf, type Model } from '../model/model.ts';
import { permutation } from '../train/batches.ts';
import { emStep, initialMixture } from './expectation-maximization.ts';

/** Options of `fitMixture`. */
export interface MixtureOptions {
  /** Number of normal distributions, 1..1024. Default 10. */
  readonly components?: number;
  /** Rounds of expectation maximization, 1..10000. Default 30. */
  readonly iterations?: number;
  /** Selects the codes that are the initial means, integer 0..2^53-1. Default: the model's seed. */
  readonly seed?: number;
}

/** A mixture of k normal distributions of codes with diagonal covariances: plain data. */
export interface Mixture {
  /** Probability of each component. `[k]`, sum 1. */
  readonly weights: readonly number[];
  /** `[k][latent size]` */
  readonly means: readonly (readonly number[])[];
  /** `[k][latent size]` */
  readonly variances: readonly (readonly number[])[];
}

/**
 * Fits a mixture of normal distributions to the codes of samples, for `sample(model, n, { from: mixture })`: codes are then drawn
 * where the data is, for every model with a decoder (Ghosh et al., From variational to deterministic autoencoders, 2020). The
 * method is expectation maximization (Dempster, Laird and Rubin, 1977) with diagonal covariances. Synchronous: it blocks the
 * event loop.
 *
 * Errors: TypeError; RangeError for options out of range, for samples that do not fit the model, and for fewer samples than
 * components.
 *
 * @example
 * ```ts
 * import { autoencoder, denseAutoencoder, fit, fitMixture, sample } from 'isthmus';
 *
 * const x = Float32Array.from({ length: 300 * 16 }, (_, i) => Math.sin((i >> 4) + (i % 16) / 3)); // waves of 16 values
 * const model = await autoencoder(denseAutoencoder({ input: [16], latent: 4 }), { seed: 1 });
 * await fit(model, x, { epochs: 40, deterministic: true });
 * const mixture = fitMixture(model, x, { components: 3, seed: 1 });
 * const waves = sample(model, 5, { from: mixture, seed: 7 }); // although the model is not variational
 * console.log(waves.length / 16);
 * // prints 5
 * ```
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

  const order = permutation(engine, seed, count, 0, randomStreams.pick);
  const mixture = initialMixture(codes, size, Array.from(order.subarray(0, components)));
  for (let i = 0; i < iterations; i++) emStep(codes, size, mixture);
  return mixture;
}
