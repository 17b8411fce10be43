import { integer, options as plain, seedWithin } from '../check.ts';
import { streams } from '../engine/initialize.ts';
import { wrongValue } from '../errors.ts';
import { sizeOf } from '../layers/layer.ts';
import { engineIn, type engineOf, type Model } from '../model.ts';
import type { Samples } from '../types.ts';
import { draws } from './distribution.ts';
import { iterate, start } from './expectation.ts';

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
 * deterministic autoencoders, 2020. Errors: TypeError, RangeError on wrong options or fewer samples than components.
 */
export function fitMixture(model: Model, x: Samples, options: MixtureOptions = {}): Mixture {
  const engine = engineIn(model);
  const o = plain<MixtureOptions>('options', options, ['components', 'iterations', 'seed']);
  const components = integer('components', o.components ?? 10, 1, 1024);
  const iterations = integer('iterations', o.iterations ?? 30, 1, 10_000);
  const seed = seedWithin('seed', o.seed ?? engine.seed);
  const codes = model.encode(x);
  const size = sizeOf(model.latentShape);
  const count = codes.length / size;
  if (count < components) throw wrongValue('x', `at least ${components} samples, one for each component`, count);

  const mixture = start(codes, size, components, picks(engine, count, components, seed));
  const shares = new Float64Array(components);
  for (let i = 0; i < iterations; i++) iterate(codes, size, mixture, shares);
  return {
    weights: Array.from(mixture.weights),
    means: mixture.means.map((mean) => Array.from(mean)),
    variances: mixture.variances.map((variance) => Array.from(variance)),
  };
}

/** Numbers of `components` samples, no two alike. */
function picks(engine: Model[typeof engineOf], count: number, components: number, seed: number): number[] {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  const use = (words: Uint32Array, from: number): void => {
    for (let j = 0; j < words.length; j++) {
      const i = from + j;
      const k = i + Math.floor((words[j]! / 2 ** 32) * (count - i));
      [order[i], order[k]] = [order[k]!, order[i]!];
    }
  };
  engine.randomWords(Math.min(count, components), 0, streams.shuffle + draws.pick, use, seed);
  return Array.from(order.subarray(0, components));
}
