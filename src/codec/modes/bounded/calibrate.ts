// Tables of the bounded mode: samples that say what others are like, and the step of codes that suits them.

import { concat } from '../../../core/bytes.ts';
import type { Steps } from '../../../core/progress.ts';
import type { Samples } from '../../../core/types.ts';
import { notFinite } from '../../../core/validate.ts';
import { Rows, valuesOf } from '../../../data/sample-batch.ts';
import { sizeOf } from '../../../engine/layer-definition.ts';
import { largest } from '../../../engine/schedule.ts';
import type { Model } from '../../../model/model.ts';
import { decibels, rangeOf } from '../../bound-search.ts';
import { pack } from '../../container/struct.ts';
import type { Kind } from '../../mode.ts';
import { passed } from '../../model-pass.ts';
import type { CodecOptions } from '../../options.ts';
import { floatsOf, rowsWithin } from '../../values.ts';
import { BOTH, encodeBlock } from './block.ts';
import { HEAD, mostSamples, settingOf } from './tables.ts';

/** Values on which steps of the code compete. */
const TRIAL = 16384;

/** Steps of the code to be tried, by the spread of its values. */
function* steps(model: Model, values: Float32Array): Steps<number[]> {
  if (notFinite(values) >= 0) return [];
  const z = yield* passed(model, 'encode', values);
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
function* tablesOf(model: Model, samples: Float32Array | Uint8Array, bound: number, kind: Kind): Steps<Uint8Array> {
  const size = sizeOf(model.inputShape);
  const rows = samples.length / size;
  const few = Math.min(rows, rowsWithin(TRIAL, size));
  const head = samples.subarray(0, few * size);
  const trials = yield* steps(model, floatsOf(head));
  const sizes: number[] = [];
  for (const step of trials) {
    sizes.push((yield* encodeBlock(settingOf(model, kind, bound, step), head, few, BOTH))[0].length);
    yield sizes.length / 10;
  }
  const step = trials[sizes.indexOf(Math.min(...sizes))] ?? 0;
  const [payload] = yield* encodeBlock(settingOf(model, kind, bound, step), samples, rows);
  return concat([pack(HEAD, [bound, step, rows]), payload]);
}

/** The error that the options allow over samples of this range. */
function boundOf({ maxError, relativeError, psnr = 0 }: CodecOptions, samples: Samples): number {
  if (maxError !== undefined) return typeof maxError === 'number' ? maxError : largest(maxError, (bound) => bound);
  const range = rangeOf(Array.isArray(samples) ? samples : [samples as Float32Array | Uint8Array]) || 1;
  return range * (relativeError ?? decibels(psnr));
}

/** Tables for samples like these. */
export function* calibrateBounded(
  model: Model,
  samples: Samples,
  options: CodecOptions,
  kind: Kind,
): Steps<Uint8Array> {
  const rows = new Rows('calibrationSamples', samples, model.inputShape, true);
  const values = valuesOf(rows, 0, Math.min(rows.count, mostSamples(rows.size)));
  return yield* tablesOf(model, values, boundOf(options, samples), kind);
}
