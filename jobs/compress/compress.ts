// Any file to a compressed file. The kind of the file decides how.

import { FormatError, type ProgressOptions } from 'isthmus';
import type { PictureData } from '../dataset.ts';
import { checkTarget, type TableBounds } from '../table/bounds.ts';
import { type ColumnReport, compressTable } from '../table/compress.ts';
import { type ReadTableOptions, readTable } from '../table/parse.ts';
import { decodeText } from '../table/text-encoding.ts';
import { packArchive, readArchive } from './archive.ts';
import { type PackedArray, packArray } from './array.ts';
import { type ArrayFile, arrayFileOf, type RawFormat, rawFileOf } from './array-file.ts';
import type { Kind } from './kinds.ts';
import { isFloat, readNumbers } from './number-bytes.ts';
import { packPicture } from './picture.ts';
import { packRaw } from './raw.ts';

/** Bounds, how a table is read, and how a picture is read. */
export interface CompressFileOptions extends TableBounds, ReadTableOptions {
  /** Reads the pixels of a PNG picture. Without it the bytes of pictures are deflated. */
  readonly readPicture?: (bytes: Uint8Array) => PictureData;
  /** The file is numbers without a header. */
  readonly raw?: RawFormat;
}

/** A part of a file: a column of a table, or an array. */
export interface PartReport extends Omit<ColumnReport, 'kind'> {
  readonly kind: ColumnReport['kind'] | 'array' | 'sound' | 'picture';
}

export interface CompressedFile {
  /** What was found in the file. */
  readonly kind: Kind;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly inputBytes: number;
  /** `values`: numbers were compressed by a codec. `bytes`: the bytes of the file are only deflated, because that is smaller. */
  readonly stored: 'values' | 'bytes';
  readonly parts: readonly PartReport[];
  readonly modelBytes: number;
  readonly trained: boolean;
  readonly warnings: readonly string[];
}

const rawFile = (bytes: Uint8Array, warnings: readonly string[] = []): CompressedFile => ({
  kind: 'bytes',
  bytes: packRaw(bytes),
  inputBytes: bytes.length,
  stored: 'bytes',
  parts: [],
  modelBytes: 0,
  trained: false,
  warnings,
});

/**
 * The bound of an array. `names`: names under which bounds may be listed. Errors: RangeError for bounds by name where the array has none.
 */
export function arrayBound(options: TableBounds, numbers: () => Float64Array, names: readonly string[] = []): number {
  const { target, isRelative } = checkTarget(options);
  if (target === undefined) return 0;
  let bound: number | undefined;
  if (typeof target === 'number') bound = target;
  else {
    if (!names.length)
      throw new RangeError('bounds by name are for the columns of a table and the arrays of an archive');
    const name = [...names, '*'].find((candidate) => Object.hasOwn(target, candidate));
    bound = name === undefined ? 0 : target[name];
  }
  if (!isRelative || !bound) return bound ?? 0;
  let low = Infinity;
  let high = -Infinity;
  for (const value of numbers()) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return high > low ? bound * (high - low) : 0;
}

const arrayKinds = { npy: 'array', wav: 'sound', png: 'picture', raw: 'array' } as const;

interface ArrayResult {
  readonly kind: ArrayFile['kind'];
  readonly packed: PackedArray;
  readonly inputBytes: number;
  readonly bound: number;
  /** The name in the report. Default: the kind. */
  readonly name?: string | undefined;
}

function reportOf({ kind, packed, inputBytes, bound, name = arrayKinds[kind] }: ArrayResult): CompressedFile {
  const { bytes, maxError, modelBytes, store } = packed;
  const part = { name, kind: arrayKinds[kind], bytes: bytes.length, bound: bound > 0 ? bound : undefined, maxError };
  const stored = store === 'codec' ? 'values' : 'bytes';
  return { kind, bytes, inputBytes, stored, parts: [part], modelBytes, trained: false, warnings: [] };
}

interface ArrayTask {
  readonly file: ArrayFile;
  readonly inputBytes: number;
  /** The names of the array in an archive, under which bounds may be listed. */
  readonly memberNames?: readonly string[];
}

async function compressArray(
  { file, inputBytes, memberNames = [] }: ArrayTask,
  options: TableBounds,
  progress: ProgressOptions,
): Promise<CompressedFile> {
  const { kind, numbers, type, bigEndian } = file;
  const bound = arrayBound(options, () => readNumbers(numbers, type, bigEndian), memberNames);
  const packed = await packArray(file, isFloat(type) ? bound : Math.floor(bound), progress);
  return reportOf({ kind, packed, inputBytes, bound, name: memberNames[0] });
}

async function compressPicture(
  input: Uint8Array,
  picture: PictureData,
  options: TableBounds,
  progress: ProgressOptions,
): Promise<CompressedFile> {
  const bound = arrayBound(options, () => Float64Array.from(picture.data));
  const packed = await packPicture(picture, Math.floor(bound), progress);
  const result = reportOf({ kind: 'png', packed, inputBytes: input.length, bound });
  const raw = rawFile(input);
  return raw.bytes.length <= result.bytes.length ? raw : result;
}

/** Members that are not arrays of numbers are restored byte for byte. Errors: RangeError for bounds of other names. */
async function compressArchive(
  input: Uint8Array,
  options: TableBounds,
  progress: ProgressOptions,
): Promise<CompressedFile> {
  const members = Object.entries(readArchive(input));
  const { target } = checkTarget(options);
  const archiveNames = members.flatMap(([name]) => [name, name.replace(/\.npy$/, '')]);
  for (const name of typeof target === 'object' ? Object.keys(target) : []) {
    if (name === '*' || archiveNames.includes(name)) continue;
    throw new RangeError(
      `no array has the name "${name}"; the arrays are ${members.map(([member]) => member).join(', ')}`,
    );
  }
  const packed: { name: string; bytes: Uint8Array }[] = [];
  const parts: PartReport[] = [];
  let modelBytes = 0;
  for (const [i, [name, bytes]] of members.entries()) {
    const file = arrayFileOf(bytes);
    const signal = progress.signal ? { signal: progress.signal } : {};
    const memberNames = [name, name.replace(/\.npy$/, '')];
    const task = file && { file, inputBytes: bytes.length, memberNames };
    const result = task ? await compressArray(task, options, signal) : rawFile(bytes);
    packed.push({ name, bytes: result.bytes });
    parts.push(...result.parts);
    modelBytes += result.modelBytes;
    await progress.onProgress?.((i + 1) / members.length);
  }
  const bytes = packArchive(packed);
  const raw = rawFile(input);
  if (raw.bytes.length <= bytes.length) return raw;
  const common = { inputBytes: input.length, parts, modelBytes, trained: false, warnings: [] };
  return { kind: 'npz', bytes, stored: 'values', ...common };
}

const unbounded = (subject: string): FormatError =>
  new FormatError(
    'model',
    `a bound needs numbers, and ${subject} has none that can be read: compress it without a bound (lossless)`,
  );

const startsWith = (bytes: Uint8Array, text: string): boolean =>
  Array.from(text).every((character, i) => bytes[i] === character.charCodeAt(0));

/** Whether the first bytes are no text in any encoding. */
function isBinary(bytes: Uint8Array): boolean {
  try {
    decodeText(bytes.subarray(0, 4096));
    return false;
  } catch {
    return true;
  }
}

/**
 * Compresses the bytes of a file: CSV, `.npy`, `.npz`, WAV, and PNG with `readPicture`. `lossless` restores every byte of CSV, `.npy` and
 * WAV files, every number of `.npz` archives and every pixel of pictures. Other files are deflated. Bounds are for numbers: in
 * samples of the file for WAV (integers of 16 bits: -32768 to 32767), in levels for pictures.
 *
 * Errors: TypeError, RangeError for options; FormatError for bytes that cannot be read; the reason of the signal.
 */
export async function compressFile(
  bytes: Uint8Array,
  options: CompressFileOptions,
  progress: ProgressOptions = {},
): Promise<CompressedFile> {
  checkTarget(options);
  const file = options.raw ? rawFileOf(bytes, options.raw) : arrayFileOf(bytes);
  if (file) return await compressArray({ file, inputBytes: bytes.length }, options, progress);
  if (startsWith(bytes, '\x93NUMPY')) return rawFile(bytes);
  if (startsWith(bytes, '\x89PNG') && options.readPicture)
    return await compressPicture(bytes, options.readPicture(bytes), options, progress);
  if (startsWith(bytes, 'PK\x03\x04') && isArchive(bytes)) return await compressArchive(bytes, options, progress);
  if (isBinary(bytes)) {
    if (!options.lossless) throw unbounded('the file');
    return rawFile(bytes);
  }
  let table: ReturnType<typeof readTable>;
  try {
    table = readTable(bytes, options);
  } catch (error) {
    if (error instanceof FormatError && options.lossless) return rawFile(bytes, [error.message]);
    throw error;
  }
  const { stored, columns, ...compressed } = await compressTable(table, options, progress);
  const values = stored === 'columns' ? 'values' : 'bytes';
  return { ...compressed, kind: 'csv', stored: values, parts: columns, warnings: table.warnings };
}

/** Whether the first member of a zip archive is an array. */
function isArchive(bytes: Uint8Array): boolean {
  const nameLength = bytes[26]! + 256 * bytes[27]!;
  const name = String.fromCharCode(...bytes.subarray(30, 30 + Math.min(nameLength, 1000)));
  return name.endsWith('.npy');
}
