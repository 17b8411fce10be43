// Makes the tables of the bounded mode: some of the calibration samples, and the step of codes that suits them.

import { concat } from '../../../core/bytes.ts';
import { maxOf } from '../../../core/portable-math.ts';
import type { Steps } from '../../../core/progress.ts';
import { sizeOf } from '../../../core/shape.ts';
import type { Samples } from '../../../core/types.ts';
import { firstNonFinite } from '../../../core/validate.ts';
import { SampleBatch, sampleValues } from '../../../data/sample-batch.ts';
import type { Model } from '../../../model/model.ts';
import { type InputValues, toFloats } from '../../byte-values.ts';
import { writeRecord } from '../../container/record.ts';
import { amplitudeRatio, valueRange } from '../../guarantee.ts';
import { maxTableSamples, samplesWithin } from '../../limits.ts';
import type { ValueFormat } from '../../mode.ts';
import { runModel } from '../../model-pass.ts';
import type { CodecOptions } from '../../options.ts';
import { encodeBlock, PLANE_AND_MODEL } from './block.ts';
import { blockSettings, headerFields } from './tables.ts';

/** Values on which steps of codes are compared. */
const TRIAL_VALUES = 16384;

/** Steps of codes to try: shares of the standard deviation of the codes. None where values or codes are not finite. */
function* candidateSteps(model: Model, values: Float32Array): Steps<number[]> {
  if (firstNonFinite(values) >= 0) return [];
  const codes = yield* runModel(model, 'encode', values);
  let sum = 0;
  let squares = 0;
  for (const value of codes) {
    sum += value;
    squares += value * value;
  }
  const variance = squares / codes.length - (sum / codes.length) ** 2;
  const deviation = Math.sqrt(Math.max(0, variance));
  if (!(deviation > 0 && Number.isFinite(deviation))) return [];
  return [1, 0.5, 0.25, 0.125, 0.0625].map((share) => share * deviation);
}

function* buildTables(model: Model, values: InputValues, bound: number, format: ValueFormat): Steps<Uint8Array> {
  const size = sizeOf(model.inputShape);
  const samples = values.length / size;
  const trialSamples = Math.min(samples, samplesWithin(TRIAL_VALUES, size));
  const trialValues = values.subarray(0, trialSamples * size);
  const steps = yield* candidateSteps(model, toFloats(trialValues));
  const sizes: number[] = [];
  for (const step of steps) {
    const settings = blockSettings(model, format, bound, step);
    const { payload } = yield* encodeBlock(settings, trialValues, trialSamples, PLANE_AND_MODEL);
    sizes.push(payload.length);
    yield sizes.length / 10;
  }
  const step = steps[sizes.indexOf(Math.min(...sizes))] ?? 0;
  const { payload } = yield* encodeBlock(blockSettings(model, format, bound, step), values, samples);
  return concat([writeRecord(headerFields, { bound, step, samples }), payload]);
}

/** The absolute error that the options allow for samples with the range of these. */
function boundOf({ maxError, relativeError, psnr = 0 }: CodecOptions, samples: Samples): number {
  if (maxError !== undefined) return typeof maxError === 'number' ? maxError : maxOf(maxError, (bound) => bound);
  const range = valueRange(Array.isArray(samples) ? samples : [samples as InputValues]) || 1;
  return range * (relativeError ?? amplitudeRatio(psnr));
}

export function* calibrateBounded(
  model: Model,
  samples: Samples,
  options: CodecOptions,
  format: ValueFormat,
): Steps<Uint8Array> {
  const batch = new SampleBatch('calibrationSamples', samples, model.inputShape, true);
  const values = sampleValues(batch, 0, Math.min(batch.count, maxTableSamples(batch.size)));
  return yield* buildTables(model, values, boundOf(options, samples), format);
}
