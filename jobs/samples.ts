// Data to the samples of a model: rows of a table, pictures of one size, or windows of a series.

import type { ArrayData, Dataset, PictureData, RecordingData, TableData } from './dataset.ts';
import { picturesToSamples } from './pictures.ts';
import { cutWindows } from './windows.ts';

/** How samples are made of data. */
export interface SampleOptions {
  /** Points of a window. Default: rows and pictures are samples. */
  readonly window?: number | undefined;
  /** Points from the start of a window to the start of the next one. Default: `window`, so that windows do not overlap. */
  readonly stride?: number | undefined;
  /** The columns of a table. Default: all columns of numbers that are not mostly missing. */
  readonly columns?: readonly string[] | undefined;
  /** A number that stands for a missing value. */
  readonly missing?: number | undefined;
  /** Values for the missing cells of a table, one a column. Default: rows with missing cells are left out. */
  readonly fill?: ArrayLike<number> | undefined;
  /** Width and height to which pictures are cropped and resized. Default: the size of the first picture. */
  readonly size?: readonly number[] | undefined;
  /** Channels of pictures: 1 gray, 3 RGB. Default: gray if all pictures are gray, else RGB. */
  readonly channels?: 1 | 3 | undefined;
  /** The shape of one sample, for arrays. Default: the shape of the array without its first axis. */
  readonly shape?: readonly number[] | undefined;
}

/** Samples of a model. */
export interface ModelSamples {
  /** `rows` of numbers, `pictures` of pixels, `windows` of a series. */
  readonly kind: 'rows' | 'pictures' | 'windows';
  /** Shape of one sample, channels last. */
  readonly shape: readonly number[];
  readonly count: number;
  /** Samples end to end. Bytes are pixels, read as value / 255. */
  readonly x: Float32Array | Uint8Array;
  /** Names of the columns, for tables. */
  readonly columns?: readonly string[];
  /** Frames a second, for recordings. */
  readonly rate?: number;
  /** Facts that a person should know, as sentences. */
  readonly notes: readonly string[];
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);

/** Numbers as float32. Errors: RangeError for numbers that are not finite. */
function toFloat32(data: ArrayLike<number | bigint>): Float32Array {
  const result = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const value = Number(data[i]);
    if (!Number.isFinite(Math.fround(value)))
      throw new RangeError(`value ${i} of the array is ${value}: models need finite numbers; remove or replace it`);
    result[i] = value;
  }
  return result;
}

/** A last axis of at most this many values is an axis of channels. */
const MAXIMUM_CHANNELS = 8;

function samplesOfArray(array: ArrayData, options: SampleOptions): ModelSamples {
  const [first = 0, ...rest] = array.shape;
  const bytes = array.type === 'uint8' && array.data instanceof Uint8Array;
  if (options.window !== undefined) {
    const channels = sizeOf(rest);
    return windowsOf({ values: toFloat32(array.data), channels, options, notes: [] });
  }
  if (rest.length === 0 && options.shape === undefined)
    throw new RangeError('the array has one axis, which is a series: use --window n to cut it to windows');
  let shape = options.shape ?? rest;
  // Gray pictures: [height, width] becomes [height, width, 1].
  const isGray = shape.length === 2 && options.shape === undefined && (bytes || shape[1]! > MAXIMUM_CHANNELS);
  if (isGray) shape = [...shape, 1];
  const size = sizeOf(shape);
  if (rest.length > 0 && sizeOf(rest) !== size)
    throw new RangeError(`the array has samples of ${rest.join(' x ')}, not of ${shape.join(' x ')}`);
  if (size === 0 || array.data.length % size !== 0)
    throw new RangeError(`${array.data.length} values cannot be cut to samples of ${shape.join(' x ')}`);
  const x = bytes ? (array.data as Uint8Array) : toFloat32(array.data);
  const count = options.shape ? x.length / size : first;
  if (shape.length === 3) return { kind: 'pictures', shape, count, x, notes: [] };
  return { kind: shape.length === 2 ? 'windows' : 'rows', shape, count, x, notes: [] };
}

interface Series {
  readonly values: Float32Array;
  readonly channels: number;
  readonly options: SampleOptions;
  readonly notes: readonly string[];
  readonly columns?: readonly string[];
  readonly rate?: number;
}

function windowsOf({ values, channels, options, notes, columns, rate }: Series): ModelSamples {
  const window = options.window!;
  const { x, count } = cutWindows(values, { channels, window, stride: options.stride ?? window });
  return {
    kind: 'windows',
    shape: [window, channels],
    count,
    x,
    notes,
    ...(columns && { columns }),
    ...(rate !== undefined && { rate }),
  };
}

/** The columns of a table that become features. Errors: RangeError for unknown names and for a table without numbers. */
function chooseColumns(table: TableData, options: SampleOptions, notes: string[]) {
  const isMissing = (value: number): boolean => Number.isNaN(value) || value === options.missing;
  if (options.columns) {
    return options.columns.map((name) => {
      const column = table.columns.find((candidate) => candidate.name === name);
      const names = table.columns.map((candidate) => candidate.name).join(', ');
      if (!column) throw new RangeError(`the table has no column "${name}"; its columns: ${names}`);
      if (!column.numbers) throw new RangeError(`the column "${name}" is not a column of numbers`);
      return { name, numbers: column.numbers, isMissing };
    });
  }
  const chosen: { name: string; numbers: Float64Array; isMissing: (value: number) => boolean }[] = [];
  const withoutNumbers: string[] = [];
  const mostlyMissing: string[] = [];
  for (const { name, numbers, times } of table.columns) {
    // Times are expected in a table, and are no feature.
    if (times) continue;
    const missing = numbers?.reduce((sum, value) => sum + (isMissing(value) ? 1 : 0), 0) ?? table.rowCount;
    if (numbers && missing * 2 <= table.rowCount) chosen.push({ name, numbers, isMissing });
    else (numbers ? mostlyMissing : withoutNumbers).push(name);
  }
  if (withoutNumbers.length) notes.push(`columns that are not numbers are left out: ${withoutNumbers.join(', ')}`);
  if (mostlyMissing.length)
    notes.push(`columns with more than half of the values missing are left out: ${mostlyMissing.join(', ')}`);
  if (chosen.length === 0) throw new RangeError('the table has no column of numbers');
  return chosen;
}

/** What a person should know of a table, with the option that declares a number for missing values. */
function warningsOf({ warnings = [], columns }: TableData): string[] {
  const codes = new Set(columns.flatMap(({ missingCode }) => missingCode ?? []));
  return [...warnings, ...[...codes].map((code) => `"--missing ${code}" declares ${code} as missing`)];
}

function samplesOfTable(table: TableData, options: SampleOptions): ModelSamples {
  const notes = options.missing === undefined ? warningsOf(table) : [];
  const columns = chooseColumns(table, options, notes);
  const values = new Float32Array(table.rowCount * columns.length);
  let rows = 0;
  let incomplete = 0;
  for (let row = 0; row < table.rowCount; row++) {
    const start = rows * columns.length;
    let isComplete = true;
    for (const [i, { name, numbers, isMissing }] of columns.entries()) {
      const value = numbers[row]!;
      const isGap = isMissing(value);
      if (isGap) isComplete = false;
      values[start + i] = isGap ? (options.fill?.[i] ?? 0) : value;
      if (!Number.isFinite(values[start + i]!))
        throw new RangeError(`row ${row + 1} of column "${name}" is ${value}: models need finite numbers of float32`);
    }
    if (!isComplete) incomplete++;
    if (isComplete || options.fill) rows++;
  }
  if (incomplete) {
    const action = options.fill ? 'filled with the mean of the training data' : 'left out';
    notes.push(
      `${incomplete.toLocaleString('en')} of ${table.rowCount.toLocaleString('en')} rows have missing cells: ${action}`,
    );
  }
  if (rows === 0) {
    const reason =
      table.rowCount === 0 ? 'has no rows' : 'has no row without missing cells: choose columns by --columns';
    throw new RangeError(`the table ${reason}`);
  }
  const x = values.slice(0, rows * columns.length);
  const names = columns.map(({ name }) => name);
  if (options.window !== undefined)
    return windowsOf({ values: x, channels: columns.length, options, notes, columns: names });
  return { kind: 'rows', shape: [columns.length], count: rows, x, columns: names, notes };
}

function samplesOfRecording({ data, channels, rate }: RecordingData, options: SampleOptions): ModelSamples {
  if (options.window === undefined)
    throw new RangeError('a recording is a series: use --window n, such as --window 256');
  return windowsOf({ values: data, channels, options, notes: [], rate });
}

/** The samples of several data of the same kind, in their order. */
function concatenate(parts: readonly ModelSamples[]): ModelSamples {
  const [first] = parts;
  if (!first) throw new RangeError('there is no data');
  for (const part of parts) {
    const expected = `${first.kind} of ${first.shape.join(' x ')}`;
    const got = `${part.kind} of ${part.shape.join(' x ')}`;
    if (expected !== got) throw new RangeError(`the files differ: ${expected} and ${got}`);
    if (part.columns?.join('\n') !== first.columns?.join('\n'))
      throw new RangeError(
        `the tables differ in their columns: ${first.columns?.join(', ')} and ${part.columns?.join(', ')}`,
      );
    if (part.x.constructor !== first.x.constructor) throw new RangeError('the files differ: bytes and floats');
  }
  if (parts.length === 1) return first;
  const length = parts.reduce((sum, part) => sum + part.x.length, 0);
  const x = first.x instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length);
  let offset = 0;
  for (const part of parts) {
    x.set(part.x, offset);
    offset += part.x.length;
  }
  const notes = [...new Set(parts.flatMap((part) => part.notes))];
  return { ...first, x, count: parts.reduce((sum, part) => sum + part.count, 0), notes };
}

/**
 * The samples of data of one kind. Errors: RangeError for data of several kinds or shapes, for numbers that are not finite,
 * and for data without samples; each message says what to do.
 */
export function samplesOf(data: readonly Dataset[], options: SampleOptions = {}): ModelSamples {
  const kinds = new Set(data.map(({ kind }) => kind));
  if (kinds.size > 1) throw new RangeError(`the files differ in kind: ${[...kinds].join(', ')}`);
  let samples: ModelSamples;
  if (kinds.has('picture')) samples = picturesToSamples(data as readonly PictureData[], options);
  else {
    samples = concatenate(
      data.map((item) => {
        if (item.kind === 'table') return samplesOfTable(item, options);
        if (item.kind === 'array') return samplesOfArray(item, options);
        return samplesOfRecording(item as RecordingData, options);
      }),
    );
  }
  if (samples.count === 0) throw new RangeError('the data has no samples');
  return samples;
}
