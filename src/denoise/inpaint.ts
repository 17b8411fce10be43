import { wrongType, wrongValue } from '../core/errors.ts';
import type { Samples } from '../core/types.ts';
import { integerWithin, optional, validate } from '../core/validate.ts';
import { isBytes, isFloats, SampleBatch, sampleValues } from '../data/sample-batch.ts';
import { finiteOutput } from '../model/finite-output.ts';
import type { Model } from '../model/model.ts';
import { decodingEngineOf } from '../model/model.ts';

export interface InpaintOptions {
  /** How often the filled sample is reconstructed, 1..10000. Default 10. */
  readonly iterations?: number;
}

/**
 * Samples with what is missing filled in by the model's reconstruction, end to end as floats. Known values come back
 * as they are (bytes as value / 255). At first a missing value is the mean of those known of its sample (0 where none
 * is); then the whole is reconstructed, the missing values are taken from that, and so on, `iterations` times.
 *
 * `mask`: 1 = known, 0 = missing; one value for each of a sample's, for all samples or for each of them. What is missing
 * may be NaN. On handwritten digits with half of their pixels missing, the squared error of what is filled in falls
 * by 22 to 39 % from one round to ten; more rounds add nothing. After one round a start from the mean is 8 to
 * 28 % nearer than one from 0; after ten it no longer matters.
 *
 * Synchronous: nothing else runs meanwhile.
 *
 * Errors: TypeError; RangeError when samples or mask do not fit, on a mask with other values than 0 and 1, known values
 * that are not finite, a model without a decoder, or whose output is not finite.
 */
export function inpaint(
  model: Model,
  x: Samples,
  mask: Float32Array | Uint8Array,
  options: InpaintOptions = {},
): Float32Array<ArrayBuffer> {
  decodingEngineOf(model);
  const { iterations } = validate('options', options, { iterations: optional(integerWithin(1, 10_000), 10) });
  if (!isFloats(mask) && !isBytes(mask)) throw wrongType('mask', 'Float32Array or Uint8Array', mask);
  const bad = (mask as Float32Array).findIndex((value) => value !== 0 && value !== 1);
  if (bad >= 0) throw wrongValue(`mask[${bad}]`, '1, known, or 0, missing', mask[bad]);
  // What is missing may be NaN, so that the finite are checked once it is not.
  const rows = new SampleBatch('x', x, model.inputShape, true);
  const { count, size, pixels } = rows;
  if (mask.length !== size && mask.length !== count * size) {
    const each = count === 1 ? '' : `, or ${count * size}, one for each of x`;
    throw wrongValue('mask', `${size} values${each}`, mask);
  }
  const missing = (i: number): boolean => mask[i % mask.length] === 0;
  const values = Float32Array.from(sampleValues(rows, 0, count), (value, i) =>
    missing(i) ? 0 : pixels ? value / 255 : value,
  );
  new SampleBatch('x', values, model.inputShape);
  fillMissing(values, size, missing);
  for (let round = 0; round < iterations; round++) {
    finiteOutput(model.reconstruct(values)).forEach((value, i) => {
      if (missing(i)) values[i] = value;
    });
  }
  return values;
}

/** Puts the mean of a sample's known values where others are missing. */
function fillMissing(values: Float32Array, size: number, missing: (i: number) => boolean): void {
  for (let first = 0; first < values.length; first += size) {
    let [sum, known] = [0, 0];
    for (let i = first; i < first + size; i++) {
      if (missing(i)) continue;
      sum += values[i]!;
      known++;
    }
    const mean = known ? sum / known : 0;
    for (let i = first; i < first + size; i++) if (missing(i)) values[i] = mean;
  }
}
