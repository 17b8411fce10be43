// JavaScript that reads files to samples, as the command line reads them.

import type { NumberType } from '../dataset.ts';
import { quoted } from './quote.ts';

interface Source {
  readonly files: readonly string[];
  readonly gzip: boolean;
  /** Shape of one sample. */
  readonly shape: readonly number[];
  /** Points between the starts of two windows; undefined where samples are no windows of a series. */
  readonly stride?: number;
}

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

/** Pictures of PNG or JPEG, one a file. */
export interface PictureSource extends Source {
  readonly format: 'png' | 'jpeg';
  /** The pictures have another size than the samples. */
  readonly resize: boolean;
  /** Channels of the pictures. */
  readonly channels: 1 | 2 | 3 | 4;
  readonly depth: 8 | 16;
}

/** Recordings. */
export interface SoundSource extends Source {
  readonly format: 'wav';
  readonly sampleType: string;
}

export type CodeSource = ArraySource | TableSource | PictureSource | SoundSource;

/** Lines of a program and the modules that they import. */
export interface CodePart {
  /** Names by module. A default import is written `default as NAME`. */
  readonly imports: Readonly<Record<string, readonly string[]>>;
  readonly lines: readonly string[];
}

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
const literal = (texts: readonly string[]): string => `[${texts.map(quoted).join(', ')}]`;

/** The bytes of each file, as `bytes`, in a loop. */
function fileLoop({ files, gzip }: Source, body: readonly string[]): CodePart {
  const read = gzip ? 'gunzipSync(await readFile(file))' : 'await readFile(file)';
  return {
    imports: { 'node:fs/promises': ['readFile'], ...(gzip && { 'node:zlib': ['gunzipSync'] }) },
    lines: [
      'const samples = [];',
      `for (const file of ${literal(files)}) {`,
      `  const bytes = ${read};`,
      ...body.map((line) => `  ${line}`),
      '}',
    ],
  };
}

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
        `const rows = objects.map((row) => ${literal(names)}.map((name) => Number(row[name] ?? Number.NaN)));`,
      ],
    };
  }
  if (format !== 'csv') {
    const objects =
      format === 'jsonl' ? "String(bytes).trim().split('\\n').map((line) => JSON.parse(line))" : 'JSON.parse(bytes)';
    return {
      imports: {},
      lines: [`const rows = ${objects}.map((row) => ${literal(names)}.map((name) => row[name] ?? Number.NaN));`],
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

/** A function that crops a picture around its middle and resizes it by the mean of the covered area. */
const resizeLines = (width: number, height: number): string[] => [
  `/** The picture cropped to ${width} x ${height} around its middle: each pixel is the mean of the area that it covers. */`,
  'function resize({ width, height, data }, channels) {',
  `  const scale = Math.min(width / ${width}, height / ${height});`,
  '  const covered = (start, target, end) => {',
  '    const [from, to] = [start + target * scale, start + (target + 1) * scale];',
  '    const parts = [];',
  '    for (let i = Math.floor(from); i < Math.min(Math.ceil(to), end); i++)',
  '      parts.push([i, (Math.min(to, i + 1) - Math.max(from, i)) / scale]);',
  '    return parts.filter(([, share]) => share > 1e-9);',
  '  };',
  `  const result = new Float32Array(${width * height} * channels);`,
  `  for (let y = 0; y < ${height}; y++)`,
  `    for (let x = 0; x < ${width}; x++)`,
  `      for (const [row, shareY] of covered((height - ${height} * scale) / 2, y, height))`,
  `        for (const [column, shareX] of covered((width - ${width} * scale) / 2, x, width))`,
  '          for (let c = 0; c < channels; c++)',
  `            result[(y * ${width} + x) * channels + c] += data[(row * width + column) * channels + c] * shareX * shareY;`,
  '  return result;',
  '}',
];

/** The expression that gives the pixels of the sample's channels. */
function channelLines(from: number, to: number): string[] {
  if (from === to) return [];
  const gray = to === 1 && from >= 3;
  const value = gray
    ? '0.299 * data[i] + 0.587 * data[i + 1] + 0.114 * data[i + 2]'
    : `...data.subarray(i, i + ${Math.min(from, to)})`;
  const item = !gray && from < 3 && to === 3 ? 'data[i], data[i], data[i]' : value;
  return [
    'const pixels = [];',
    `for (let i = 0; i < data.length; i += ${from}) pixels.push(${from === 2 && to === 1 ? 'data[i]' : item});`,
  ];
}

function picturePart(source: PictureSource): CodePart {
  const { format, resize, channels, depth, shape } = source;
  const [height, width, target] = shape as readonly [number, number, number];
  const decode =
    format === 'png'
      ? 'const { width, height, data } = decode(bytes);'
      : 'const { width, height, data } = jpeg.decode(bytes, { useTArray: true, formatAsRGBA: false });';
  const convert = channelLines(channels, target);
  const pixels = convert.length ? 'pixels' : 'data';
  const resized = resize ? `resize({ width, height, data: ${pixels} }, ${target})` : pixels;
  const scale = depth === 16 ? ' / 257' : '';
  const isExact = !resize && !convert.length && depth === 8;
  const push = isExact ? 'data' : `Uint8Array.from(${resized}, (value) => Math.round(value${scale}))`;
  const names = isExact ? decode.replace('width, height, data', 'data') : decode;
  const part = fileLoop(source, [names, ...convert, `samples.push(${push});`]);
  const library = format === 'png' ? { 'fast-png': ['decode'] } : { 'jpeg-js': ['default as jpeg'] };
  const lines = resize ? [...resizeLines(width, height), '', ...part.lines] : part.lines;
  return { lines, imports: { ...part.imports, ...library } };
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

const isBuiltIn = (name: string): boolean => name.startsWith('node:');

/** A module: imports, then lines. The comment at its start names the packages to install. */
export function moduleText(parts: readonly CodePart[]): string {
  const names = new Map<string, Set<string>>();
  for (const { imports } of parts)
    for (const [module, list] of Object.entries(imports))
      names.set(module, new Set([...(names.get(module) ?? []), ...list]));
  const modules = [...names.keys()].sort((a, b) => Number(isBuiltIn(b)) - Number(isBuiltIn(a)) || a.localeCompare(b));
  const imports = modules.map((module) => {
    const list = [...names.get(module)!].sort();
    const [first = ''] = list;
    const isDefault = first.startsWith('default as ');
    return `import ${isDefault ? first.slice('default as '.length) : `{ ${list.join(', ')} }`} from ${quoted(module)};`;
  });
  const installed = new Set(modules.filter((module) => !isBuiltIn(module)).map((module) => module.split('/')[0]!));
  const lines = parts.flatMap(({ lines: part }) => (part.length ? ['', ...part] : []));
  return `// npm install ${[...installed].join(' ')}\n${imports.join('\n')}\n${lines.join('\n')}\n`;
}
