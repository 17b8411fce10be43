// Files of isthmus: models, checkpoints, codecs, detectors, and compressed data.

import { loadCheckpoint, loadCodec, loadDetector, loadModel, type Model, readSafetensors } from 'isthmus';
import { describeFile } from '../../jobs/compress/describe.ts';
import { sizeText } from '../formats/limits.ts';
import type { Report } from './report.ts';
import { describeTensors } from './tensors.ts';

function modelFacts(model: Model) {
  const { type } = (model.spec.latent ?? {}) as { type?: string };
  return {
    input: model.inputShape,
    code: model.latentShape,
    bottleneck: type,
    output: model.outputShape,
    parameters: model.parameterCount,
  };
}

/** Types of weights in the words of `--dtype`. */
const typeNames: Readonly<Record<string, string>> = { F32: 'float32', F16: 'float16', I8: 'int8' };

/** Types of the weights in the file, such as `float32`. */
function weightTypes(bytes: Uint8Array): string {
  const types = new Set(Object.values(readSafetensors(bytes).tensors).map(({ dtype }) => typeNames[dtype] ?? dtype));
  return [...types].join(', ');
}

async function describeModel(bytes: Uint8Array): Promise<Report> {
  const model = await loadModel(bytes);
  const isVariational = (model.spec.latent as { type?: string } | undefined)?.type === 'variational';
  const hasDecoder = model.spec.decoder !== undefined;
  return {
    kind: 'a model of isthmus',
    facts: { ...modelFacts(model), weights: weightTypes(bytes) },
    text: model.summary(),
    uses: [
      'isthmus encode FILE DATA -o codes.npy',
      ...(hasDecoder ? ['isthmus decode FILE codes.npy -o decoded.npy'] : []),
      ...(isVariational ? ['isthmus sample FILE -n 16 -o samples.png'] : []),
      "const model = await loadModel(await readFile('FILE'));",
    ],
  };
}

async function describeCheckpoint(bytes: Uint8Array): Promise<Report> {
  const { model, history } = await loadCheckpoint(bytes);
  const { loss, valLoss } = history;
  return {
    kind: 'a checkpoint of isthmus, an interrupted training',
    facts: { ...modelFacts(model), epochs: loss.length, loss: loss.at(-1), validation: valLoss.at(-1) },
    text: model.summary(),
    uses: ['isthmus train DATA --resume FILE -o model.safetensors'],
  };
}

async function describeCodec(bytes: Uint8Array): Promise<Report> {
  const codec = await loadCodec(bytes);
  return {
    kind: 'a codec of isthmus',
    facts: { mode: codec.mode, values: codec.values, sample: codec.inputShape },
    uses: ["const codec = await loadCodec(await readFile('FILE'));"],
  };
}

async function describeDetector(bytes: Uint8Array): Promise<Report> {
  const { model, threshold, falsePositiveRate } = await loadDetector(bytes);
  const series = seriesFacts(bytes);
  return {
    kind: 'an anomaly detector of isthmus',
    facts: { ...modelFacts(model), threshold, 'false positive rate': falsePositiveRate, ...series },
    text: model.summary(),
    uses: [
      ...(series ? ['isthmus detect DATA --detector FILE'] : []),
      "const detector = await loadDetector(await readFile('FILE'));",
    ],
  };
}

/** A file that `isthmus compress` has written. */
function describeData(bytes: Uint8Array): Report {
  const { title, restoredBytes, compressedBytes, parts } = describeFile(bytes);
  const items = parts.map(({ name, kind, bytes: size, bound, maxError }) => ({
    part: name,
    kind,
    bytes: size,
    bound: bound ?? 'exact',
    'largest error': maxError,
  }));
  return {
    kind: `${title}, compressed by isthmus`,
    facts: {
      restored: restoredBytes === undefined ? undefined : sizeText(restoredBytes),
      ratio: restoredBytes === undefined ? undefined : Number((restoredBytes / compressedBytes).toPrecision(3)),
    },
    list: { name: 'parts', items },
    uses: ['isthmus decompress FILE', 'isthmus decompress --test FILE'],
  };
}

/** Windows and columns of a detector of `isthmus detect --save`. */
function seriesFacts(bytes: Uint8Array) {
  const text = readSafetensors(bytes).metadata['isthmus.series'];
  if (text === undefined) return undefined;
  const { window, columns } = JSON.parse(text) as { window?: number; columns?: readonly { name: string }[] };
  return { window, columns: columns?.map(({ name }) => name).join(', ') };
}

const isthmusFormats: Readonly<Record<string, (bytes: Uint8Array) => Promise<Report>>> = {
  isthmus: describeModel,
  'isthmus-checkpoint': describeCheckpoint,
  'isthmus-codec': describeCodec,
  'isthmus-detector': describeDetector,
  'isthmus-data': async (bytes) => describeData(bytes),
};

/** Any `.safetensors` file. Errors: FormatError for damaged bytes. */
export async function describeSafetensors(bytes: Uint8Array): Promise<Report> {
  const content = readSafetensors(bytes);
  const describe = isthmusFormats[content.metadata.format ?? ''];
  return describe ? await describe(bytes) : describeTensors(content);
}

/** Bytes that `codec.compress` wrote. docs/format.md describes them. */
export function describeCompressed(bytes: Uint8Array): Report {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const modes: Readonly<Record<number, string>> = {
    1: 'plain',
    2: 'bounded',
    3: 'lossless',
    17: 'plain, of bytes',
    18: 'bounded, of bytes',
  };
  const guarantees = ['none', 'maximum error', 'relative error', 'PSNR', 'lossless'];
  const rank = bytes[7] ?? 0;
  const hasHeader = bytes.length >= 24 + 4 * rank;
  if (!hasHeader) return { kind: 'compressed data of isthmus, truncated', facts: {}, uses: [] };
  const guarantee = guarantees[bytes[6]!] ?? 'unknown';
  return {
    kind: 'compressed data of isthmus',
    facts: {
      version: bytes[4],
      mode: modes[bytes[5]!] ?? 'unknown',
      guarantee,
      target: guarantee === 'none' || guarantee === 'lossless' ? undefined : view.getFloat64(12, true),
      sample: Array.from({ length: rank }, (_, axis) => view.getUint32(20 + 4 * axis, true)),
      codec: view.getUint32(8, true).toString(16).padStart(8, '0'),
    },
    uses: ['const values = codec.decompress(bytes); // with the codec of this digest'],
  };
}
