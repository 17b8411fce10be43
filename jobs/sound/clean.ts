// "Remove the noise of this recording."

import { denoiseSignal, estimateNoise, type Model } from 'isthmus';
import { shrinkageAutoencoder } from '../shrinkage/autoencoder.ts';
import { type JobControl, nextTurn, partOf } from '../turns.ts';

/** A recording. */
export interface Recording {
  /** Frames of interleaved channels. */
  readonly data: Float32Array;
  readonly channels: number;
  /** Frames a second. */
  readonly rate: number;
}

/** Options of `cleanSound`. */
export interface SoundOptions {
  /** Standard deviation of the noise in the unit of the data. Default `auto`: estimated for each channel. */
  readonly sigma?: number | 'auto';
  /** A factor for the noise that is removed, 0.1..4. Default 1. */
  readonly strength?: number;
  /** A trained model in place of the one of this job, as `denoiseSignal` takes it. `sigma` and `strength` then do not apply. */
  readonly model?: Model;
}

/** The result of `cleanSound`. */
export interface SoundResult {
  readonly recording: Recording;
  /** The noise of the noisiest channel, in the unit of the data. Undefined with a model. */
  readonly sigma: number | undefined;
  /** False if no channel was changed. */
  readonly changed: boolean;
  /** Why the recording was not changed; undefined if it was. */
  readonly reason: string | undefined;
}

/**
 * Length of a patch in seconds. Speech with white noise at 5 dB gains 7.5 dB with 16 ms, 8.3 dB with 32 ms, 8.8 dB with 64 ms. The
 * number of frames is a power of 2, at most 1024, as the weights take 16 MB then.
 */
const PATCH_SECONDS = 0.064;
const LONGEST_PATCH = 1024;
/** Patches overlap by 7 of 8 frames. */
const OVERLAP = 8;
/** Patches of a window that the model takes, and windows of one call. */
const WINDOW_PATCHES = 8;
const BATCH = 8;
/** Noise below this part of the root mean square is not removed: speech without added noise has 1.8 %. */
export const LITTLE_NOISE = 0.02;
/** `estimateNoise` needs this many samples. */
const SHORTEST = 7;

/** The frames of a patch at a rate. */
const patchLength = (rate: number): number =>
  Math.min(LONGEST_PATCH, 2 ** Math.max(5, Math.round(Math.log2(PATCH_SECONDS * rate))));

/** The index within 0..size-1 that mirrors `index`. */
function mirrored(index: number, size: number): number {
  const period = 2 * (size - 1) || 1;
  const position = ((index % period) + period) % period;
  return position < size ? position : period - position;
}

/** One channel with the noise `sigma` removed. */
async function cleanChannel(
  model: Model,
  noisy: Float32Array,
  sigma: number,
  control: JobControl,
): Promise<Float32Array> {
  const [length] = model.inputShape as [number];
  const patch = length / WINDOW_PATCHES;
  const inner = length - 2 * patch;
  const clean = new Float32Array(noisy.length);
  const count = Math.ceil(noisy.length / inner);
  for (let first = 0; first < count; first += BATCH) {
    const batch = Math.min(BATCH, count - first);
    const x = Float32Array.from({ length: batch * length }, (_, i) => {
      const start = (first + Math.floor(i / length)) * inner - patch;
      return noisy[mirrored(start + (i % length), noisy.length)]! / sigma;
    });
    const y = model.reconstruct(x);
    for (let i = 0; i < batch; i++) {
      const start = (first + i) * inner;
      const end = Math.min(start + inner, noisy.length);
      for (let j = start; j < end; j++) clean[j] = y[i * length + patch + j - start]! * sigma;
    }
    await control.onProgress?.((first + batch) / count);
    await nextTurn(control);
  }
  return clean;
}

/** The noise of a channel; 0 if it is too little to be removed. */
function noiseOf(channel: Float32Array): { sigma: number; isLittle: boolean } {
  if (channel.length < SHORTEST) return { sigma: 0, isLittle: true };
  const sigma = estimateNoise(channel);
  const power = channel.reduce((sum, value) => sum + value * value, 0) / channel.length;
  return { sigma, isLittle: sigma <= LITTLE_NOISE * Math.sqrt(power) };
}

function checkSound({ data, channels, rate }: Recording, { sigma = 'auto', strength = 1 }: SoundOptions): void {
  if (!(data instanceof Float32Array)) throw new TypeError('"data" expected a Float32Array');
  if (!(channels >= 1) || data.length === 0 || data.length % channels) {
    throw new RangeError(`the recording expected frames of ${channels} channels, got ${data.length} values`);
  }
  if (!(rate > 0)) throw new RangeError(`"rate" expected a number above 0, got ${rate}`);
  if (!data.every(Number.isFinite)) throw new RangeError('the recording has values that are not finite');
  if (sigma !== 'auto' && !(sigma > 0))
    throw new RangeError(`"sigma" expected a number above 0 or "auto", got ${sigma}`);
  if (!(strength >= 0.1 && strength <= 4)) throw new RangeError(`"strength" expected 0.1..4, got ${strength}`);
}

/**
 * Removes white noise from a recording, without a trained model: see `shrinkageAutoencoder`. The event loop runs other tasks in
 * between.
 *
 * Errors: TypeError, RangeError for a recording or options that cannot be used; those of `denoiseSignal` with a model; the signal's
 * reason.
 */
export async function cleanSound(
  recording: Recording,
  options: SoundOptions = {},
  control: JobControl = {},
): Promise<SoundResult> {
  checkSound(recording, options);
  const { data, channels, rate } = recording;
  const { sigma: wanted = 'auto', strength = 1 } = options;
  control.signal?.throwIfAborted();
  if (options.model) {
    const clean = denoiseSignal(options.model, data, { channels });
    return { recording: { ...recording, data: clean }, sigma: undefined, changed: true, reason: undefined };
  }
  const result = data.slice();
  let model: Model | undefined;
  let highest = 0;
  for (let channel = 0; channel < channels; channel++) {
    const noisy = data.filter((_, i) => i % channels === channel);
    const { sigma, isLittle } = wanted === 'auto' ? noiseOf(noisy) : { sigma: wanted, isLittle: false };
    highest = Math.max(highest, sigma);
    if (isLittle) continue;
    const patch = patchLength(rate);
    model ??= await shrinkageAutoencoder({
      input: { height: WINDOW_PATCHES * patch, width: 1 },
      patch: { height: patch, width: 1 },
      stride: patch / OVERLAP,
      low: 2.5,
      high: 3.2,
      windowed: true,
      keepsMean: false,
    });
    const clean = await cleanChannel(
      model,
      noisy,
      sigma * strength,
      partOf(control, channel / channels, (channel + 1) / channels),
    );
    for (let i = 0; i < clean.length; i++) result[i * channels + channel] = clean[i]!;
  }
  if (!model) {
    const reason = `little noise: below ${100 * LITTLE_NOISE} % of the sound`;
    return { recording, sigma: highest, changed: false, reason };
  }
  return { recording: { ...recording, data: result }, sigma: highest, changed: true, reason: undefined };
}
