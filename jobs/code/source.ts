// JavaScript that reads files to samples, as the command line reads them.

import type { NumberType } from '../dataset.ts';
import { fileLoop, listLiteral, type Source } from './file-loop.ts';
import type { CodePart } from './module.ts';
import { quoted } from './quote.ts';
import { type PictureSource, picturePart } from './read-pictures.ts';

/** Arrays of numbers. */
export interface ArraySource extends Source {
  readonly format: 'npy' | 'npz' | 'idx' | 'json' | 'safetensors';
  readonly type: NumberType;
  /** Name of the array in `npz` and `safetensors`. */
  readonly array?: string;
}

/** Columns of a table. */
export interface TableSource extends Source {
  readonly format: 'csv' | 'jsonl' | 'json rows' | 'parquet';
  /** Positions of the columns in CSV. */
  readonly indices: readonly number[];
  readonly names: readonly string[];
  readonly delimiter: string;
  readonly quotes: boolean;
  readonly hasHeader: boolean;
  readonly decimalComma: boolean;
  readonly missing?: number;
}

/** Recordings. */
export interface SoundSource extends Source {
  readonly format: 'wav';
  readonly sampleType: string;
}

export type CodeSource = ArraySource | TableSource | PictureSource | SoundSource;

const listNames: Partial<Record<NumberType, string>> = {
  float64: 'Float64Array',
  float32: 'Float32Array',
  int8: 'Int8Array',
  uint8: 'Uint8Array',
  bool: 'Uint8Array',
  int16: 'Int16Array',
  uint16: 'Uint16Array',
  int32: 'Int32Array',
  uint32: 'Uint32Array',
  int64: 'BigInt64Array',
  uint64: 'BigUint64Array',
};

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);

/** Cuts the list `values` to samples: windows of a series, or one after the other. */
function cutLines({ shape, stride }: Source): string[] {
  const size = sizeOf(shape);
  const step = stride === undefined ? size : stride * shape[1]!;
  return [
    `for (let start = 0; start + ${size} <= values.length; start += ${step})`,
    `  samples.push(values.subarray(start, start + ${size}));`,
  ];
}

function arrayPart(source: ArraySource): CodePart {
  const { format, type, array } = source;
  const isBytes = type === 'uint8' && source.stride === undefined;
  const floats = (list: string): string =>
    isBytes || type === 'float32' ? list : `Float32Array.from(${list}, Number)`;
  const cut = cutLines(source);
  const list = `${listNames[type]}`;
  if (format === 'json') {
    const part = fileLoop(source, ['const values = Float32Array.from(JSON.parse(bytes).flat(Infinity));', ...cut]);
    return part;
  }
  if (format === 'safetensors') {
    const tensor = array === undefined ? 'Object.values(tensors)[0]' : `tensors[${quoted(array)}]`;
    const body = ['const { tensors } = readSafetensors(bytes);', `const values = ${floats(`${tensor}.data`)};`, ...cut];
    const part = fileLoop(source, body);
    return { ...part, imports: { ...part.imports, isthmus: ['readSafetensors'] } };
  }
  const lines: string[] = [];
  let numbers = 'bytes';
  if (format === 'npz') {
    lines.push(`const array = unzipSync(bytes)[${quoted(`${array}.npy`)}];`);
    numbers = 'array';
  }
  if (format === 'idx') lines.push('const offset = 4 + 4 * bytes[3]; // after the magic number and the sizes');
  else lines.push(`const offset = 10 + ${numbers}[8] + 256 * ${numbers}[9]; // after the header of NumPy`);
  // A copy begins at a multiple of the size of a number.
  lines.push(`const values = ${floats(`new ${list}(new Uint8Array(${numbers}.subarray(offset)).buffer)`)};`, ...cut);
  const part = fileLoop(source, lines);
  return { ...part, imports: { ...part.imports, ...(format === 'npz' && { fflate: ['unzipSync'] }) } };
}

/** The rows of the columns as lists of numbers, NaN for missing cells. */
function rowLines(source: TableSource): { readonly imports: CodePart['imports']; readonly lines: readonly string[] } {
  const { format, names, indices, delimiter, quotes, hasHeader, decimalComma } = source;
  if (format === 'parquet') {
    return {
      imports: { hyparquet: ['parquetReadObjects'], 'hyparquet-compressors': ['compressors'] },
      lines: [
        'const objects = await parquetReadObjects({ file: new Uint8Array(bytes).buffer, compressors });',
        `const rows = objects.map((row) => ${listLiteral(names)}.map((name) => Number(row[name] ?? Number.NaN)));`,
      ],
    };
  }
  if (format !== 'csv') {
    const objects =
      format === 'jsonl' ? "String(bytes).trim().split('\\n').map((line) => JSON.parse(line))" : 'JSON.parse(bytes)';
    return {
      imports: {},
      lines: [`const rows = ${objects}.map((row) => ${listLiteral(names)}.map((name) => row[name] ?? Number.NaN));`],
    };
  }
  const header = hasHeader ? '.slice(1)' : '';
  const isBlank = delimiter === ' ';
  const split = isBlank ? 'line.trim().split(/\\s+/)' : `line.split(${quoted(delimiter)})`;
  const table = quotes
    ? `Papa.parse(text, { delimiter: ${quoted(delimiter)} }).data${header}`
    : `text.split(/\\r?\\n/)${header}.map((line) => ${split})`;
  const cell = decimalComma ? "cells[column]?.replace(',', '.')" : 'cells[column]';
  return {
    imports: quotes ? { papaparse: ['default as Papa'] } : {},
    lines: [
      "const text = String(bytes).replace(/^\\ufeff/, '').trimEnd();",
      `const table = ${table};`,
      `const rows = table.map((cells) => [${indices.join(', ')}].map((column) => Number.parseFloat(${cell})));`,
    ],
  };
}

function tablePart(source: TableSource): CodePart {
  const { missing, stride, shape } = source;
  const { imports, lines } = rowLines(source);
  const valid = missing === undefined ? 'Number.isFinite(value)' : `Number.isFinite(value) && value !== ${missing}`;
  const complete = `rows.filter((row) => row.every((value) => ${valid}))`;
  const collect =
    stride === undefined
      ? [`for (const row of ${complete}) samples.push(Float32Array.from(row));`]
      : [`const values = Float32Array.from(${complete}.flat());`, ...cutLines({ ...source, shape })];
  const part = fileLoop(source, [...lines, ...collect]);
  return { lines: part.lines, imports: { ...part.imports, ...imports } };
}

function soundPart(source: SoundSource): CodePart {
  const { sampleType } = source;
  const isFloat = sampleType === '32f' || sampleType === '64';
  const scaled = sampleType === '8' ? '(value - 128) / 128' : `value / ${2 ** (Number.parseInt(sampleType, 10) - 1)}`;
  const body = [
    'const recording = new wavefile.WaveFile(bytes).getSamples(true, Float64Array);',
    `const values = Float32Array.from(recording${isFloat ? '' : `, (value) => ${scaled}`});`,
    ...cutLines(source),
  ];
  const part = fileLoop(source, body);
  return { ...part, imports: { ...part.imports, wavefile: ['default as wavefile'] } };
}

/** Lines that make `samples`, a list with one array for each sample. */
export function readingPart(source: CodeSource): CodePart {
  switch (source.format) {
    case 'csv':
    case 'jsonl':
    case 'json rows':
    case 'parquet':
      return tablePart(source);
    case 'png':
    case 'jpeg':
      return picturePart(source);
    case 'wav':
      return soundPart(source);
    default:
      return arrayPart(source);
  }
}
