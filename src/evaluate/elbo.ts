// How likely samples are under a variational model: the bound that training raises, and a tighter one.

import { SampleBatch } from '../data/sample-batch.ts';
import type { Engine } from '../engine/engine.ts';
import { forEachChunk } from '../engine/executor.ts';
import { type LossName, type LossTerm, lossCodes } from '../engine/losses.ts';
import { lossScale } from '../engine/measure.ts';
import { drawCodes, drawStreams, latentDistribution } from './latent-distribution.ts';

export interface LikelihoodBounds {
  /** Mean of log p(x, z) - log q(z | x) over the draws, in nats a sample: the evidence lower bound. */
  readonly elbo: number;
  /** Mean of log of the mean of p(x, z) / q(z | x) over the draws: Burda et al., Importance weighted autoencoders, 2016. */
  readonly importanceWeighted: number;
}

/** Factor and constant of log p(x | z) of a sample, factor · Σ loss + constant, by the losses that are likelihoods. */
const likelihoods: { readonly [name in LossName]?: (size: number, stddev: number) => [number, number] } = {
  binaryCrossentropy: () => [-1, 0],
  meanSquaredError: (size, stddev) => [
    -1 / (2 * stddev * stddev),
    -0.5 * size * Math.log(2 * Math.PI * stddev * stddev),
  ],
};

/** Both bounds of samples, from `k` draws each; undefined where the loss is no likelihood. */
export function likelihoodBounds(
  engine: Engine,
  x: SampleBatch,
  targets: SampleBatch,
  terms: readonly LossTerm[],
  stddev: number,
  k: number,
): LikelihoodBounds | undefined {
  const { kernels, network } = engine;
  const { name } = terms[0]!;
  const likelihood = terms.length === 1 && likelihoods[name];
  if (!likelihood) return undefined;
  const [factor, constant] = likelihood(targets.size, stddev);
  const d = latentDistribution(engine, x);
  const units = d.mean.length / x.count;
  const inverse = d.logVariance.map((l) => Math.exp(-Math.max(-20, Math.min(20, l))));
  const top = new Float64Array(x.count).fill(-Infinity);
  const sum = new Float64Array(x.count);
  let total = 0;
  for (let draw = 0; draw < k; draw++) {
    const codes = drawCodes(engine, d, draw, drawStreams.bound, engine.seed);
    const { end, scale } = lossScale(engine);
    const part = { start: network.encoderNodes, end };
    const add = (y: number, start: number, rows: number, t: number): void => {
      scale(t, rows);
      for (let r = 0; r < rows; r++) {
        const at = r * targets.size * 4;
        const i = start + r;
        // Twice log q(z | x) - log p(z): Σ z² - (z - mean)² / variance - log variance.
        let away = 0;
        for (let j = i * units; j < (i + 1) * units; j++) {
          const z = codes[j]!;
          const off = z - d.mean[j]!;
          away += z * z - off * off * inverse[j]! - d.logVariance[j]!;
        }
        const weight = factor * kernels.lossSum(y + at, t + at, targets.size, lossCodes[name]) + constant - away / 2;
        total += weight;
        // log Σ e^weight, one weight at a time.
        if (weight > top[i]!) {
          sum[i] = sum[i]! * Math.exp(top[i]! - weight) + 1;
          top[i] = weight;
        } else sum[i]! += Math.exp(weight - top[i]!);
      }
    };
    forEachChunk(engine, part, new SampleBatch('z', codes, network.latentShape), add, targets);
  }
  const weighted = sum.reduce((all, s, i) => all + top[i]! + Math.log(s / k), 0);
  return { elbo: total / (k * x.count), importanceWeighted: weighted / x.count };
}
