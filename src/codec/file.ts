// A codec's file: a model's file with one more tensor, `codec.tables`, and the codec's options in its metadata.

import { asBytes, utf8, viewOf } from '../core/bytes.ts';
import { formatError, show, wrongType, wrongValue } from '../core/errors.ts';
import { buildDecodingModel, type LoadOptions, modelMetadata, openFile, parseMetadata } from '../files/model.ts';
import type { ModelSource } from '../files/read-source.ts';
import { serializeTensors, type Tensor } from '../files/safetensors.ts';
import { engineSymbol, type Model } from '../model/model.ts';
import type { Source } from '../wasm/modules.ts';
import { codecModule } from '../wasm/modules.ts';
import { checksum } from './checksum.ts';
import { Codec } from './codec.ts';
import type { CodecFile } from './codec-state.ts';
import { clearNegativeZeros } from './compact-model.ts';
import { digestText } from './container/header.ts';
import { LATEST_VERSION, versionOf } from './container/version.ts';
import type { Mode } from './mode.ts';
import { type CodecOptions, checkOptions } from './options.ts';
import { modeFor, modes } from './select-mode.ts';

const FORMAT = 'isthmus-codec';
/** `values` in the metadata of a codec for bytes; undefined for floats. */
const BYTE_VALUES = 'uint8';

/** Kernels that a codec needs in addition to those of its model. */
export const codecKernels = (mode: Mode): Source[] => [codecModule.strict, mode.module.strict];

/** The digest by which compressed data name their codec: a CRC of the file's tensors, then of two of its texts. */
function digestOf(model: Model, file: Uint8Array, texts: readonly string[]): number {
  const engine = model[engineSymbol];
  const dataStart = 8 + viewOf(file).getUint32(0, true);
  return texts.reduce((crc, text) => checksum(engine, utf8(text), crc), checksum(engine, file.subarray(dataStart)));
}

export function writeCodecFile(
  settings: Omit<CodecFile, 'fileBytes' | 'digest'>,
  weights: ReadonlyMap<string, Tensor>,
): Pick<CodecFile, 'fileBytes' | 'digest'> {
  const { model, mode, guarantee, target, bounds, pixels, samplesPerBlock, tables } = settings;
  const option = guarantee === 'none' ? {} : { [guarantee]: guarantee === 'lossless' || (bounds ?? target) };
  const values = pixels && guarantee !== 'lossless' ? BYTE_VALUES : undefined;
  const codec = JSON.stringify({ mode: mode.name, ...option, samplesPerBlock, values });
  const tensors = new Map(weights).set('codec.tables', { dtype: 'U8', shape: [tables.length], data: tables });
  const described = modelMetadata(model, FORMAT);
  const metadata = { ...described, version: String(versionOf(mode, settings)), codec };
  const fileWith = (digest: number) => serializeTensors(tensors, { ...metadata, digest: digestText(digest) });
  // A digest has always eight digits, and no part of the file that it covers depends on it.
  const digest = digestOf(model, fileWith(0), [described.model!, codec]);
  return { fileBytes: fileWith(digest), digest };
}

/**
 * Loads a codec from a file written by `codec.save()`. It writes the same bytes as the saved codec, and reads them.
 * `options.layers`: the layer factories that the file may use.
 *
 * Errors: FormatError with a code for bytes that are no such file; TypeError for a source of another type; UnsupportedError
 * without WebAssembly SIMD.
 *
 * @example
 * ```ts
 * import { autoencoder, createCodec, dense, denseAutoencoder, loadCodec } from 'isthmus';
 *
 * const x = Float32Array.from({ length: 200 * 16 }, (_, i) => Math.sin((i >> 4) + (i % 16) / 3)); // waves of 16 values
 * const model = await autoencoder(denseAutoencoder({ input: [16], latent: 4 }), { seed: 1 });
 * const codec = await createCodec(model, x, { maxError: 0.01 });
 * const [file, bytes] = [codec.save(), codec.compress(x)];
 * const reader = await loadCodec(file, { layers: [dense] }); // on another machine
 * console.log(reader.decompress(bytes).length === x.length);
 * // prints true
 * ```
 */
export async function loadCodec<Values extends Float32Array | Uint8Array = Float32Array<ArrayBuffer>>(
  source: ModelSource,
  options: LoadOptions = {},
): Promise<Codec<Values>> {
  // The codec keeps its file, so bytes of the caller are copied.
  const file = await openFile(asBytes(source)?.slice() ?? source, options);
  const { tensors, metadata } = file;
  const fileBytes = file.bytes as Uint8Array<ArrayBuffer>;
  const sources = metadata.format === FORMAT ? modes.flatMap(codecKernels) : [];
  const model = await buildDecodingModel(file, FORMAT, sources, LATEST_VERSION);
  clearNegativeZeros(model[engineSymbol]);
  const digest = digestOf(model, fileBytes, [metadata.model!, metadata.codec ?? '']);
  const expected = digestText(digest);
  if (metadata.digest !== expected) throw formatError('corrupt', 'digest', expected, metadata.digest);
  const {
    mode: name,
    values,
    ...codecOptions
  } = (parseMetadata(metadata, 'codec') ?? {}) as CodecOptions & Record<'mode' | 'values', unknown>;
  const names = modes.map((mode) => mode.name);
  if (!names.includes(name as never)) throw formatError('version', 'mode', `one of ${names.join(', ')}`, show(name));
  const tables = tensors.get('codec.tables');
  if (tables?.dtype !== 'U8') throw formatError('corrupt', 'codec.tables', 'bytes', tables?.dtype ?? 'none');
  try {
    const target = checkOptions(codecOptions, 1, model.inputShape);
    const mode = modeFor(target.guarantee);
    if (mode.name !== name) throw wrongType('mode', mode.name, name);
    if (values !== undefined && values !== BYTE_VALUES) throw wrongValue('values', BYTE_VALUES, values);
    const format = { ...target, pixels: mode.name === 'lossless' || values === BYTE_VALUES };
    const version = String(versionOf(mode, format));
    if (version !== metadata.version) throw wrongValue('version', version, metadata.version);
    const { samplesPerBlock } = codecOptions;
    return new Codec({ ...format, model, mode, samplesPerBlock, tables: tables.data, fileBytes, digest });
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    throw formatError('corrupt', 'codec', 'options that createCodec() takes', `such that say: ${error.message}`);
  }
}
