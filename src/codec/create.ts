import { runInTurns, scaleProgress } from '../core/progress.ts';
import type { ByteSamples, Samples } from '../core/types.ts';
import { SampleBatch } from '../data/sample-batch.ts';
import { decodingEngineOf, type Model } from '../model/model.ts';
import { calibrators } from './calibrate.ts';
import { Codec } from './codec.ts';
import { copyModel, smallestCopy } from './compact-model.ts';
import { codecKernels, writeCodecFile } from './file.ts';
import { trainedStep } from './modes/quantized/calibrate.ts';
import { type CodecOptions, checkOptions } from './options.ts';
import { modeFor } from './select-mode.ts';

/** Type of the values that a codec returns which was calibrated with samples of type `X`: bytes for bytes, else floats. */
export type ValuesOf<X extends Samples, Options extends CodecOptions> = Options extends {
  /** Lossless codecs return bytes. */
  readonly lossless: true;
}
  ? Uint8Array<ArrayBuffer>
  : X extends ByteSamples
    ? Uint8Array<ArrayBuffer>
    : Float32Array<ArrayBuffer>;

/**
 * Makes a codec for samples like the calibration samples. Some hundreds of them suffice, some thousands are better; other
 * samples are coded too, but take more bits. Calibrated with bytes, the codec takes and returns bytes, and its bounds are in
 * levels, 0 to 255; calibrated with floats, it takes and returns floats. It has its own copy of the model, with weights of 8
 * bits unless those raise the error too much (see `dtype`). Yields to the event loop; samples and model must not change
 * meanwhile.
 *
 * Errors: TypeError, RangeError for options, samples or a model without a decoder; the signal's reason.
 *
 * @example
 * ```ts
 * import { autoencoder, createCodec, deepAutoencoder, fit } from 'isthmus';
 *
 * const x = Float32Array.from({ length: 500 * 24 }, (_, i) => Math.sin(i / 4) + ((i >> 5) % 3) / 9);
 * const model = await autoencoder(deepAutoencoder({ input: [24], latent: 4, hidden: [32] }), { seed: 1 });
 * await fit(model, x, { epochs: 5, deterministic: true });
 * const codec = await createCodec(model, x, { maxError: 0.01 });
 * const bytes = codec.compress(x);
 * const y = codec.decompress(bytes);
 * console.log(x.every((value, i) => Math.abs(value - y[i]!) <= 0.01), bytes.length < x.byteLength / 8);
 * // prints true true
 * ```
 */
export async function createCodec<X extends Samples, Options extends CodecOptions>(
  model: Model,
  calibrationSamples: X,
  options: Options = {} as Options,
): Promise<Codec<ValuesOf<X, Options>>> {
  decodingEngineOf(model);
  const target = checkOptions(options, trainedStep(model), model.inputShape);
  const mode = modeFor(target.guarantee);
  const { pixels } = new SampleBatch('calibrationSamples', calibrationSamples, model.inputShape, !mode.finite);
  const sources = codecKernels(mode);

  async function* steps(): AsyncGenerator<number, Codec<ValuesOf<X, Options>>, undefined> {
    const step = mode.name === 'plain' ? (options.step ?? trainedStep(model)) : 0;
    // A lossless codec uses only the shapes of the model.
    const dtype = options.dtype ?? (mode.name === 'lossless' ? 'int8' : undefined);
    const { model: copy, tensors } = dtype
      ? await copyModel(model, dtype, sources)
      : yield* smallestCopy(model, calibrationSamples, step, sources);
    const format = { pixels, bounds: target.bounds };
    const tables = yield* scaleProgress(calibrators[mode.name](copy, calibrationSamples, options, format), 0.4, 1);
    const { samplesPerBlock } = options;
    const settings = { ...target, pixels, model: copy, mode, samplesPerBlock, tables };
    return new Codec({ ...settings, ...writeCodecFile(settings, tensors) });
  }

  return runInTurns(steps(), options);
}
