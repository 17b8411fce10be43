import { wrongType, wrongValue } from '../core/errors.ts';
import { pickWeighted, sumOf } from '../core/portable-math.ts';
import * as randomStreams from '../core/random-streams.ts';
import { sizeOf } from '../core/shape.ts';
import { integer, optional, unchecked, validate, validSeed } from '../core/validate.ts';
import type { Engine } from '../engine/engine.ts';
import { randomSeed } from '../model/autoencoder.ts';
import { decodingEngineOf, engineOf, type Model } from '../model/model.ts';
import type { Mixture } from './mixture.ts';
import { normalNumbers, uniformNumbers } from './random-normal.ts';

/** Options of `sample`. */
export interface SampleOptions {
  /** Integer 0..2^53-1. The same seed gives the same samples on every runtime. Default: a random seed. */
  readonly seed?: number;
  /** The distribution of the codes, see `fitMixture`. Default: N(0, I), the prior of a variational model. */
  readonly from?: Mixture;
}

/**
 * `count` new samples in one array: random codes, decoded. `count`: 1..2^24. Synchronous: it blocks the event loop.
 *
 * Errors: TypeError; RangeError for a count or options out of range, for a model without a decoder, and for a model without a
 * variational bottleneck unless `from` is given.
 *
 * @example
 * ```ts
 * import { autoencoder, fit, sample, variationalAutoencoder } from 'isthmus';
 *
 * const x = Float32Array.from({ length: 300 * 16 }, (_, i) => 0.5 + 0.5 * Math.sin((i >> 4) + (i % 16) / 3));
 * const model = await autoencoder(variationalAutoencoder({ input: [16], latent: 2, hidden: [32] }), { seed: 1 });
 * await fit(model, x, { epochs: 20, deterministic: true });
 * const waves = sample(model, 4, { seed: 7 });
 * console.log(waves.length / 16, waves.every((value) => value >= 0 && value <= 1));
 * // prints 4 true
 * ```
 */
export function sample(model: Model, count: number, options: SampleOptions = {}): Float32Array<ArrayBuffer> {
  const engine = engineOf(model);
  integer('count', count, 1, 2 ** 24);
  const { seed = randomSeed() } = validate('options', options, {
    seed: optional(validSeed),
    from: unchecked,
  });
  const size = sizeOf(model.latentShape);
  decodingEngineOf(model);
  const { from } = options;
  const { latent } = model.spec;
  if (from) checkMixture(from, size);
  else if (latent?.type !== 'variational') {
    throw wrongValue('model', 'one with a variational latent', latent?.type ?? 'one without');
  }
  const noise = normalNumbers(engine, count * size, randomStreams.sample, seed);
  return model.decode(new Float32Array(from ? drawFromMixture(engine, from, noise, size, seed) : noise));
}

const isNonNegative = (value: number): boolean => Number.isFinite(value) && value >= 0;

function checkMixture(mixture: Mixture, size: number): void {
  const { weights, means, variances } = mixture;
  if (!Array.isArray(weights) || !Array.isArray(means) || !Array.isArray(variances)) {
    throw wrongType('from', 'a mixture made by fitMixture()', mixture);
  }
  const fits = (rows: readonly (readonly number[])[], isValid: (value: number) => boolean): boolean =>
    rows.length === weights.length && rows.every((row) => row?.length === size && row.every(isValid));
  if (!fits(means, Number.isFinite) || !fits(variances, isNonNegative)) {
    throw wrongValue('from', `a mixture of codes of ${size} values`, mixture);
  }
  if (!weights.every(isNonNegative) || !weights.some((weight) => weight > 0)) {
    throw wrongValue('from.weights', 'shares of at least 0, one above', weights);
  }
}

/** Turns codes of N(0, I) into codes of the mixture: each is scaled and shifted to a component, drawn by its weight. */
function drawFromMixture(
  engine: Engine,
  mixture: Mixture,
  noise: Float64Array,
  size: number,
  seed: number,
): Float64Array {
  const { weights, means, variances } = mixture;
  const total = sumOf(weights);
  const components = uniformNumbers(engine, noise.length / size, randomStreams.mixture, seed).map((u) =>
    pickWeighted(weights, u * total),
  );
  return noise.map((value, i) => {
    const component = components[Math.floor(i / size)]!;
    const axis = i % size;
    return means[component]![axis]! + Math.sqrt(variances[component]![axis]!) * value;
  });
}
