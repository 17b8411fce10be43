import { inTurns, within } from '../core/progress.ts';
import type { ByteSamples, Samples } from '../core/types.ts';
import { Rows } from '../data/sample-batch.ts';
import { type Model, wholeEngineIn } from '../model/model.ts';
import { calibrations } from './calibrate.ts';
import { Codec } from './codec.ts';
import { copyOf, smallestCopy } from './compact-model.ts';
import { codecFile, kernelsOf } from './file.ts';
import { stepOf } from './modes/quantized/calibrate.ts';
import { type CodecOptions, checkOptions } from './options.ts';

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
  wholeEngineIn(model);
  const [mode, promise, asked, bounds] = checkOptions(options, stepOf(model), model.inputShape);
  const { pixels } = new Rows('calibrationSamples', calibrationSamples, model.inputShape, !mode.finite);
  const { samplesPerBlock } = options;
  const sources = kernelsOf(mode);

  async function* steps(): AsyncGenerator<number, Codec<ValuesOf<X, Options>>, undefined> {
    const step = mode.name === 'plain' ? (options.step ?? stepOf(model)) : 0;
    // A lossless codec has the model for its shape alone.
    const dtype = options.dtype ?? (mode.name === 'lossless' ? 'int8' : undefined);
    const { copy, tensors } = dtype
      ? await copyOf(model, dtype, sources)
      : yield* smallestCopy(model, calibrationSamples, step, sources);
    const kind = { pixels, bounds };
    const tables = yield* within(calibrations[mode.name](copy, calibrationSamples, options, kind), 0.4, 1);
    const contents = { ...kind, model: copy, mode, promise, asked, samplesPerBlock, tables };
    return new Codec({ ...contents, ...codecFile(contents, tensors) });
  }

  return inTurns(steps(), options);
}
