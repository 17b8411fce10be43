// Tables of the bounded mode: samples that say what others are like, and the step of codes that suits them.

import { concat } from '../../../core/bytes.ts';
import { maxOf } from '../../../core/portable-math.ts';
import type { Steps } from '../../../core/progress.ts';
import { sizeOf } from '../../../core/shape.ts';
import type { Samples } from '../../../core/types.ts';
import { firstNonFinite } from '../../../core/validate.ts';
import { SampleBatch, sampleValues } from '../../../data/sample-batch.ts';
import type { Model } from '../../../model/model.ts';
import { amplitudeRatio, valueRange } from '../../bound-search.ts';
import { packNumbers } from '../../container/struct.ts';
import type { ValueFormat } from '../../mode.ts';
import { runModel } from '../../model-pass.ts';
import type { CodecOptions } from '../../options.ts';
import { samplesWithin, toFloats } from '../../values.ts';
import { encodeBlock, PREDICTOR_BITS } from './block.ts';
import { blockSettings, HEADER_LAYOUT, maxTableSamples } from './tables.ts';

/** Values on which steps of the code compete. */
const TRIAL_VALUES = 16384;

/** Steps of the code to be tried, by the spread of its values. */
function* candidateSteps(model: Model, values: Float32Array): Steps<number[]> {
  if (firstNonFinite(values) >= 0) return [];
  const z = yield* runModel(model, 'encode', values);
  let sum = 0;
  let squares = 0;
  for (const v of z) {
    sum += v;
    squares += v * v;
  }
  const deviation = Math.sqrt(Math.max(0, squares / z.length - (sum / z.length) ** 2));
  return deviation > 0 && Number.isFinite(deviation) ? [1, 0.5, 0.25, 0.125, 0.0625].map((s) => s * deviation) : [];
}

/** Samples to tables. */
function* buildTables(
  model: Model,
  samples: Float32Array | Uint8Array,
  bound: number,
  kind: ValueFormat,
): Steps<Uint8Array> {
  const size = sizeOf(model.inputShape);
  const rows = samples.length / size;
  const few = Math.min(rows, samplesWithin(TRIAL_VALUES, size));
  const head = samples.subarray(0, few * size);
  const trials = yield* candidateSteps(model, toFloats(head));
  const sizes: number[] = [];
  for (const step of trials) {
    sizes.push((yield* encodeBlock(blockSettings(model, kind, bound, step), head, few, PREDICTOR_BITS))[0].length);
    yield sizes.length / 10;
  }
  const step = trials[sizes.indexOf(Math.min(...sizes))] ?? 0;
  const [payload] = yield* encodeBlock(blockSettings(model, kind, bound, step), samples, rows);
  return concat([packNumbers(HEADER_LAYOUT, [bound, step, rows]), payload]);
}

/** The error that the options allow over samples of this range. */
function boundOf({ maxError, relativeError, psnr = 0 }: CodecOptions, samples: Samples): number {
  if (maxError !== undefined) return typeof maxError === 'number' ? maxError : maxOf(maxError, (bound) => bound);
  const range = valueRange(Array.isArray(samples) ? samples : [samples as Float32Array | Uint8Array]) || 1;
  return range * (relativeError ?? amplitudeRatio(psnr));
}

/** Tables for samples like these. */
export function* calibrateBounded(
  model: Model,
  samples: Samples,
  options: CodecOptions,
  kind: ValueFormat,
): Steps<Uint8Array> {
  const rows = new SampleBatch('calibrationSamples', samples, model.inputShape, true);
  const values = sampleValues(rows, 0, Math.min(rows.count, maxTableSamples(rows.size)));
  return yield* buildTables(model, values, boundOf(options, samples), kind);
}
