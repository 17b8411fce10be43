import { wrongType, wrongValue } from '../core/errors.ts';
import { halfOpenUnitInterval, integerWithin, optional, validate } from '../core/validate.ts';
import { isFloats } from '../data/sample-batch.ts';
import { runToEnd } from '../engine/measure.ts';
import { checkFinite } from '../model/finite-output.ts';
import type { Model } from '../model/model.ts';
import { decodingEngineOf } from '../model/model.ts';
import { overlapAdd } from './overlap-add.ts';
import { tileAxis } from './windows.ts';

export interface DenoiseSignalOptions {
  /** Share of a window that it has in common with the next one, 0 up to below 1. Default 0.5. */
  readonly overlap?: number;
  /** Channels of the signal, its values taking turns. Default: those of the model. */
  readonly channels?: number;
}

/**
 * A signal of any length, cleaned by a model of windows: windows of the model's input shape that overlap, mirrored at
 * both ends, and faded into each other with weights whose sum is 1 everywhere (overlap-add with a sin² window). A
 * signal that fits into one window is one window.
 *
 * `samples`: n values for each channel, `[n, channels]` row-major, handed to the model in the unit they have. A model
 * `[length, channels]` takes as many channels as it has; a model `[length, 1]` or `[length]` cleans every channel by
 * itself. Returns a new array of the same length, the same bits on every runtime. Synchronous: nothing else runs
 * meanwhile.
 *
 * Errors: TypeError; RangeError on wrong options, a part of a sample, values that are not finite, a model that is not
 * for such signals, or whose output is not finite.
 */
export function denoiseSignal(
  model: Model,
  samples: Float32Array,
  options: DenoiseSignalOptions = {},
): Float32Array<ArrayBuffer> {
  decodingEngineOf(model);
  const [length, depth = 1, more] = model.inputShape as [number, number?, number?];
  if (more !== undefined) {
    throw wrongValue('model', 'one whose input is [length, channels], or [length]', model.inputShape);
  }
  const { overlap, channels } = validate('options', options, {
    overlap: optional(halfOpenUnitInterval, 0.5),
    channels: optional(integerWithin(1, 2 ** 20), depth),
  });
  if (depth !== channels && depth !== 1) {
    throw wrongValue('channels', `${depth}, as many as the model takes`, channels);
  }
  checkSignal('samples', samples, channels);
  const stride = Math.max(1, Math.round(length * (1 - overlap)));
  const y = tileAxis(samples.length / channels, length, length - stride);
  const target = new Float32Array(samples.length);
  runToEnd(overlapAdd(model, samples, target, y, tileAxis(1, 1, 0), channels, channels, depth));
  return target;
}

/** Errors: TypeError, RangeError for what is no signal of so many channels. */
export function checkSignal(name: string, samples: Float32Array, channels: number): void {
  if (!isFloats(samples)) throw wrongType(name, 'Float32Array', samples);
  if (samples.length === 0 || samples.length % channels) {
    const expected = channels === 1 ? 'at least one value' : `a multiple of ${channels} values, one for each channel`;
    throw wrongValue(name, expected, samples);
  }
  checkFinite(name, samples);
}
