// A detector from samples that may contain anomalies: a linear autoencoder is trained twice, the second time without the samples
// that it reconstructs worst.

import { adam, anomalyDetector, autoencoder, type Detector, dense, fit, flatten, reshape } from 'isthmus';
import { definedControl, type JobControl, nextTurn, partOf } from '../turns.ts';

/** The share of the samples that the second training leaves out. */
const LEFT_OUT = 0.05;
/** Samples of all epochs of one training together. With twice as many, the scores changed by less than 1 %. */
const SAMPLES_SEEN = 40_000;
/** Values that are scored without a pause. */
const CHUNK_VALUES = 2 ** 19;

/** What is trained. */
export interface TrainingTask {
  /** Scaled values, `[n, ...shape]`. */
  readonly samples: Float32Array<ArrayBuffer>;
  /** The shape of a sample: `[window, columns]` or `[columns]`. */
  readonly shape: readonly number[];
  /** Values of a code. */
  readonly latent: number;
  readonly seed: number;
  /** Whether the samples may contain anomalies. */
  readonly contaminated: boolean;
}

/** A score of each of n samples, given as a part of the data. */
export interface Scoring {
  /** Number of samples. */
  readonly count: number;
  /** The samples from `start` to before `end`. */
  readonly samples: (start: number, end: number) => Float32Array;
  readonly score: (samples: Float32Array) => Float32Array;
}

/** The scores of all samples of a detector, in turns. Errors: the signal's reason. */
export async function scoresOf(
  detector: Detector,
  { count, samples, score }: Scoring,
  control: JobControl,
): Promise<Float32Array<ArrayBuffer>> {
  const scores = new Float32Array(count);
  const size = detector.model.inputShape.reduce((product, side) => product * side, 1);
  const chunk = Math.max(1, Math.floor(CHUNK_VALUES / size));
  for (let start = 0; start < count; start += chunk) {
    const end = Math.min(count, start + chunk);
    scores.set(score(samples(start, end)), start);
    await control.onProgress?.(end / count);
    await nextTurn(control);
  }
  return scores;
}

/** The samples with these indices. */
function chosen(samples: Float32Array, size: number, indices: readonly number[]): Float32Array<ArrayBuffer> {
  const result = new Float32Array(indices.length * size);
  indices.forEach((index, i) => {
    result.set(samples.subarray(index * size, (index + 1) * size), i * size);
  });
  return result;
}

/** A rate that `count` samples can calibrate; the jobs compute other thresholds. */
const calibrationRate = (count: number): number => Math.max(0.01, Math.min(0.5, 2 / (count - 9)));

/** A calibrated detector and the samples that it was trained on. */
export interface Training {
  readonly detector: Detector;
  /** `[n, ...shape]`: without those that were left out. */
  readonly samples: Float32Array<ArrayBuffer>;
}

/** Trains an autoencoder and calibrates its detector. Errors: the signal's reason. */
export async function trainDetector(task: TrainingTask, control: JobControl): Promise<Training> {
  const { samples, shape, latent, seed, contaminated } = task;
  const size = shape.reduce((product, side) => product * side, 1);
  const count = samples.length / size;
  const isVector = shape.length === 1;
  const model = await autoencoder(
    {
      input: shape,
      encoder: [...(isVector ? [] : [flatten()]), dense({ units: latent })],
      decoder: [dense({ units: size }), ...(isVector ? [] : [reshape({ targetShape: shape })])],
    },
    { seed },
  );
  const rounds = contaminated ? 2 : 1;
  let indices = Array.from({ length: count }, (_, i) => i);
  for (let round = 0; ; round++) {
    const roundControl = partOf(control, round / rounds, (round + 1) / rounds);
    const x = indices.length === count ? samples : chosen(samples, size, indices);
    const epochs = Math.ceil(SAMPLES_SEEN / indices.length);
    await fit(model, x, {
      epochs,
      batchSize: Math.min(64, Math.max(8, indices.length >> 4)),
      optimizer: adam(round === 0 ? 0.003 : 0.001),
      deterministic: true,
      ...(control.signal && { signal: control.signal }),
      onEpochEnd: (epoch) => roundControl.onProgress?.((0.8 * (epoch + 1)) / epochs),
    });
    const calibrated = await anomalyDetector(model, x, {
      falsePositiveRate: calibrationRate(indices.length),
      ...definedControl(partOf(roundControl, 0.8, 0.9)),
    });
    if (round + 1 === rounds) return { detector: calibrated, samples: x };
    const part = (start: number, end: number): Float32Array => samples.subarray(start * size, end * size);
    const scoring = { count, samples: part, score: (x: Float32Array) => calibrated.score(x) };
    const scores = await scoresOf(calibrated, scoring, partOf(roundControl, 0.9, 1));
    const limit = scores.slice().sort()[Math.ceil(count * (1 - LEFT_OUT)) - 1]!;
    indices = indices.filter((i) => scores[i]! <= limit);
  }
}
