import { type Model, wholeEngineIn } from '../model.ts';
import { Rows } from '../samples.ts';
import type { Samples } from '../types.ts';
import { Codec } from './codec.ts';
import { copyOf, smallestCopy } from './copy.ts';
import { codecFile, kernelsOf } from './file.ts';
import { type CodecOptions, checkOptions } from './options.ts';
import { stepOf } from './plain/plain.ts';

/**
 * A codec for samples like those of calibration, of which some hundreds do, better some thousands; what they never
 * showed is still coded, at more bits. It holds a copy of the model, with weights of 8 bits unless those lose more than
 * 1 % (see `dtype`). Errors: TypeError, RangeError for options, samples or a model without a decoder.
 */
export async function createCodec<Options extends CodecOptions>(
  model: Model,
  calibrationSamples: Samples,
  options: Options = {} as Options,
): Promise<Codec<Options extends { readonly lossless: true } ? Uint8Array<ArrayBuffer> : Float32Array<ArrayBuffer>>> {
  wholeEngineIn(model);
  const [mode, promise, asked] = checkOptions(options, stepOf(model));
  new Rows('calibrationSamples', calibrationSamples, model.inputShape, !mode.finite);
  const { dtype, samplesPerBlock } = options;
  const sources = kernelsOf(mode);
  const { copy, tensors } = dtype
    ? await copyOf(model, dtype, sources)
    : await smallestCopy(model, calibrationSamples, sources);
  const tables = mode.calibrate(copy, calibrationSamples, options);
  const contents = { model: copy, mode, promise, asked, samplesPerBlock, tables };
  return new Codec({ ...contents, ...codecFile(contents, tensors) });
}
