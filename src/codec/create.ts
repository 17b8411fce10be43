import { runInTurns, scaleProgress } from '../core/progress.ts';
import type { ByteSamples, Samples } from '../core/types.ts';
import { SampleBatch } from '../data/sample-batch.ts';
import { decodingEngineOf, type Model } from '../model/model.ts';
import { calibrators } from './calibrate.ts';
import { Codec } from './codec.ts';
import { copyModel, smallestCopy } from './compact-model.ts';
import { codecKernels, writeCodecFile } from './file.ts';
import { trainedStep } from './modes/quantized/calibrate.ts';
import { type CodecOptions, selectMode } from './options.ts';

/** What a codec gives that is calibrated with such samples: bytes for bytes, else floats. */
export type ValuesOf<X extends Samples, Options extends CodecOptions> = Options extends { readonly lossless: true }
  ? Uint8Array<ArrayBuffer>
  : X extends ByteSamples
    ? Uint8Array<ArrayBuffer>
    : Float32Array<ArrayBuffer>;

/**
 * A codec for samples like those of calibration, of which some hundreds do, better some thousands; what they never
 * showed is still coded, at more bits. Calibrated with bytes, it takes and gives bytes, and its bounds are in levels, 0 to
 * 255; calibrated with floats, it takes and gives floats. It holds a copy of the model, with weights of 8 bits unless
 * those lose too much (see `dtype`). The event loop gets its turns; samples and model must not change meanwhile.
 *
 * Errors: TypeError, RangeError for options, samples or a model without a decoder; the signal's reason.
 */
export async function createCodec<X extends Samples, Options extends CodecOptions>(
  model: Model,
  calibrationSamples: X,
  options: Options = {} as Options,
): Promise<Codec<ValuesOf<X, Options>>> {
  decodingEngineOf(model);
  const [mode, guarantee, target, bounds] = selectMode(options, trainedStep(model), model.inputShape);
  const { pixels } = new SampleBatch('calibrationSamples', calibrationSamples, model.inputShape, !mode.finite);
  const { samplesPerBlock } = options;
  const sources = codecKernels(mode);

  async function* steps(): AsyncGenerator<number, Codec<ValuesOf<X, Options>>, undefined> {
    const step = mode.name === 'plain' ? (options.step ?? trainedStep(model)) : 0;
    // A lossless codec has the model for its shape alone.
    const dtype = options.dtype ?? (mode.name === 'lossless' ? 'int8' : undefined);
    const { model: copy, tensors } = dtype
      ? await copyModel(model, dtype, sources)
      : yield* smallestCopy(model, calibrationSamples, step, sources);
    const kind = { pixels, bounds };
    const tables = yield* scaleProgress(calibrators[mode.name](copy, calibrationSamples, options, kind), 0.4, 1);
    const contents = { ...kind, model: copy, mode, guarantee, target, samplesPerBlock, tables };
    return new Codec({ ...contents, ...writeCodecFile(contents, tensors) });
  }

  return runInTurns(steps(), options);
}
