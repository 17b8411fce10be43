// Makes the tables of the lossless mode.

import { concat } from '../../../core/bytes.ts';
import { wrongType } from '../../../core/errors.ts';
import type { Steps } from '../../../core/progress.ts';
import { sizeOf } from '../../../core/shape.ts';
import type { Samples } from '../../../core/types.ts';
import { SampleBatch, sampleValues } from '../../../data/sample-batch.ts';
import type { Model } from '../../../model/model.ts';
import { writeRecord } from '../../container/record.ts';
import { maxTableSamples } from '../../limits.ts';
import { encodeBytes, lineWidths } from './byte-stream.ts';
import { headerFields } from './tables.ts';

/** Values on which widths are compared. */
const TRIAL_VALUES = 16384;
/** Widths that are tried: the whole sample as one line, and the three with the least difference between lines. */
const MAX_WIDTHS = 4;

/** Mean absolute difference of a value from the one above it: least if the width of lines is right. */
function lineDifference(values: Uint8Array, size: number, width: number): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    if (i % size < width) continue;
    sum += Math.abs(values[i]! - values[i - width]!);
    count++;
  }
  return sum / count;
}

/** The width of lines that needs the fewest bytes. */
function* chooseWidth(model: Model, values: Uint8Array): Steps<number> {
  const size = sizeOf(model.inputShape);
  const [sampleWidth, ...others] = lineWidths(model.inputShape) as [number, ...number[]];
  if (!others.length) return sampleWidth;
  const candidates = others
    .map((width) => ({ width, difference: lineDifference(values, size, width) }))
    .sort((a, b) => a.difference - b.difference)
    .map(({ width }) => width);
  let best = sampleWidth;
  let minBytes = Infinity;
  for (const width of [sampleWidth, ...candidates].slice(0, MAX_WIDTHS)) {
    const bytes = encodeBytes(model, { width, count: values.length }, values)?.bytes.length ?? Infinity;
    if (bytes < minBytes) [best, minBytes] = [width, bytes];
    yield 0.5;
  }
  return best;
}

/** Errors: TypeError for floats. */
export function* calibrateLossless(model: Model, samples: Samples): Steps<Uint8Array> {
  const size = sizeOf(model.inputShape);
  const batch = new SampleBatch('calibrationSamples', samples, model.inputShape);
  if (!batch.pixels) throw wrongType('calibrationSamples', 'Uint8Array, which alone can be lossless', samples);
  const count = Math.min(batch.count, maxTableSamples(size));
  const values = sampleValues(batch, 0, count) as Uint8Array;
  const width = yield* chooseWidth(model, values.subarray(0, Math.ceil(TRIAL_VALUES / size) * size));
  const encoded = encodeBytes(model, { width, count: values.length }, values);
  return concat([writeRecord(headerFields, { width, samples: encoded ? count : 0 }), encoded?.bytes ?? []]);
}
