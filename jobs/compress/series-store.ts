// Series of integers to chunks of a file. Each series is deflated or becomes a channel of a codec, whichever is smaller.

import { FormatError, type ProgressOptions } from 'isthmus';
import { type Channel, type ChannelScale, channelOf, integersOf, type Series } from './channel.ts';
import type { ChunkReader, ChunkWriter } from './chunks.ts';
import { type GroupDescription, packGroup, readGroup, writeGroup } from './codec-group.ts';
import type { Fields } from './fields.ts';
import { type DifferenceOrder, deflateIntegers, MAX_INTEGER, orders, readIntegers } from './integers.ts';
import { bytesAlone } from './layout.ts';

/** Where a series is. Deflated series come first in the data, in their order; then the groups. */
export type SeriesDescription =
  | {
      readonly store: 'deflate';
      readonly order: DifferenceOrder;
      readonly bytes: number;
      readonly size: number;
      /** The integers are multiples of this; default 1. */
      readonly step?: number;
    }
  | ({ readonly store: 'codec' } & ChannelScale);

export interface SeriesDescriptions {
  readonly series: readonly SeriesDescription[];
  /** Groups of the series in codecs, at most `GROUP_WIDTH` each, in their order. */
  readonly groups: readonly GroupDescription[];
}

/** Bytes that a series takes in the file. */
export interface SeriesReport {
  readonly store: SeriesDescription['store'];
  /** Of a series in a codec its share, by the bytes that its first rows take alone. */
  readonly bytes: number;
}

export interface StoredSeries {
  readonly description: SeriesDescriptions;
  readonly reports: readonly SeriesReport[];
  /** Bytes of the files of the codecs, deflated: models and tables. They are part of the bytes of the series. */
  readonly codecBytes: number;
  /** A trained model predicts values. */
  readonly trained: boolean;
}

/** Maximum number of channels of a codec. */
const GROUP_WIDTH = 256;
/** A codec takes more bytes for itself than it saves on fewer rows. */
const MIN_CODEC_ROWS = 32;
/** Rows on which the two stores are compared. */
const TRIAL_ROWS = 8192;

/** A channel beside others takes fewer bytes than alone. AirQuality takes 96,863 bytes with this factor and 97,486 with 1. */
const JOINT_SHARE = 0.8;

interface Choice {
  readonly channel: Channel | undefined;
  /** Estimated bytes of all rows in a codec. */
  readonly bytes: number;
}

async function chooseStore(series: Series, options: ProgressOptions): Promise<Choice> {
  const { values, tolerance } = series;
  const trialRows = Math.min(values.length, TRIAL_ROWS);
  const channel = values.length < MIN_CODEC_ROWS ? undefined : channelOf(series);
  if (!channel) return { channel, bytes: 0 };
  const trial = { ...channel, values: channel.values.slice(0, trialRows) };
  const alone = await bytesAlone(trial, options);
  const step = 2 * tolerance + 1;
  const deflated = deflateIntegers(values.slice(0, trialRows).map((value) => Math.round(value / step)));
  const isSmaller = JOINT_SHARE * alone < deflated.packed.length;
  return { channel: isSmaller ? channel : undefined, bytes: (alone * values.length) / trialRows };
}

/** The part of the progress of step `i` of `n` in `from`..`to`. */
function stepProgress({ signal, onProgress }: ProgressOptions, from: number, to: number): ProgressOptions {
  return {
    ...(signal && { signal }),
    ...(onProgress && { onProgress: (done: number) => onProgress(from + (to - from) * done) }),
  };
}

/**
 * Stores series of `rows` values each, integers within ± 2^51. Restored integers differ by at most the tolerance. Errors: the reason of the
 * signal.
 */
export async function storeSeries(
  list: readonly Series[],
  rows: number,
  chunks: ChunkWriter,
  options: ProgressOptions = {},
): Promise<StoredSeries> {
  const descriptions: SeriesDescription[] = [];
  const reports: SeriesReport[] = [];
  const coded: { index: number; channel: Channel; bytes: number }[] = [];
  for (const [index, series] of list.entries()) {
    options.signal?.throwIfAborted();
    const { channel, bytes } = await chooseStore(series, options);
    if (channel) {
      const { low, scale, order, first } = channel;
      descriptions.push({ store: 'codec', low, scale, order, first });
      reports.push({ store: 'codec', bytes: 0 });
      coded.push({ index, channel, bytes });
    } else {
      const step = 2 * series.tolerance + 1;
      // Multiples of a step of 2 · tolerance + 1 are within the tolerance.
      const rounded = series.values.map((value) => Math.round(value / step));
      const { order, packed, size } = deflateIntegers(rounded);
      descriptions.push({ store: 'deflate', order, bytes: chunks.add(packed), size, ...(step > 1 && { step }) });
      reports.push({ store: 'deflate', bytes: packed.length });
    }
    await options.onProgress?.((0.3 * (index + 1)) / list.length);
  }
  const groups: GroupDescription[] = [];
  let codecBytes = 0;
  let trained = false;
  for (let start = 0; start < coded.length; start += GROUP_WIDTH) {
    const members = coded.slice(start, start + GROUP_WIDTH);
    const from = 0.3 + (0.7 * start) / coded.length;
    const to = 0.3 + (0.7 * (start + members.length)) / coded.length;
    const packed = await packGroup(
      members.map(({ channel }) => channel),
      rows,
      stepProgress(options, from, to),
    );
    groups.push(writeGroup(packed, chunks));
    codecBytes += packed.codec.length;
    trained ||= packed.trained;
    const estimated = members.reduce((sum, { bytes }) => sum + bytes, 0);
    const total = packed.codec.length + packed.payload.length;
    for (const { index, bytes } of members)
      reports[index] = { store: 'codec', bytes: Math.round((total * bytes) / estimated) };
  }
  return { description: { series: descriptions, groups }, reports, codecBytes, trained };
}

function scaleOf(fields: Fields): ChannelScale {
  return {
    low: fields.integer('low', -(2 ** 52), 2 ** 52),
    scale: fields.integer('scale', 1, 2 ** 52),
    order: fields.oneOf('order', orders),
    first: fields.integer('first', -MAX_INTEGER, MAX_INTEGER),
  };
}

/** The integers of all series, `rows` each. Errors: FormatError, also for more than `maxValues` integers. */
export async function readSeries(
  description: Fields,
  chunks: ChunkReader,
  rows: number,
  maxValues: number,
  options: ProgressOptions = {},
): Promise<Float64Array<ArrayBuffer>[]> {
  const list = description.objects('series');
  if (list.length * rows > maxValues) throw new FormatError('limit', 'the file is damaged: it has too many series');
  const result: Float64Array<ArrayBuffer>[] = [];
  const scales: { index: number; scale: ChannelScale }[] = [];
  for (const [index, fields] of list.entries()) {
    if (fields.oneOf('store', ['deflate', 'codec']) === 'codec') {
      scales.push({ index, scale: scaleOf(fields) });
      result.push(new Float64Array(0));
      continue;
    }
    const step = fields.has('step') ? fields.integer('step', 1, 2 ** 52) : 1;
    const varints = chunks.inflate({ bytes: fields.integer('bytes'), size: fields.integer('size') });
    const integers = readIntegers(varints, rows, fields.oneOf('order', orders));
    result.push(step > 1 ? integers.map((value) => value * step) : integers);
  }
  for (const [i, group] of description.objects('groups').entries()) {
    const members = scales.slice(i * GROUP_WIDTH, (i + 1) * GROUP_WIDTH);
    const channels = await readGroup(group, chunks, members.length, rows, options);
    for (const [k, { index, scale }] of members.entries()) result[index] = integersOf(channels[k]!, scale);
  }
  return result;
}
