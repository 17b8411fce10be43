import { type ProgressOptions, progressChecks, runInTurns, type Steps, scaleProgress } from '../core/progress.ts';
import { sizeOf } from '../core/shape.ts';
import type { Samples } from '../core/types.ts';
import { openUnitInterval, optional, validate } from '../core/validate.ts';
import { SampleBatch } from '../data/sample-batch.ts';
import type { LoadOptions } from '../files/model.ts';
import type { ModelSource } from '../files/read-source.ts';
import { finiteOutput } from '../model/finite-output.ts';
import { decodingEngineOf, type Model } from '../model/model.ts';
import { chooseReference, quantile } from './calibrate.ts';
import { type DetectorFile, readDetectorFile, writeDetectorFile } from './file.ts';
import { type NormalStatistics, normalStatistics } from './normal-statistics.ts';
import { anomalyScores, featureShares, forEachPart, forEachReconstruction } from './score.ts';

export interface DetectorOptions extends ProgressOptions {
  /** The share of new normal samples that may be flagged, above 0 and below 1. Default 0.01. */
  readonly falsePositiveRate?: number;
}

/** Tells strange samples from normal ones. It holds the model, not a copy: train the model on, and it is void. */
export class Detector {
  readonly model: Model;
  /** Scores above it are anomalies. No unit: the data times a constant, and the model with it, give the same. */
  readonly threshold: number;
  /** What was asked for. */
  readonly falsePositiveRate: number;
  readonly #file: DetectorFile;

  /** @internal Made by `anomalyDetector` and `loadDetector`. */
  constructor(contents: DetectorFile) {
    this.model = contents.model;
    this.threshold = contents.threshold;
    this.falsePositiveRate = contents.falsePositiveRate;
    this.#file = contents;
  }

  /**
   * n samples to n scores, higher is stranger, about 1 for the usual: the root of the mean squared distance of the
   * residual and of the reconstruction from those of normal samples. Always finite. The same bits on every runtime,
   * and for a sample alone as among others. Synchronous: nothing else runs meanwhile, which on long data a caller
   * can change by parts. Errors: TypeError, RangeError when the samples do not fit or are not finite.
   */
  score(x: Samples): Float32Array<ArrayBuffer> {
    return anomalyScores(this.model, this.#file.statistics, new SampleBatch('x', x, this.model.inputShape));
  }

  /** For each sample whether its score is above the threshold. Errors: as `score`. */
  detect(x: Samples): boolean[] {
    return Array.from(this.score(x), (score) => score > this.threshold);
  }

  /**
   * Which features make a sample strange: n × features shares of the squared score, row-major as the samples, none
   * negative, with sum 1 for each sample (Garthwaite and Koch, 2016). Errors: as `score`.
   */
  explain(x: Samples): Float32Array<ArrayBuffer> {
    return featureShares(this.model, this.#file.statistics, new SampleBatch('x', x, this.model.inputShape));
  }

  /** Model and detector as the bytes of one `.safetensors` file; `loadDetector` then gives the same bits. */
  save(): Uint8Array<ArrayBuffer> {
    return writeDetectorFile(this.#file);
  }
}

/**
 * A detector that flags new normal samples at the rate asked for. `normalSamples` are samples without anomalies that
 * the model was not trained on: a third of them, at most 512, say what is usual, the others where the threshold is.
 * The chance that the next normal sample is flagged is then at most `falsePositiveRate` on average over the draw of
 * the normal samples (split conformal prediction, Vovk et al., 2005). Of one detector the rate varies around that, by
 * √(rate / others): at 1 % with 10,000 samples by a tenth of it. Samples that the model has learnt by heart look more
 * normal than new ones, and the rate is then higher; so it is when new ones come from elsewhere. The event loop gets its
 * turns; samples and model must not change meanwhile.
 *
 * Errors: TypeError; RangeError for a rate outside (0, 1), for fewer samples than it takes (the message says how
 * many: 107 for 1 %, 27 for 5 %), for samples that do not fit or are not finite, and for a model
 * that overflows on them or has no decoder; the signal's reason.
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
    const score = forEachPart(model, x, (part, first) => scores.set(anomalyScores(model, statistics, part), first));
    yield* scaleProgress(score, 0.6, 1);
    const threshold = quantile(
      scores.filter((_, i) => !isReference[i]),
      falsePositiveRate,
    );
    return new Detector({ model, statistics, threshold, falsePositiveRate });
  }

  return runInTurns(steps(), options);
}

/** What is usual among the samples that `isReference` marks. */
function* learnStatistics(model: Model, x: SampleBatch, isReference: readonly boolean[]): Steps<NormalStatistics> {
  const columns = sizeOf(model.inputShape);
  const rows = isReference.filter(Boolean).length;
  const [residuals, outputs] = [new Float32Array(rows * columns), new Float32Array(rows * columns)];
  let at = 0;
  const learning = forEachPart(model, x, (part, first) => {
    forEachReconstruction(model, part, (values, y, start, count) => {
      for (let i = 0; i < count; i++) {
        if (!isReference[first + start + i]) continue;
        for (let j = i * columns; j < (i + 1) * columns; j++, at++) {
          residuals[at] = values[j]! - y[j]!;
          outputs[at] = y[j]!;
        }
      }
    });
  });
  yield* scaleProgress(learning, 0, 0.5);
  const standard = normalStatistics(
    { values: finiteOutput(residuals), rows, columns },
    { values: outputs, rows, columns },
  );
  return yield* scaleProgress(standard, 0.5, 1);
}

/**
 * The detector in a file written by `detector.save()`, with its model as `detector.model`: the same scores to the
 * bit. `options.layers` are the layer factories the file may use. Errors: FormatError with a code for bytes that are
 * no such file; TypeError for a source of another type; UnsupportedError without WebAssembly SIMD.
 */
export async function loadDetector(source: ModelSource, options: LoadOptions = {}): Promise<Detector> {
  return new Detector(await readDetectorFile(source, options));
}
