// Lower bounds of the log-likelihood of samples under a variational model: the evidence lower bound, which training maximizes,
// and the tighter importance-weighted bound.

import { clamp } from '../core/portable-math.ts';
import type { Steps } from '../core/progress.ts';
import * as randomStreams from '../core/random-streams.ts';
import { SampleBatch } from '../data/sample-batch.ts';
import type { Engine } from '../engine/engine.ts';
import { type Chunk, planPass } from '../engine/executor.ts';
import { type LossName, type LossTerm, lossCodes } from '../engine/losses.ts';
import { lossScale } from '../engine/measure.ts';
import { drawCodes, type LatentDistribution, latentDistribution } from './latent-distribution.ts';

/** In nats a sample, means over the samples. w is p(x, z) / q(z | x) of one draw z of a sample's code. */
export interface LikelihoodBounds {
  /** Mean of log w: the evidence lower bound. */
  readonly elbo: number;
  /** Log of the mean of w over a sample's draws: Burda et al., Importance weighted autoencoders, 2016. */
  readonly importanceWeighted: number;
}

/** log p(x | z) for the losses that are negative log-likelihoods. `loss`: the sum over the `size` values of a sample. */
const logLikelihoods: { readonly [name in LossName]?: (loss: number, size: number, stddev: number) => number } = {
  binaryCrossentropy: (loss) => -loss,
  meanSquaredError: (loss, size, stddev) =>
    (-1 / (2 * stddev * stddev)) * loss - 0.5 * size * Math.log(2 * Math.PI * stddev * stddev),
};

/** A function that gives 2 · (log q(z | x) - log p(z)) of the code at index i: Σ z² - (z - mean)² / variance - log variance. */
function divergence({ mean, logVariance }: LatentDistribution, units: number) {
  const inverseVariance = logVariance.map((l) => Math.exp(-clamp(l, -20, 20)));
  return (codes: Float32Array, i: number): number => {
    let sum = 0;
    for (let j = i * units; j < (i + 1) * units; j++) {
      const z = codes[j]!;
      const centered = z - mean[j]!;
      sum += z * z - centered * centered * inverseVariance[j]! - logVariance[j]!;
    }
    return sum;
  };
}

export interface BoundOptions {
  readonly x: SampleBatch;
  readonly targets: SampleBatch;
  readonly terms: readonly LossTerm[];
  readonly stddev: number;
  /** Codes drawn for each sample. */
  readonly draws: number;
}

/** Both bounds, in steps. Undefined if the loss is no likelihood. */
export function* likelihoodBounds(
  engine: Engine,
  { x, targets, terms, stddev, draws }: BoundOptions,
): Steps<LikelihoodBounds | undefined> {
  const { kernels, network } = engine;
  const { name } = terms[0]!;
  const logLikelihood = terms.length === 1 && logLikelihoods[name];
  if (!logLikelihood) return undefined;
  const distribution = yield* latentDistribution(engine, x);
  const divergenceOf = divergence(distribution, distribution.mean.length / x.count);
  const { end, scale } = lossScale(engine);
  const decoder = { start: network.encoderNodes, end };
  // log Σ w of each sample, as log(sum · e^largest) with the largest log w so far, so that e^(log w) cannot overflow.
  const largest = new Float64Array(x.count).fill(-Infinity);
  const sums = new Float64Array(x.count);
  let total = 0;
  for (let draw = 0; draw < draws; draw++) {
    const codes = drawCodes(engine, distribution, draw, randomStreams.bound, engine.seed);
    const addChunk = ({ output, target, firstRow, rows }: Chunk): void => {
      scale(target, rows);
      for (let r = 0; r < rows; r++) {
        const offset = r * targets.size * 4;
        const loss = kernels.lossSum(output + offset, target + offset, targets.size, lossCodes[name]);
        const i = firstRow + r;
        const logWeight = logLikelihood(loss, targets.size, stddev) - divergenceOf(codes, i) / 2;
        total += logWeight;
        if (logWeight > largest[i]!) {
          sums[i] = sums[i]! * Math.exp(largest[i]! - logWeight) + 1;
          largest[i] = logWeight;
        } else sums[i]! += Math.exp(logWeight - largest[i]!);
      }
    };
    const { rows, run } = planPass(engine, decoder, new SampleBatch('z', codes, network.latentShape), { targets });
    for (let firstRow = 0; firstRow < x.count; firstRow += rows) {
      addChunk(run(firstRow));
      yield (draw + firstRow / x.count) / draws;
    }
  }
  const weighted = sums.reduce((all, sum, i) => all + largest[i]! + Math.log(sum / draws), 0);
  return { elbo: total / (draws * x.count), importanceWeighted: weighted / x.count };
}
