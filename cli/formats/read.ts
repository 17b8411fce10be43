// Reads a file of any format to data.

import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import type { Dataset } from '../../jobs/dataset.ts';
import { Failure, namingFile } from '../errors.ts';
import { readBytes } from '../input.ts';
import { decompressFile } from './decompress-file.ts';
import { detectFormat, type Format, formatOfName } from './detect.ts';
import { type DataFormat, dataFormats } from './format-names.ts';
import { MAXIMUM_MEGAPIXELS } from './limits.ts';

/** How to read a file. */
export interface ReadOptions {
  /** The format. Default: by content, then by name. */
  readonly format?: DataFormat | undefined;
  /** The array of an `.npz` or `.safetensors` file. Default: `FILE:NAME`, else the only one. */
  readonly array?: string | undefined;
  /** The largest picture, in megapixels. Default 64. */
  readonly maxMegapixels?: number | undefined;
  /** Why the command takes no pictures: the error for one, before its pixels are read. */
  readonly refusePictures?: string;
}

/** Data and the file that it was read from. */
export interface DataFile {
  readonly path: string;
  readonly format: DataFormat;
  readonly data: Dataset;
}

/** Remedies for files that are no data. */
const remedies: Partial<Record<Format, string>> = {
  compressed: 'the file is compressed by isthmus: use "isthmus decompress"',
  onnx: 'the file is a model of ONNX, not data',
  hdf5: 'the file is HDF5 (of Keras?), which is not read: save the data as .npy',
  keras: 'the file is a model of Keras, not data',
  pytorch: 'the file is a file of PyTorch: save the data as .npy or .safetensors',
  zip: 'the file is a zip archive without arrays: unpack it',
  pickle: 'the file is a Python pickle, which can run any program when Python reads the file: save the data as .npy',
  'git lfs pointer': 'the file is a pointer of Git LFS: run "git lfs pull"',
  html: 'the file is a web page: check the download',
  'html page': 'the file is a web page: check the download',
};
const pictureFormats = new Set<Format>(['gif', 'webp', 'avif', 'heic', 'bmp', 'tiff', 'tiff (big-endian)', 'jpeg-xl']);
const soundFormats = new Set<Format>(['flac', 'ogg', 'mp3', 'mp4']);

/** The message for bytes whose format is not read. */
function refusal(format: Format, bytes: Uint8Array, promised: Format | undefined): Failure {
  if (format === 'empty') return new Failure('the file is empty');
  if (promised && format === 'text') {
    const start = new TextDecoder().decode(bytes.subarray(0, 30)).split('\n')[0]!.trim();
    return new Failure(
      `the name promises ${promised}, but the content is text that begins with "${start}": check the download`,
    );
  }
  const remedy = remedies[format];
  if (remedy) return new Failure(remedy);
  if (pictureFormats.has(format))
    return new Failure(`pictures of ${format} are not read: convert the file to PNG or JPEG`);
  if (soundFormats.has(format)) return new Failure(`sound of ${format} is not read: convert the file to WAV`);
  if (format === 'text')
    return new Failure('the file is text, but neither a table nor JSON: use --format csv for a table');
  const kind = promised
    ? `the name promises ${promised}, but the content has another format`
    : 'the format is not known';
  return new Failure(`${kind}${format === 'unknown' ? '' : ` (${format})`}; formats: ${dataFormats.join(', ')}`);
}

const isDataFormat = (format: Format): format is DataFormat => (dataFormats as readonly Format[]).includes(format);

/** The data of bytes of a format. */
async function decode(format: DataFormat, bytes: Uint8Array, options: ReadOptions): Promise<Dataset> {
  const maximum = options.maxMegapixels ?? MAXIMUM_MEGAPIXELS;
  if (options.refusePictures && (format === 'png' || format === 'jpeg')) throw new Failure(options.refusePictures);
  switch (format) {
    case 'npy':
      return (await import('./npy.ts')).readNpy(bytes);
    case 'npz':
      return (await import('./npz.ts')).readNpz(bytes, options.array);
    case 'csv':
      return (await import('./csv.ts')).readCsv(bytes);
    case 'json':
      return (await import('./json.ts')).readJson(new TextDecoder().decode(bytes));
    case 'jsonl':
      return (await import('./json.ts')).readJsonLines(new TextDecoder().decode(bytes));
    case 'parquet':
      return await (await import('./parquet.ts')).readParquet(bytes);
    case 'safetensors':
      return (await import('./safetensors.ts')).readTensor(bytes, options.array);
    case 'idx':
      return (await import('./idx.ts')).readIdx(bytes);
    case 'png':
      return (await import('./png.ts')).readPng(bytes, maximum);
    case 'jpeg':
      return (await import('./jpeg.ts')).readJpeg(bytes, maximum);
    case 'wav':
      return (await import('./wav.ts')).readWav(bytes);
  }
}

/** The file and the array of `FILE:NAME`. A file whose name has a colon is a file. */
export function splitArrayName(path: string): { readonly file: string; readonly array?: string } {
  const match = /^(.+\.(?:npz|safetensors)(?:\.gz)?):([^:\\/]+)$/i.exec(path);
  return match && !existsSync(path) ? { file: match[1]!, array: match[2]! } : { file: path };
}

/** The data of bytes. `name`: the name of the file, for the format and for errors. Errors: Failure, FormatError. */
export async function decodeDataset(bytes: Uint8Array, name: string, options: ReadOptions = {}): Promise<DataFile> {
  const content = decompressFile(bytes, name);
  const promised = formatOfName(content.name);
  let format: Format = options.format ?? detectFormat(content.bytes, content.name);
  // Text that could be anything is a table where its name says so or where it is a pipe.
  if (format === 'text' && (promised === 'csv' || promised === 'json' || promised === 'jsonl')) format = promised;
  const isOtherText = isDataFormat(format) && ['csv', 'json', 'jsonl'].includes(format);
  const contradicts = isOtherText && !options.format && promised && !['csv', 'json', 'jsonl'].includes(promised);
  if (contradicts) throw refusal('text', content.bytes, promised);
  if (!isDataFormat(format)) throw refusal(format, content.bytes, promised);
  if (content.bytes.length === 0) throw refusal('empty', content.bytes, promised);
  return { path: name, format, data: await decode(format, content.bytes, options) };
}

/** The data of a file, of `FILE:NAME`, or of standard input. Errors: Failure that names the file. */
export function readDataset(path: string, options: ReadOptions = {}): Promise<DataFile> {
  const { file, array } = splitArrayName(path);
  return namingFile(file, async () => {
    const bytes = await readBytes(file);
    const { format, data } = await decodeDataset(bytes, basename(file), { ...options, array: options.array ?? array });
    return { path, format, data };
  });
}
