// How strange a sample is: the squared distance of its residual, and that of its reconstruction among the normal
// ones, each in units of the residual's scale. With a linear model these are the Q and T² statistics of process
// monitoring (Jackson and Mudholkar, 1979), joined as by Yue and Qin (2001); half of it is, but for a constant, the
// negative logarithm of a Gaussian density.

import { sumOf } from '../core/portable-math.ts';
import type { Steps } from '../core/progress.ts';
import { SampleBatch, sampleValues } from '../data/sample-batch.ts';
import { forEachChunk } from '../engine/executor.ts';
import { multiplicationsPerSample } from '../engine/graph.ts';
import { klDivergences } from '../evaluate/latent-distribution.ts';
import { engineSymbol, type Model } from '../model/model.ts';
import type { NormalStatistics } from './normal-statistics.ts';
import { StandardizedDistance } from './standardized-distance.ts';

/** What is larger, or no number because the model overflowed, is this strange. */
const MAX_SCORE = 3.4028234663852886e38;

/** Calls `each` with views of samples and reconstructions, chunk by chunk; row `start` is the first. */
export function forEachReconstruction(
  model: Model,
  x: SampleBatch,
  each: (x: Float32Array, y: Float32Array, start: number, rows: number) => void,
): void {
  const engine = model[engineSymbol];
  forEachChunk(engine, { start: 0, end: engine.network.nodes.length }, x, (y, start, rows, target) => {
    const { floats } = engine.memory;
    const view = (address: number) => floats.subarray(address / 4, address / 4 + rows * x.size);
    each(view(target), view(y), start, rows);
  });
}

/** What a part of the samples takes between two turns, as floating-point operations: those of a feature outside the kernels count. */
const MOST_OPERATIONS = 5e8;
const OPERATIONS_EACH = 2000;

/** Calls `each` with parts of the samples and the number of their first, a turn of the event loop at a time. */
export function* forEachPart(
  model: Model,
  x: SampleBatch,
  each: (part: SampleBatch, first: number) => void,
): Steps<void> {
  const operations = 2 * multiplicationsPerSample(model[engineSymbol].network) + OPERATIONS_EACH * x.size;
  const rows = Math.max(1, Math.floor(MOST_OPERATIONS / operations));
  for (let first = 0; first < x.count; first += rows) {
    const count = Math.min(rows, x.count - first);
    each(new SampleBatch('x', sampleValues(x, first, count), model.inputShape), first);
    yield (first + count) / x.count;
  }
}

/** One score a sample, about 1 for the usual: a root of a mean, so that it grows as the residual does. Always finite. */
export function anomalyScores(model: Model, standard: NormalStatistics, x: SampleBatch): Float32Array<ArrayBuffer> {
  const distance = new StandardizedDistance(standard);
  const scores = new Float32Array(x.count).fill(MAX_SCORE);
  // Of a variational model, how far each code is from the prior, in nats; twice a nat is one squared distance.
  const nats = model.spec.latent?.type === 'variational' ? klDivergences(model[engineSymbol], x) : undefined;
  forEachReconstruction(model, x, (values, y, start, rows) => {
    for (let i = 0; i < rows; i++) {
      distance.load(values, y, i * x.size);
      const found = distance.score(2 * (nats?.[start + i] ?? 0));
      if (found < MAX_SCORE) scores[start + i] = found;
    }
  });
  return scores;
}

/**
 * The two distances, split over the features: n × features shares, each row with sum 1. The second one is split as
 * Garthwaite and Koch (2016) do, by the squares of the shift made of unit variance. Terms that are of the sample as a
 * whole have no share.
 */
export function featureShares(model: Model, standard: NormalStatistics, x: SampleBatch): Float32Array<ArrayBuffer> {
  const distance = new StandardizedDistance(standard);
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

/** Values of at least 0 by their sum: even where all are 0; where some are too large to add, those alone. */
function normalized(values: Float64Array): Float64Array {
  const sum = sumOf(values);
  if (!Number.isFinite(sum)) return normalized(values.map((value) => (Number.isFinite(value) ? 0 : 1)));
  return sum > 0 ? values.map((value) => value / sum) : values.fill(1 / values.length);
}
