// Describes a file of any format.

import { basename } from 'node:path';
import { decompressFile } from '../formats/decompress-file.ts';
import { detectFormat, type Format, formatOfName } from '../formats/detect.ts';
import { readNpyOutline } from '../formats/npy.ts';
import { listZip } from '../formats/npz.ts';
import { decodeDataset, splitArrayName } from '../formats/read.ts';
import { readBytes } from '../input.ts';
import { describeArray, describeJpeg, describeNpz, describePng, describeTable, describeWav } from './data.ts';
import type { Report } from './report.ts';

const conversions: Partial<Record<Format, Report>> = {
  hdf5: {
    kind: 'HDF5, as Keras writes .h5',
    facts: {},
    uses: ['convert it by tensorflowjs_converter and read its model.json by fromLayersModel of isthmus/tfjs'],
  },
  pickle: {
    kind: 'a Python pickle, as old versions of PyTorch write',
    facts: {},
    uses: ['in Python: safetensors.torch.save_file(torch.load("FILE"), "weights.safetensors")'],
  },
};

function describeZip(kind: string, bytes: Uint8Array, uses: readonly string[]): Report {
  const items = listZip(bytes).map((entry) => ({ file: entry.name, bytes: entry.bytes }));
  return { kind, facts: { files: items.length }, list: { name: 'files', items }, uses };
}

/** Whether the first bytes, as float32, are finite numbers of a usual size. */
function looksLikeFloat32(bytes: Uint8Array): boolean {
  if (bytes.length % 4) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 4096));
  return Array.from({ length: view.byteLength / 4 }, (_, i) => Math.abs(view.getFloat32(4 * i, true))).every(
    (size) => size === 0 || (size > 1e-20 && size < 1e20),
  );
}

function describeUnknown(bytes: Uint8Array): Report {
  const kind = 'a file of an unknown format';
  if (!looksLikeFloat32(bytes)) return { kind, facts: {}, uses: [] };
  const use = `isthmus compress FILE --raw float32 --shape ${bytes.length / 4} --max-error 0.01`;
  return { kind, facts: { note: 'the bytes can be float32 numbers without a header' }, uses: [use] };
}

async function describeContent(format: Format, bytes: Uint8Array, name: string, array?: string): Promise<Report> {
  switch (format) {
    case 'png':
      return describePng(bytes);
    case 'jpeg':
      return describeJpeg(bytes);
    case 'wav':
      return describeWav(bytes);
    case 'safetensors':
      return await (await import('./model-files.ts')).describeSafetensors(bytes);
    case 'compressed':
      return (await import('./model-files.ts')).describeCompressed(bytes);
    case 'keras':
      return describeZip('a model of Keras', bytes, ['in Python: keras.models.load_model("FILE").save("model.h5")']);
    case 'pytorch':
      return describeZip('a file of PyTorch', bytes, [
        'in Python: safetensors.torch.save_file(torch.load("FILE"), "weights.safetensors")',
      ]);
    case 'zip':
      return describeZip('a zip archive', bytes, []);
    case 'npz':
      if (array === undefined) return describeNpz(bytes);
      break;
    case 'unknown':
    case 'onnx': {
      const report = (await import('./onnx.ts')).describeOnnx(bytes);
      return report ?? describeUnknown(bytes);
    }
    case 'empty':
      return { kind: 'an empty file', facts: {}, uses: [] };
    case 'text':
      if (Buffer.from(bytes.subarray(0, 200)).includes('written by isthmus'))
        return {
          kind: 'inference of an autoencoder in C99, written by isthmus',
          facts: {},
          uses: ['cc -std=c99 -c FILE'],
        };
      return { kind: 'text, neither a table nor JSON', facts: {}, uses: [] };
  }
  const conversion = conversions[format];
  if (conversion) return conversion;
  if (!['npy', 'npz', 'csv', 'json', 'jsonl', 'parquet', 'idx'].includes(format))
    return { kind: `a file of the format ${format}, which is not read`, facts: {}, uses: [] };
  if (format === 'npy') {
    const outline = readNpyOutline(bytes);
    if (outline && !outline.isNumeric) {
      const { shape, type } = outline;
      return { kind: 'an array of NumPy, not of real numbers', facts: { shape, type }, uses: [] };
    }
  }
  const dataset = await decodeDataset(bytes, name, { array }).catch((error: Error) => {
    if (format !== 'json') throw error;
    return undefined;
  });
  if (!dataset) return { kind: 'JSON, neither numbers nor rows', facts: {}, uses: [] };
  const { data } = dataset;
  if (data.kind === 'table') return describeTable(`a table (${format})`, data);
  if (data.kind === 'array') return describeArray(`an array of numbers (${format})`, data);
  return { kind: format, facts: {}, uses: [] };
}

/** A description and its number of bytes. Errors: Failure, FormatError for damaged files. */
export async function describeFile(path: string): Promise<{ report: Report; format: Format; bytes: number }> {
  const { file, array } = splitArrayName(path);
  const bytes = await readBytes(file);
  const content = decompressFile(bytes, basename(file));
  const format = detectFormat(content.bytes, content.name);
  const report = await describeContent(format, content.bytes, content.name, array);
  const promised = formatOfName(content.name);
  const isText = ['text', 'csv', 'json', 'jsonl'].includes(format);
  const isSurprise = promised && promised !== format && !(isText && ['csv', 'json', 'jsonl'].includes(promised));
  const facts = {
    ...(content.bytes === bytes ? {} : { 'bytes decompressed': content.bytes.length }),
    ...report.facts,
    ...(isSurprise ? { note: `the name promises ${promised}` } : {}),
  };
  return { report: { ...report, facts }, format, bytes: bytes.length };
}
