// Arrays of numbers to compressed files whose numbers keep a bound, and back.

import { FormatError, type ProgressOptions } from 'isthmus';
import type { ArrayFile } from './array-file.ts';
import { type Channel, type ChannelScale, channelOf, integersOf } from './channel.ts';
import { crc32 } from './checksum.ts';
import { ChunkReader, ChunkWriter, deflate, inflate } from './chunks.ts';
import { packInLayout, readGroup, writeGroup } from './codec-group.ts';
import { MAX_BLOCK_VALUES } from './codec-pass.ts';
import { type Content, writeContainer } from './container.ts';
import { Fields } from './fields.ts';
import { MAX_INTEGER, orders } from './integers.ts';
import { chooseLayout, type LayoutChoice } from './layout.ts';
import { bytesOf, isFloat, numberTypes, readNumbers, writeNumbers } from './number-bytes.ts';

/** The compressed file of an array. */
export interface PackedArray {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Largest absolute error, measured on the restored numbers. */
  readonly maxError: number;
  readonly modelBytes: number;
  /** `codec`; or `planes` where the deflated bytes of the numbers are smaller, or where no bound allows the codec. */
  readonly store: 'codec' | 'planes';
}

/** An arrangement of the numbers: `channels` series of `rows` numbers each, and a number of rows that may be a sample. */
interface Arrangement {
  readonly channels: number;
  readonly rows: number;
  readonly windows: readonly number[];
}

/** Channels beyond this are positions of a row rather than channels. */
const MAX_CHANNELS = 256;
/** Maximum number of numbers: each takes 8 bytes while it is compressed. */
const MAX_NUMBERS = 2 ** 27;

/** Arrangements of an array: its last axis as channels, and all numbers as one series whose rows are samples. */
function arrangementsOf(shape: readonly number[]): Arrangement[] {
  const count = shape.reduce((product, side) => product * side, 1);
  const last = shape.at(-1) ?? 1;
  const above = shape.at(-2) ?? 1;
  const result: Arrangement[] = [];
  if (shape.length > 1 && last <= MAX_CHANNELS)
    result.push({ channels: last, rows: count / last, windows: shape.length > 2 ? [above] : [] });
  if (shape.length !== 2 || last > 1) {
    const windows = [last, last * above].filter((size) => size > 1 && size <= MAX_BLOCK_VALUES && size < count);
    result.push({ channels: 1, rows: count, windows: shape.length > 1 ? windows : [] });
  }
  return result;
}

/** Every `step`-th number from `first` on. */
const pick = (values: Float64Array, first: number, step: number): Float64Array<ArrayBuffer> =>
  Float64Array.from({ length: values.length / step }, (_, i) => values[first + i * step]!);

/** A channel of floats. Undefined where float32 cannot keep the bound. */
function floatChannel(values: Float64Array, bound: number, isDouble: boolean): Channel | undefined {
  const rounded = Float32Array.from(values);
  let rounding = 0;
  if (isDouble) {
    for (const [i, value] of values.entries()) {
      const error = Math.abs(value - rounded[i]!);
      if (error > rounding) rounding = error;
    }
  }
  const rest = (bound - rounding) * (1 - 2 ** -40);
  return rest > bound / 2 ? { low: 0, scale: 1, order: 0, first: 0, bound: rest, values: rounded } : undefined;
}

/** The channels of an arrangement. Undefined where one of them cannot be coded within the bound. */
function channelsOf(values: Float64Array, file: ArrayFile, channels: number, bound: number): Channel[] | undefined {
  const result: Channel[] = [];
  for (let i = 0; i < channels; i++) {
    const series = pick(values, i, channels);
    const channel = isFloat(file.type)
      ? floatChannel(series, bound, file.type === 'f64')
      : channelOf({ values: series, tolerance: Math.floor(Math.min(bound, 2 ** 32)) });
    if (!channel) return undefined;
    result.push(channel);
  }
  return result;
}

/** The first bytes of all numbers, then the second bytes, and so on: the bytes of one plane are alike. */
function toPlanes(bytes: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const count = bytes.length / size;
  const planes = new Uint8Array(bytes.length);
  for (let i = 0; i < count; i++) for (let k = 0; k < size; k++) planes[k * count + i] = bytes[i * size + k]!;
  return planes;
}

function fromPlanes(planes: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const count = planes.length / size;
  const bytes = new Uint8Array(planes.length);
  for (let i = 0; i < count; i++) for (let k = 0; k < size; k++) bytes[i * size + k] = planes[k * count + i]!;
  return bytes;
}

/** Undefined where the codec cannot keep the bound. */
async function packByCodec(file: ArrayFile, bound: number, chunks: ChunkWriter, options: ProgressOptions) {
  const values = readNumbers(file.numbers, file.type, file.bigEndian);
  if (!values.every((value) => isFloat(file.type) || Number.isSafeInteger(value))) return undefined;
  const { signal } = options;
  let best: (LayoutChoice & { arrangement: Arrangement; channels: Channel[] }) | undefined;
  for (const arrangement of arrangementsOf(file.shape)) {
    const channels = channelsOf(values, file, arrangement.channels, bound);
    if (!channels) continue;
    const choice = await chooseLayout(channels, arrangement.rows, arrangement.windows, signal ? { signal } : {});
    if (!best || choice.bytesPerValue < best.bytesPerValue) best = { ...choice, arrangement, channels };
  }
  if (!best) return undefined;
  const { arrangement, channels, layout } = best;
  const group = await packInLayout(channels, arrangement.rows, layout, options);
  const scales = channels.map(({ low, scale, order, first }): ChannelScale => ({ low, scale, order, first }));
  const description = { rows: arrangement.rows, scales, group: writeGroup(group, chunks) };
  return { description, modelBytes: group.codec.length };
}

/** The largest absolute difference of two lists of numbers. NaN in one of them only is infinite. */
function largestDifference(a: Float64Array, b: Float64Array): number {
  let largest = a.length === b.length ? 0 : Infinity;
  for (const [i, value] of a.entries()) {
    if (Object.is(value, b[i])) continue;
    const difference = Math.abs(value - b[i]!);
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Infinity : difference;
  }
  return largest;
}

/**
 * Compresses an array: each number within `bound`, all other bytes exactly. `bound` 0: every byte is restored. The result is read again and
 * compared. Errors: FormatError `limit`; the reason of the signal.
 */
export async function packArray(file: ArrayFile, bound: number, options: ProgressOptions = {}): Promise<PackedArray> {
  const { kind, type, bigEndian, prefix, suffix, numbers } = file;
  const count = numbers.length / bytesOf(type);
  if (count > MAX_NUMBERS) throw new FormatError('limit', `an array of ${count} numbers is too large: split it`);
  const original = readNumbers(numbers, type, bigEndian);
  const header = new ChunkWriter();
  const frame = { prefix: header.deflate(prefix), suffix: header.deflate(suffix) };
  const common = { kind, type, bigEndian, count, shape: file.shape, ...frame, ...file.extra };
  const chunks = new ChunkWriter();
  chunks.add(header.join());
  const isCodable = count > 0 && (!isFloat(type) || bound > 0);
  const coded = isCodable ? await packByCodec(file, bound, chunks, options) : undefined;
  options.signal?.throwIfAborted();
  const planeChunks = new ChunkWriter();
  planeChunks.add(header.join());
  const planes = deflate(toPlanes(numbers, bytesOf(type)));
  const plain = deflate(numbers);
  const isPlain = plain.length <= planes.length;
  planeChunks.add(isPlain ? plain : planes);
  const candidates = [
    coded && {
      store: 'codec' as const,
      structure: { ...common, codec: coded.description },
      chunks,
      modelBytes: coded.modelBytes,
    },
    { store: 'planes' as const, structure: { ...common, planes: !isPlain }, chunks: planeChunks, modelBytes: 0 },
  ].filter((candidate) => candidate !== undefined);
  candidates.sort((a, b) => a.chunks.length - b.chunks.length);
  for (const { store, structure, chunks: data, modelBytes } of candidates) {
    const content = { structure: new Fields(JSON.parse(JSON.stringify(structure))), data: data.join() };
    const restored = await restoreNumbers(content);
    const restoredBytes = joinParts(prefix, restored, suffix);
    const isExact = restored.every((byte, i) => byte === numbers[i]) && restored.length === numbers.length;
    const maxError = isExact ? 0 : largestDifference(original, readNumbers(restored, type, bigEndian));
    if (!isExact && !(maxError <= bound)) continue;
    const output = { bytes: restoredBytes.length, crc32: crc32(restoredBytes) };
    const report = bound > 0 ? { bound, maxError } : {};
    return { bytes: writeContainer({ ...structure, output, report }, content.data), maxError, modelBytes, store };
  }
  throw new FormatError('corrupt', 'the array could not be restored within its bound');
}

function joinParts(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new ChunkWriter();
  for (const part of parts) joined.add(part);
  return joined.join();
}

interface ArrayParts {
  readonly prefix: Uint8Array;
  readonly suffix: Uint8Array;
  readonly numbers: Uint8Array<ArrayBuffer>;
}

/** Errors: FormatError. */
async function readParts({ structure, data }: Content, options: ProgressOptions): Promise<ArrayParts> {
  const type = structure.oneOf('type', numberTypes);
  const bigEndian = structure.boolean('bigEndian');
  const count = structure.integer('count', 0, MAX_NUMBERS);
  const chunks = new ChunkReader(data);
  const chunk = (name: string): Uint8Array<ArrayBuffer> => {
    const fields = structure.object(name);
    return chunks.inflate({ bytes: fields.integer('bytes'), size: fields.integer('size') });
  };
  const prefix = chunk('prefix');
  const suffix = chunk('suffix');
  if (!structure.has('codec')) {
    const packed = chunks.rest();
    const bytes = inflate(packed, count * bytesOf(type));
    return { prefix, suffix, numbers: structure.boolean('planes') ? fromPlanes(bytes, bytesOf(type)) : bytes };
  }
  const codec = structure.object('codec');
  const scales = codec.objects('scales').map(
    (fields): ChannelScale => ({
      low: fields.integer('low', -(2 ** 52), 2 ** 52),
      scale: fields.integer('scale', 1, 2 ** 52),
      order: fields.oneOf('order', orders),
      first: fields.integer('first', -MAX_INTEGER, MAX_INTEGER),
    }),
  );
  const rows = codec.integer('rows', 1, count);
  if (scales.length === 0 || rows * scales.length !== count)
    throw new FormatError('corrupt', 'the file is damaged: the number of its numbers');
  const channels = await readGroup(codec.object('group'), chunks, scales.length, rows, options);
  const values = new Float64Array(count);
  for (const [i, channel] of channels.entries()) {
    const series = isFloat(type) ? channel : integersOf(channel, scales[i]!);
    for (let row = 0; row < rows; row++) values[row * scales.length + i] = series[row]!;
  }
  return { prefix, suffix, numbers: writeNumbers(values, type, bigEndian) };
}

const restoreNumbers = async (content: Content): Promise<Uint8Array<ArrayBuffer>> =>
  (await readParts(content, {})).numbers;

/** The bytes of the file. Errors: FormatError; the reason of the signal. */
export async function restoreArray(content: Content, options: ProgressOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
  const { prefix, numbers, suffix } = await readParts(content, options);
  const bytes = joinParts(prefix, numbers, suffix);
  const output = content.structure.object('output');
  if (bytes.length !== output.integer('bytes') || crc32(bytes) !== output.text('crc32'))
    throw new FormatError('corrupt', 'the restored array differs from the one that was compressed');
  return bytes;
}
