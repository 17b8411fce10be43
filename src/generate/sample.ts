import { wrongType, wrongValue } from '../core/errors.ts';
import { pickWeighted, sumOf } from '../core/portable-math.ts';
import { sizeOf } from '../core/shape.ts';
import { integer, optional, unchecked, validate, validSeed } from '../core/validate.ts';
import type { Engine } from '../engine/engine.ts';
import { drawStreams } from '../evaluate/latent-distribution.ts';
import { randomSeed } from '../model/autoencoder.ts';
import { decodingEngineOf, engineOf, type Model } from '../model/model.ts';
import type { Mixture } from './mixture.ts';
import { normalNumbers, uniformNumbers } from './random-normal.ts';

export interface SampleOptions {
  /** Integer 0..2^53-1: the same seed gives the same samples on every runtime. Default: one at random. */
  readonly seed?: number;
  /** Where codes are drawn from. Default: the prior of a variational model, N(0, 1). */
  readonly from?: Mixture;
}

/**
 * `count` new samples, end to end: codes drawn at random and decoded. Synchronous: nothing else runs meanwhile. Errors:
 * TypeError; RangeError for a model without a variational latent, unless a mixture is given; and on wrong options.
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
  const noise = normalNumbers(engine, count * size, drawStreams.sample, seed);
  return model.decode(new Float32Array(from ? drawFromMixture(engine, from, noise, size, seed) : noise));
}

const isShare = (value: number): boolean => Number.isFinite(value) && value >= 0;

function checkMixture(mixture: Mixture, size: number): void {
  const { weights, means, variances } = mixture;
  if (!Array.isArray(weights) || !Array.isArray(means) || !Array.isArray(variances)) {
    throw wrongType('from', 'a mixture made by fitMixture()', mixture);
  }
  const fits = (rows: readonly (readonly number[])[], holds: (value: number) => boolean): boolean =>
    rows.length === weights.length && rows.every((row) => row?.length === size && row.every(holds));
  if (!fits(means, Number.isFinite) || !fits(variances, isShare)) {
    throw wrongValue('from', `a mixture of codes of ${size} values`, mixture);
  }
  if (!weights.every(isShare) || !weights.some((weight) => weight > 0)) {
    throw wrongValue('from.weights', 'shares of at least 0, one above', weights);
  }
}

/** Noise moved and stretched to the components that were picked by their shares. */
function drawFromMixture(
  engine: Engine,
  mixture: Mixture,
  noise: Float64Array,
  size: number,
  seed: number,
): Float64Array {
  const { weights, means, variances } = mixture;
  const total = sumOf(weights);
  const picked = uniformNumbers(engine, noise.length / size, drawStreams.mixture, seed).map((u) =>
    pickWeighted(weights, u * total),
  );
  return noise.map((value, i) => {
    const component = picked[Math.floor(i / size)]!;
    return means[component]![i % size]! + Math.sqrt(variances[component]![i % size]!) * value;
  });
}
