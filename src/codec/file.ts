// A codec's file is a model's file with one more tensor, `codec.tables`, and what was asked for in its metadata.

import { asBytes, utf8, viewOf } from '../core/bytes.ts';
import { formatError, show, wrongType, wrongValue } from '../core/errors.ts';
import { buildDecodingModel, type LoadOptions, modelMetadata, openFile, parseMetadata } from '../files/model.ts';
import type { ModelSource } from '../files/read-source.ts';
import { type Tensor, writeSafetensors } from '../files/safetensors.ts';
import { engineSymbol, type Model } from '../model/model.ts';
import type { Source } from '../wasm/modules.ts';
import { codecModule } from '../wasm/modules.ts';
import { checksum } from './checksum.ts';
import { Codec } from './codec.ts';
import type { CodecFile } from './codec-state.ts';
import { clearNegativeZeros } from './compact-model.ts';
import { CONTAINER_VERSION, hex, versionOf } from './container/records.ts';
import type { Mode } from './mode.ts';
import { type CodecOptions, selectMode } from './options.ts';
import { modes } from './select-mode.ts';

const FORMAT = 'isthmus-codec';
/** What a file says of values that are bytes; where it says nothing they are floats. */
const BYTE_VALUES = 'uint8';

/** Kernels that a codec needs beside those of its model. */
export const codecKernels = (mode: Mode): Source[] => [codecModule.strict, mode.module.strict];

/** What stands for a codec in data that it has compressed: the checksum of the file's data, then of two of its texts. */
function digestOf(model: Model, file: Uint8Array, texts: readonly string[]): number {
  const engine = model[engineSymbol];
  const start = 8 + viewOf(file).getUint32(0, true);
  return texts.reduce((crc, text) => checksum(engine, utf8(text), crc), checksum(engine, file.subarray(start)));
}

/** The file of a codec, and its digest. */
export function writeCodecFile(
  contents: Omit<CodecFile, 'fileBytes' | 'digest'>,
  weights: ReadonlyMap<string, Tensor>,
): Pick<CodecFile, 'fileBytes' | 'digest'> {
  const { model, mode, guarantee, target, bounds, pixels, samplesPerBlock, tables } = contents;
  const promised = guarantee === 'none' ? {} : { [guarantee]: guarantee === 'lossless' || (bounds ?? target) };
  const values = pixels && guarantee !== 'lossless' ? BYTE_VALUES : undefined;
  const codec = JSON.stringify({ mode: mode.name, ...promised, samplesPerBlock, values });
  const tensors = new Map(weights).set('codec.tables', { dtype: 'U8', shape: [tables.length], data: tables });
  const described = modelMetadata(model, FORMAT);
  const metadata = { ...described, version: String(versionOf(contents)), codec };
  // The digest has always eight digits: it moves nothing of what it is made of.
  const draft = writeSafetensors(tensors, { ...metadata, digest: hex(0) });
  const digest = digestOf(model, draft, [described.model!, codec]);
  return { fileBytes: writeSafetensors(tensors, { ...metadata, digest: hex(digest) }), digest };
}

/**
 * The codec in a file written by `codec.save()`: it writes and reads the same bytes. `options.layers` are the layer
 * factories the file may use. Errors: FormatError with a code for bytes that are no such file; TypeError for a source of
 * another type; UnsupportedError without WebAssembly SIMD.
 */
export async function loadCodec<Values extends Float32Array | Uint8Array = Float32Array<ArrayBuffer>>(
  source: ModelSource,
  options: LoadOptions = {},
): Promise<Codec<Values>> {
  // A copy of what is the caller's: the codec keeps its file.
  const whole = await openFile(asBytes(source)?.slice() ?? source, options);
  const { tensors, metadata } = whole;
  const fileBytes = whole.bytes as Uint8Array<ArrayBuffer>;
  const sources = metadata.format === FORMAT ? modes.flatMap(codecKernels) : [];
  const model = await buildDecodingModel(whole, FORMAT, sources, CONTAINER_VERSION);
  clearNegativeZeros(model[engineSymbol]);
  const digest = digestOf(model, fileBytes, [metadata.model!, metadata.codec ?? '']);
  if (metadata.digest !== hex(digest)) throw formatError('corrupt', 'digest', hex(digest), metadata.digest);
  const {
    mode: name,
    values,
    ...asking
  } = (parseMetadata(metadata, 'codec') ?? {}) as CodecOptions & Record<'mode' | 'values', unknown>;
  if (!modes.some((mode) => mode.name === name))
    throw formatError('version', 'mode', `one of ${modes.map((mode) => mode.name).join(', ')}`, show(name));
  const tables = tensors.get('codec.tables');
  if (tables?.dtype !== 'U8') throw formatError('corrupt', 'codec.tables', 'bytes', tables?.dtype ?? 'none');
  try {
    const [mode, guarantee, target, bounds] = selectMode(asking, 1, model.inputShape);
    if (mode.name !== name) throw wrongType('mode', mode.name, name);
    const { samplesPerBlock } = asking;
    const contents = {
      model,
      mode,
      guarantee,
      target,
      bounds,
      samplesPerBlock,
      tables: tables.data,
      fileBytes,
      digest,
    };
    const all = { ...contents, pixels: mode.name === 'lossless' || values === BYTE_VALUES };
    if (values !== undefined && values !== BYTE_VALUES) throw wrongValue('values', BYTE_VALUES, values);
    if (String(versionOf(all)) !== metadata.version)
      throw wrongValue('version', String(versionOf(all)), metadata.version);
    return new Codec(all);
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    throw formatError('corrupt', 'codec', 'options that createCodec() takes', `such that say: ${error.message}`);
  }
}
