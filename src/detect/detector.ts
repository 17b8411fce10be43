import { type ProgressOptions, progressChecks, runInTurns, type Steps, scaleProgress } from '../core/progress.ts';
import type { Samples } from '../core/types.ts';
import { openUnitInterval, optional, validate } from '../core/validate.ts';
import { SampleBatch } from '../data/sample-batch.ts';
import type { LoadOptions } from '../files/model.ts';
import type { ModelSource } from '../files/read-source.ts';
import { decodingEngineOf, type Model } from '../model/model.ts';
import { chooseReference, learnStatistics, quantile } from './calibrate.ts';
import { type DetectorFile, readDetectorFile, writeDetectorFile } from './file.ts';
import { anomalyScores, featureShares, forEachPart } from './score.ts';

/** Options of `anomalyDetector`. */
export interface DetectorOptions extends ProgressOptions {
  /** The probability with which a new normal sample may be flagged, in (0, 1). Default 0.01. */
  readonly falsePositiveRate?: number;
}

/** Distinguishes anomalies from normal samples. It refers to the model: training the model further makes it invalid. */
export class Detector {
  /** The model that reconstructs the samples. */
  readonly model: Model;
  /** Samples with a higher score are anomalies. It has no unit: scaling the data and the model does not change it. */
  readonly threshold: number;
  /** The option that the detector was calibrated with. */
  readonly falsePositiveRate: number;
  readonly #file: DetectorFile;

  /** @internal Made by `anomalyDetector` and `loadDetector`. */
  constructor(file: DetectorFile) {
    this.model = file.model;
    this.threshold = file.threshold;
    this.falsePositiveRate = file.falsePositiveRate;
    this.#file = file;
  }

  /**
   * The score of each of n samples: about 1 for normal ones, higher for anomalies. It is the root of the mean squared distance of
   * residual and reconstruction from those of normal samples (docs/detection.md). Always finite. The same bits on every runtime,
   * and for a sample alone or in a batch.
   *
   * Synchronous: it blocks the event loop. To let other tasks run, call it for parts of the samples.
   *
   * Errors: TypeError; RangeError for samples that do not fit the model or are not finite.
   */
  score(x: Samples): Float32Array<ArrayBuffer> {
    return anomalyScores(this.model, this.#file.statistics, new SampleBatch('x', x, this.model.inputShape));
  }

  /** For each sample, whether its score is above the threshold. Errors: as `score`. */
  detect(x: Samples): boolean[] {
    return Array.from(this.score(x), (score) => score > this.threshold);
  }

  /**
   * How much each feature contributes to the squared score: n x features shares, row-major, each at least 0, with sum 1 for each
   * sample (Garthwaite and Koch, 2016). Errors: as `score`.
   */
  explain(x: Samples): Float32Array<ArrayBuffer> {
    return featureShares(this.model, this.#file.statistics, new SampleBatch('x', x, this.model.inputShape));
  }

  /** Model and detector as the bytes of one `.safetensors` file. `loadDetector` restores both to the bit. */
  save(): Uint8Array<ArrayBuffer> {
    return writeDetectorFile(this.#file);
  }
}

/**
 * Calibrates a detector that flags new normal samples at a given rate.
 *
 * `normalSamples`: samples without anomalies that the model was not trained on. A third of them, at most 512, give the statistics
 * of the score; the others give the threshold. The next normal sample is flagged with a probability of at most
 * `falsePositiveRate`, on average over the draw of the normal samples (split conformal prediction, Vovk et al., 2005). For a
 * single detector that probability varies, with a relative deviation of about √(1 / (rate · n)) for n threshold samples: 10 % at
 * a rate of 1 % with 10,000 samples. The guarantee does not hold for samples that the model was trained on, as they have lower
 * scores than new ones, nor for new samples from another distribution.
 *
 * The event loop runs other tasks in between. Samples and model must not change until the promise resolves.
 *
 * Errors: TypeError; RangeError for a rate outside (0, 1), for fewer samples than the rate needs (107 for 1 %, 27 for 5 %), for
 * samples that do not fit the model or are not finite, for a model without a decoder, and for a model whose output is not
 * finite; the signal's reason.
 *
 * @example
 * ```ts
 * import { anomalyDetector, autoencoder, deepAutoencoder, fit } from 'isthmus';
 *
 * const x = Float32Array.from({ length: 600 * 16 }, (_, i) => Math.sin((i >> 4) + (i % 16) / 3)); // waves of 16 values
 * const model = await autoencoder(deepAutoencoder({ input: [16], latent: 3, hidden: [32] }), { seed: 1 });
 * await fit(model, x.subarray(0, 300 * 16), { epochs: 30, deterministic: true });
 * const detector = await anomalyDetector(model, x.subarray(300 * 16), { falsePositiveRate: 0.02 });
 * const wave = x.slice(0, 16);
 * const broken = wave.with(5, 3);
 * console.log(detector.detect(wave), detector.detect(broken));
 * const shares = detector.explain(broken);
 * console.log(shares.indexOf(Math.max(...shares)));
 * // prints [ false ] [ true ]
 * // prints 5
 * ```
 */
export async function anomalyDetector(
  model: Model,
  normalSamples: Samples,
  options: DetectorOptions = {},
): Promise<Detector> {
  decodingEngineOf(model);
  const { falsePositiveRate } = validate('options', options, {
    falsePositiveRate: optional(openUnitInterval, 0.01),
    ...progressChecks,
  });
  const x = new SampleBatch('normalSamples', normalSamples, model.inputShape);
  const isReference = chooseReference(x.count, falsePositiveRate);

  function* steps(): Steps<Detector> {
    const statistics = yield* scaleProgress(learnStatistics(model, x, isReference), 0, 0.6);
    const scores = new Float32Array(x.count);
    const scoring = forEachPart(model, x, (part, first) => scores.set(anomalyScores(model, statistics, part), first));
    yield* scaleProgress(scoring, 0.6, 1);
    const calibrationScores = scores.filter((_, i) => !isReference[i]);
    const threshold = quantile(calibrationScores, falsePositiveRate);
    return new Detector({ model, statistics, threshold, falsePositiveRate });
  }

  return runInTurns(steps(), options);
}

/**
 * Loads a detector from a file of `detector.save()`, with its model as `detector.model`. Its scores are the same to the bit.
 * `options.layers`: the layer factories that the file may use. Errors: FormatError with a code for bytes that are no such file;
 * TypeError for a source of another type; UnsupportedError without WebAssembly SIMD.
 *
 * @example
 * ```ts
 * import { anomalyDetector, autoencoder, denseAutoencoder, fit, loadDetector } from 'isthmus';
 *
 * const x = Float32Array.from({ length: 400 * 16 }, (_, i) => Math.sin((i >> 4) + (i % 16) / 3)); // waves of 16 values
 * const model = await autoencoder(denseAutoencoder({ input: [16], latent: 8 }), { seed: 1 });
 * await fit(model, x.subarray(0, 200 * 16), { epochs: 40, deterministic: true });
 * const detector = await anomalyDetector(model, x.subarray(200 * 16));
 * const loaded = await loadDetector(detector.save());
 * console.log(loaded.threshold === detector.threshold, loaded.detect(new Float32Array(16).fill(5)));
 * // prints true [ true ]
 * ```
 */
export async function loadDetector(source: ModelSource, options: LoadOptions = {}): Promise<Detector> {
  return new Detector(await readDetectorFile(source, options));
}
