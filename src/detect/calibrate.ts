// A threshold with a guarantee: split conformal prediction (Vovk, Gammerman and Shafer, 2005; for anomalies Laxhammar
// and Falkman, 2015). Some of the normal samples say what is usual, the others, which had no part in it, where the
// threshold is. If a new normal sample is exchangeable with those others, the chance that it is flagged is at most
// the rate asked for, whatever the model, the score and the data; and above the rate less 1 / (others + 1), but for ties.

import { wrongValue } from '../core/errors.ts';
import { hashNoise } from '../linalg/pca.ts';

/** Samples that say what is usual: a third, within these. More would help the score little and cost the threshold. */
const MIN_REFERENCE_SAMPLES = 8;
const MAX_REFERENCE_SAMPLES = 512;

/**
 * How many of `others` and one more the rate allows to be flagged, never all: below 1 it is a threshold. The factor
 * undoes rounding: 0.29 · 100 is 28.99…
 */
const allowedFalsePositives = (others: number, rate: number): number =>
  Math.min(others, Math.floor((others + 1) * rate * (1 + 1e-12)));

/**
 * For each of `count` samples whether it says what is usual (true) or where the threshold is: drawn by a hash of its
 * index, so neither its value nor its order among the samples has a say. Errors: RangeError that says how many
 * samples the rate takes.
 */
export function chooseReference(count: number, rate: number): boolean[] {
  // The number of others from which on one of them may be flagged; what it begins with is never too many.
  let need = Math.max(1, Math.ceil(1 / rate) - 2);
  while (allowedFalsePositives(need, rate) < 1) need++;
  if (count < need + MIN_REFERENCE_SAMPLES) {
    const expected = `at least ${need + MIN_REFERENCE_SAMPLES} samples for a falsePositiveRate of ${rate}`;
    throw wrongValue('normalSamples', expected, count);
  }
  const referenceCount = Math.min(
    count - need,
    Math.max(MIN_REFERENCE_SAMPLES, Math.min(MAX_REFERENCE_SAMPLES, Math.floor(count / 3))),
  );
  const order = Array.from({ length: count }, (_, i) => i).sort((a, b) => hashNoise(a) - hashNoise(b) || a - b);
  const chosen = new Array<boolean>(count).fill(false);
  for (const i of order.slice(0, referenceCount)) chosen[i] = true;
  return chosen;
}

/** The score that no more than the allowed share of `scores` exceeds: the ⌈(n + 1)(1 - rate)⌉-th smallest. */
export function quantile(scores: Float32Array, rate: number): number {
  return scores.slice().sort()[scores.length - allowedFalsePositives(scores.length, rate)]!;
}
