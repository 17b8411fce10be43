import { wrongType, wrongValue } from '../core/errors.ts';
import { runToEnd } from '../core/progress.ts';
import { halfOpenUnitInterval, integerWithin, optional, validate } from '../core/validate.ts';
import { isFloats } from '../data/sample-batch.ts';
import { checkFinite } from '../model/finite-output.ts';
import { decodingEngineOf, type Model } from '../model/model.ts';
import { overlapAdd } from './overlap-add.ts';
import { WindowSamples } from './window-samples.ts';
import { tileAxis } from './windows.ts';

/** Options of `denoiseSignal`. */
export interface DenoiseSignalOptions {
  /** The fraction of a window that it shares with the next one, in [0, 1). Default 0.5. */
  readonly overlap?: number;
  /** Channels of the signal, interleaved, 1..2^20. Default: those of the model. */
  readonly channels?: number;
}

/**
 * Denoises a signal of any length with a model of windows. The windows have the model's input shape. They overlap, are mirrored
 * at both ends, and are blended by overlap-add with sin² weights, which sum to 1 everywhere. A signal that fits into one window
 * is one window.
 *
 * `samples`: `[n, channels]`, row-major. The model gets the values unchanged. A model of `[length, channels]` takes all
 * channels; a model of `[length, 1]` or `[length]` denoises every channel on its own. Returns a new array of the same length,
 * with the same bits on every runtime. Synchronous: it blocks the event loop.
 *
 * Errors: TypeError; RangeError for options out of range, a part of a sample, values that are not finite, a model of another
 * input shape or without a decoder, and a model whose output is not finite.
 *
 * @example
 * ```ts
 * import { adam, autoencoder, denoiseSignal, fit, signalAutoencoder } from 'isthmus';
 *
 * const tone = (t: number) => Math.sin(t / 5);
 * const windows = Float32Array.from({ length: 200 * 64 }, (_, i) => tone((i >> 6) + (i % 64)));
 * const model = await autoencoder(signalAutoencoder({ input: [64, 1], filters: [8, 16], noise: 0.4 }), { seed: 1 });
 * await fit(model, windows, { epochs: 5, optimizer: adam(0.005), deterministic: true });
 * const noisy = Float32Array.from({ length: 1000 }, (_, t) => tone(t) + 0.5 * Math.sin(t * 12.9898) ** 3);
 * const clean = denoiseSignal(model, noisy, { overlap: 0.5 });
 * const errorOf = (values: Float32Array) => values.reduce((sum, v, t) => sum + Math.abs(v - tone(t)), 0) / 1000;
 * console.log(errorOf(noisy).toFixed(2), errorOf(clean).toFixed(2));
 * // prints 0.21 0.09
 * ```
 */
export function denoiseSignal(
  model: Model,
  samples: Float32Array,
  options: DenoiseSignalOptions = {},
): Float32Array<ArrayBuffer> {
  decodingEngineOf(model);
  const { inputShape } = model;
  if (inputShape.length > 2)
    throw wrongValue('model', 'one whose input is [length, channels], or [length]', inputShape);
  const [length, depth = 1] = inputShape as [number, number?];
  const { overlap, channels } = validate('options', options, {
    overlap: optional(halfOpenUnitInterval, 0.5),
    channels: optional(integerWithin(1, 2 ** 20), depth),
  });
  if (depth !== channels && depth !== 1) {
    throw wrongValue('channels', `${depth}, as many as the model takes`, channels);
  }
  checkSignal('samples', samples, channels);
  const stride = Math.max(1, Math.round(length * (1 - overlap)));
  const target = new Float32Array(samples.length);
  runToEnd(
    overlapAdd(
      model,
      new WindowSamples({
        source: samples,
        target,
        y: tileAxis(samples.length / channels, length, length - stride),
        x: tileAxis(1, 1, 0),
        channels,
        cleaned: channels,
        depth,
      }),
    ),
  );
  return target;
}

/** Checks a signal. Errors: TypeError for another type; RangeError for a part of a sample, no sample, NaN or infinity. */
export function checkSignal(name: string, samples: Float32Array, channels: number): void {
  if (!isFloats(samples)) throw wrongType(name, 'Float32Array', samples);
  if (samples.length === 0 || samples.length % channels) {
    const expected = channels === 1 ? 'at least one value' : `a multiple of ${channels} values, one for each channel`;
    throw wrongValue(name, expected, samples);
  }
  checkFinite(name, samples);
}
