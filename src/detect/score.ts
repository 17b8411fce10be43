// Anomaly scores: the squared distance of the residual, and that of the reconstruction from the normal ones, in units of the
// residual's scale. For a linear model these are the Q and T² statistics of process monitoring (Jackson and Mudholkar, 1979),
// combined as by Yue and Qin (2001). Half the squared distance is the negative log-density of a Gaussian, except for a constant.

import { sumOf } from '../core/portable-math.ts';
import type { Steps } from '../core/progress.ts';
import { SampleBatch, sampleValues } from '../data/sample-batch.ts';
import { forEachChunk } from '../engine/executor.ts';
import { multiplicationsPerSample } from '../engine/graph.ts';
import { klDivergences } from '../evaluate/latent-distribution.ts';
import { engineSymbol, type Model } from '../model/model.ts';
import type { NormalStatistics } from './normal-statistics.ts';
import { standardizedDistance } from './standardized-distance.ts';

/** The score of samples whose distance is larger, or NaN because the model overflowed: the largest float32. */
const MAX_SCORE = 3.4028234663852886e38;

/** Floating-point operations between two yields to the event loop. */
const MAX_OPERATIONS = 5e8;
/** Cost of the score outside the kernels, in floating-point operations a feature. */
const OPERATIONS_PER_FEATURE = 2000;

/** Calls `each` with samples and reconstructions of one chunk after the other, as views. `start`: index of the first sample. */
export function forEachReconstruction(
  model: Model,
  x: SampleBatch,
  each: (x: Float32Array, y: Float32Array, start: number, rows: number) => void,
): void {
  const engine = model[engineSymbol];
  forEachChunk(engine, { start: 0, end: engine.network.nodes.length }, x, ({ output, target, firstRow, rows }) => {
    const values = rows * x.size;
    each(engine.memory.view(target, values), engine.memory.view(output, values), firstRow, rows);
  });
}

/** Calls `each` with parts of the samples, and yields after each. `first`: index of the part's first sample. */
export function* forEachPart(
  model: Model,
  x: SampleBatch,
  each: (part: SampleBatch, first: number) => void,
): Steps<void> {
  const operations = 2 * multiplicationsPerSample(model[engineSymbol].network) + OPERATIONS_PER_FEATURE * x.size;
  const partSize = Math.max(1, Math.floor(MAX_OPERATIONS / operations));
  for (let first = 0; first < x.count; first += partSize) {
    const count = Math.min(partSize, x.count - first);
    each(new SampleBatch('x', sampleValues(x, first, count), model.inputShape), first);
    yield (first + count) / x.count;
  }
}

/** The score of each sample: about 1 for normal ones, proportional to the residual, always finite. */
export function anomalyScores(model: Model, statistics: NormalStatistics, x: SampleBatch): Float32Array<ArrayBuffer> {
  const distance = standardizedDistance(statistics);
  const scores = new Float32Array(x.count).fill(MAX_SCORE);
  // A variational model adds the KL divergence of each code from the prior. Twice a nat is one squared distance.
  const nats = model.spec.latent?.type === 'variational' ? klDivergences(model[engineSymbol], x) : undefined;
  forEachReconstruction(model, x, (values, y, start, rows) => {
    for (let i = 0; i < rows; i++) {
      distance.load(values, y, i * x.size);
      const score = distance.score(2 * (nats?.[start + i] ?? 0));
      if (score < MAX_SCORE) scores[start + i] = score;
    }
  });
  return scores;
}

/**
 * The squared distance of each sample split over its features: n x features shares, each row with sum 1. The distance of the
 * reconstruction is split as by Garthwaite and Koch (2016): by the squares of the whitened shift. The KL divergence belongs to
 * no feature and is left out.
 */
export function featureShares(model: Model, statistics: NormalStatistics, x: SampleBatch): Float32Array<ArrayBuffer> {
  const distance = standardizedDistance(statistics);
  const parts = new Float64Array(x.size);
  const shares = new Float32Array(x.count * x.size);
  forEachReconstruction(model, x, (values, y, start, rows) => {
    for (let i = 0; i < rows; i++) {
      distance.load(values, y, i * x.size);
      distance.splitByFeature(parts);
      shares.set(normalized(parts), (start + i) * x.size);
    }
  });
  return shares;
}

/** Divides values >= 0 by their sum. Equal shares if all are 0. If the sum overflows, equal shares of the infinite values. */
function normalized(values: Float64Array): Float64Array {
  const sum = sumOf(values);
  if (!Number.isFinite(sum)) return normalized(values.map((value) => (Number.isFinite(value) ? 0 : 1)));
  return sum > 0 ? values.map((value) => value / sum) : values.fill(1 / values.length);
}
