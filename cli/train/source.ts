// How JavaScript reads the data of a command: for `--code`.

import type { PictureSource } from '../../jobs/code/read-pictures.ts';
import type { CodeSource, TableSource } from '../../jobs/code/source.ts';
import type { PictureData, TableData } from '../../jobs/dataset.ts';
import type { ModelSamples, SampleOptions } from '../../jobs/samples.ts';
import { readTable } from '../../jobs/table/parse.ts';
import type { DataOptions } from '../data-options.ts';
import { Failure } from '../errors.ts';
import { orientationOf } from '../formats/jpeg.ts';
import { readNpyHeader } from '../formats/npy.ts';
import { listNpz } from '../formats/npz.ts';
import { type DataFile, readDataset, splitArrayName } from '../formats/read.ts';
import { readBytes } from '../input.ts';

const cannot = (reason: string): Failure => new Failure(`--code has no short program for this data: ${reason}`);

interface Common {
  readonly files: readonly string[];
  readonly gzip: boolean;
  readonly shape: readonly number[];
  readonly stride?: number;
}

/** The form of a CSV file, which all files are expected to have. */
async function csvForm(
  path: string,
): Promise<Pick<TableSource, 'delimiter' | 'quotes' | 'hasHeader' | 'decimalComma'>> {
  const bytes = await readBytes(path);
  const { format, text, columns } = readTable(bytes);
  if (format.encoding !== 'utf-8') throw cannot(`the CSV is ${format.encoding}`);
  // Text of numbers between blanks has one column for the parser of CSV.
  const isBlank = columns.length === 1 && columns[0]!.kind === 'text';
  return {
    delimiter: isBlank ? ' ' : format.delimiter,
    quotes: text.includes('"'),
    hasHeader: !isBlank && format.header !== undefined,
    decimalComma: columns.some((column) => column.kind === 'number' && column.format.decimalMark === ','),
  };
}

async function tableSource(
  file: DataFile,
  common: Common,
  samples: ModelSamples,
  missing?: number,
): Promise<TableSource> {
  const { format } = file;
  const data = file.data as TableData;
  const names = samples.columns!;
  const shared = {
    ...common,
    names,
    indices: names.map((name) => data.columns.findIndex((column) => column.name === name)),
    ...(missing !== undefined && { missing }),
  };
  const noForm = { delimiter: ',', quotes: false, hasHeader: true, decimalComma: false };
  if (format === 'csv') {
    if (common.gzip) throw cannot('the CSV is compressed');
    return { ...shared, format, ...(await csvForm(file.path)) };
  }
  if (format === 'parquet' || format === 'jsonl') return { ...shared, ...noForm, format };
  return { ...shared, ...noForm, format: 'json rows' };
}

async function pictureSource(
  files: readonly DataFile[],
  common: Common,
  samples: ModelSamples,
): Promise<PictureSource> {
  const pictures = files.map(({ data }) => data as PictureData);
  const [first] = pictures as [PictureData];
  const format = files[0]!.format as 'png' | 'jpeg';
  const isSame =
    files.every((file) => file.format === format) &&
    pictures.every(({ channels, depth }) => channels === first.channels && depth === first.depth);
  if (!isSame) throw cannot('the pictures have several formats');
  if (format === 'jpeg')
    for (const { path } of files)
      if (orientationOf(await readBytes(path)) !== 1) throw cannot(`${path} is turned by its EXIF orientation`);
  const [height, width] = samples.shape;
  const resize = pictures.some((picture) => picture.width !== width || picture.height !== height);
  return { ...common, format, resize, channels: first.channels, depth: first.depth };
}

/** The description of the data for the generators in jobs/code. Errors: Failure for data that needs a long program. */
export async function codeSourceOf(
  paths: readonly string[],
  samples: ModelSamples,
  options: DataOptions,
  { stride, window, missing }: SampleOptions,
): Promise<CodeSource> {
  if (paths.includes('-')) throw new Failure('--code needs names of files, not standard input');
  const files: DataFile[] = [];
  for (const path of paths) files.push(await readDataset(path, options));
  const [file] = files as [DataFile];
  const names = paths.map((path) => splitArrayName(path).file);
  const common: Common = {
    files: names,
    gzip: /\.gz$/i.test(names[0]!),
    shape: samples.shape,
    ...(window !== undefined && { stride: stride ?? window }),
  };
  if (files.some(({ format }) => format !== file.format)) throw cannot('the files have several formats');
  const { data, format } = file;
  if (data.kind === 'picture') return await pictureSource(files, common, samples);
  if (data.kind === 'recording') return { ...common, format: 'wav', sampleType: data.sampleType };
  if (data.kind === 'table') return await tableSource(file, common, samples, missing);
  const array = options.array ?? splitArrayName(paths[0]!).array;
  if (format === 'npy' || format === 'npz') {
    if (data.type === 'float16') throw cannot('the array is float16');
    const bytes = await readBytes(names[0]!);
    if (format === 'npy' && !common.gzip) {
      const { bigEndian, fortranOrder } = readNpyHeader(bytes);
      if (bigEndian || fortranOrder) throw cannot('the array is big-endian or in the order of Fortran');
    }
    if (format === 'npy') return { ...common, format, type: data.type };
    const list = listNpz(bytes);
    const name = array ?? (list.find(({ shape }) => shape.length > 1) ?? list[0])!.name;
    return { ...common, format, type: data.type, array: name };
  }
  if (format === 'idx' && !['uint8', 'int8'].includes(data.type)) throw cannot('the array is big-endian');
  return {
    ...common,
    format: format as 'idx' | 'json' | 'safetensors',
    type: data.type,
    ...(array !== undefined && { array }),
  };
}
