// Split conformal prediction (Vovk, Gammerman and Shafer, 2005; for anomalies Laxhammar and Falkman, 2015).
//
// Some normal samples, the reference samples, give the statistics of the score. The n others, the calibration samples, give
// the threshold. If a new normal sample is exchangeable with the calibration samples, it is flagged with a probability of at
// most the rate, for every model, score and distribution; and of at least rate - 1 / (n + 1), except for ties.

import { wrongValue } from '../core/errors.ts';
import { hashNoise } from '../core/portable-math.ts';
import { type Steps, scaleProgress } from '../core/progress.ts';
import { sizeOf } from '../core/shape.ts';
import type { SampleBatch } from '../data/sample-batch.ts';
import { finiteOutput } from '../model/finite-output.ts';
import type { Model } from '../model/model.ts';
import { type NormalStatistics, normalStatistics } from './normal-statistics.ts';
import { forEachPart, forEachReconstruction } from './score.ts';

/** Reference samples: a third of all, within these limits. More would improve the score little and widen the rate's spread. */
const MIN_REFERENCE_SAMPLES = 8;
const MAX_REFERENCE_SAMPLES = 512;

/**
 * How many of n + 1 samples, n = `count`, may be flagged: ⌊(n + 1) · rate⌋, but never all. The factor undoes rounding: 0.29 · 100
 * is 28.99…
 */
const allowedFalsePositives = (count: number, rate: number): number =>
  Math.min(count, Math.floor((count + 1) * rate * (1 + 1e-12)));

/**
 * For each of `count` samples, whether it is a reference sample. Drawn by a hash of its index, so neither its value nor its
 * order matters. Errors: RangeError with the number of samples that the rate needs.
 */
export function chooseReference(count: number, rate: number): boolean[] {
  // The smallest number of calibration samples of which one may be flagged. The start is never above it.
  let calibrationCount = Math.max(1, Math.ceil(1 / rate) - 2);
  while (allowedFalsePositives(calibrationCount, rate) < 1) calibrationCount++;
  const required = calibrationCount + MIN_REFERENCE_SAMPLES;
  if (count < required) {
    throw wrongValue('normalSamples', `at least ${required} samples for a falsePositiveRate of ${rate}`, count);
  }
  const third = Math.min(MAX_REFERENCE_SAMPLES, Math.floor(count / 3));
  const referenceCount = Math.min(count - calibrationCount, Math.max(MIN_REFERENCE_SAMPLES, third));
  const order = Array.from({ length: count }, (_, i) => i).sort((a, b) => hashNoise(a) - hashNoise(b) || a - b);
  const isReference = new Array<boolean>(count).fill(false);
  for (const i of order.slice(0, referenceCount)) isReference[i] = true;
  return isReference;
}

/** The statistics of the samples for which `isReference` is true. Errors: RangeError for a model whose output is not finite. */
export function* learnStatistics(
  model: Model,
  x: SampleBatch,
  isReference: readonly boolean[],
): Steps<NormalStatistics> {
  const columns = sizeOf(model.inputShape);
  const rows = isReference.filter(Boolean).length;
  const residuals = new Float32Array(rows * columns);
  const outputs = new Float32Array(rows * columns);
  let end = 0;
  const collect = forEachPart(model, x, (part, first) => {
    forEachReconstruction(model, part, (values, y, start, count) => {
      for (let i = 0; i < count; i++) {
        if (!isReference[first + start + i]) continue;
        for (let j = i * columns; j < (i + 1) * columns; j++, end++) {
          residuals[end] = values[j]! - y[j]!;
          outputs[end] = y[j]!;
        }
      }
    });
  });
  yield* scaleProgress(collect, 0, 0.5);
  const statistics = normalStatistics(
    { values: finiteOutput(residuals), rows, columns },
    { values: outputs, rows, columns },
  );
  return yield* scaleProgress(statistics, 0.5, 1);
}

/** The ⌈(n + 1)(1 - rate)⌉-th smallest of n scores: at most the allowed number of scores exceeds it. */
export function quantile(scores: Float32Array, rate: number): number {
  return scores.slice().sort()[scores.length - allowedFalsePositives(scores.length, rate)]!;
}
