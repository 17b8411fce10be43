// Tables of the lossless mode: the width of lines, and samples that say what others are like.

import { concat } from '../../../core/bytes.ts';
import { wrongType } from '../../../core/errors.ts';
import type { Steps } from '../../../core/progress.ts';
import { sizeOf } from '../../../core/shape.ts';
import type { Samples } from '../../../core/types.ts';
import { SampleBatch, sampleValues } from '../../../data/sample-batch.ts';
import type { Model } from '../../../model/model.ts';
import { packNumbers } from '../../container/struct.ts';
import { encodeStream } from '../../residual-coder.ts';
import { samplesWithin } from '../../values.ts';
import { bytesCoderInput, HEADER_LAYOUT, lineWidths, MAX_TABLE_VALUES } from './mode.ts';

/** Values on which widths compete. */
const TRIAL_VALUES = 16384;

/** Values by how much they differ from those above, on average: a line of the right width differs least. */
function roughness(values: Uint8Array, size: number, width: number): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    if (i % size < width) continue;
    sum += Math.abs(values[i]! - values[i - width]!);
    count++;
  }
  return sum / count;
}

/** The whole sample as a line, and of other widths the three that look best, tried. */
function* chooseWidth(model: Model, values: Uint8Array): Steps<number> {
  const [whole, ...others] = lineWidths(model) as [number, ...number[]];
  const looks = others.map((width) => [roughness(values, sizeOf(model.inputShape), width), width] as const);
  const few = [whole, ...looks.sort(([a], [b]) => a - b).map(([, width]) => width)].slice(0, 4);
  let [best, least] = [whole, Infinity];
  for (const width of few.length > 1 ? few : []) {
    const bytes = encodeStream(bytesCoderInput(model, width, values.length), values)?.bytes.length ?? Infinity;
    if (bytes < least) [best, least] = [width, bytes];
    yield 0.5;
  }
  return best;
}

/** Tables for samples like these. Errors: TypeError for floats. */
export function* calibrateLossless(model: Model, samples: Samples): Steps<Uint8Array> {
  const size = sizeOf(model.inputShape);
  const x = new SampleBatch('calibrationSamples', samples, model.inputShape);
  if (!x.pixels) throw wrongType('calibrationSamples', 'Uint8Array, which alone can be lossless', samples);
  const rows = Math.min(x.count, samplesWithin(MAX_TABLE_VALUES, size));
  const values = sampleValues(x, 0, rows) as Uint8Array;
  const width = yield* chooseWidth(model, values.subarray(0, Math.ceil(TRIAL_VALUES / size) * size));
  const written = encodeStream(bytesCoderInput(model, width, values.length), values);
  return concat([packNumbers(HEADER_LAYOUT, [width, written ? rows : 0]), written?.bytes ?? []]);
}
