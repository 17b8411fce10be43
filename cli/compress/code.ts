// `isthmus compress --code`.

import { compressCode } from '../../jobs/code/compress.ts';
import { arrayCode } from '../../jobs/code/compress-array.ts';
import { type ArrayFile, arrayFileOf, rawFileOf } from '../../jobs/compress/array-file.ts';
import { arrayBound, type CompressFileOptions } from '../../jobs/compress/compress.ts';
import { isFloat, readNumbers } from '../../jobs/compress/number-bytes.ts';
import { pictureFile } from '../../jobs/compress/picture.ts';
import { resolveBounds } from '../../jobs/table/bounds.ts';
import { readTable } from '../../jobs/table/parse.ts';
import { UsageError } from '../errors.ts';
import { readPng, readPngHeader } from '../formats/png.ts';

const PALETTE = 3;

function pictureCode(path: string, bytes: Uint8Array, options: CompressFileOptions): string {
  const { colorType, depth } = readPngHeader(bytes);
  const palette = colorType === PALETTE;
  if (depth < 8 && !palette) throw new UsageError(`--code is for PNG pictures of 8 or 16 bits, ${path} has ${depth}`);
  return codeOfArray(path, pictureFile(readPng(bytes)), options, palette);
}

function codeOfArray(path: string, file: ArrayFile, options: CompressFileOptions, palette = false): string {
  const { numbers, type, bigEndian } = file;
  if (numbers.length === 0) throw new UsageError(`--code needs numbers, ${path} has none`);
  const bound = arrayBound(options, () => readNumbers(numbers, type, bigEndian));
  return arrayCode({ path, file, bound: isFloat(type) ? bound : Math.floor(bound), palette });
}

function tableCode(path: string, bytes: Uint8Array, options: CompressFileOptions): string {
  const table = readTable(bytes, options);
  const bounds = resolveBounds(table, options);
  const exact = bounds.every((bound) => bound === undefined);
  const columns = table.columns.flatMap((column, index) => {
    const { name, kind } = column;
    const half = kind === 'number' ? Number(`4.9e-${column.format.decimals + 1}`) : undefined;
    const maxError = exact ? half : bounds[index];
    return maxError === undefined ? [] : [{ name, index, maxError }];
  });
  if (!columns.length) throw new UsageError('--code needs a column of numbers');
  const notations = table.columns.flatMap((column) => (column.kind === 'number' ? [column.format.decimalMark] : []));
  const { delimiter, header } = table.format;
  const common = { path, delimiter, decimalMark: notations[0] ?? '.', header: header !== undefined };
  return compressCode({ ...common, columns, exact });
}

const startsWith = (bytes: Uint8Array, text: string): boolean =>
  Array.from(text).every((character, i) => bytes[i] === character.charCodeAt(0));

/** JavaScript that compresses the numbers of a file. Errors: UsageError for other files. */
export function codeFor(path: string, bytes: Uint8Array, options: CompressFileOptions): string {
  const file = options.raw ? rawFileOf(bytes, options.raw) : arrayFileOf(bytes);
  if (file) return codeOfArray(path, file, options);
  if (startsWith(bytes, '\x89PNG')) return pictureCode(path, bytes, options);
  if (bytes.subarray(0, 4096).includes(0))
    throw new UsageError('--code of this command is for files of CSV, .npy, WAV and PNG');
  return tableCode(path, bytes, options);
}
