// Reads a file of rows and columns for `isthmus detect`.

import type { ArrayData, Dataset, RecordingData } from '../../jobs/dataset.ts';
import { type Series, seriesOfTable, type TableSeries } from '../../jobs/series/index.ts';
import { Failure } from '../errors.ts';
import { readDataset } from '../formats/read.ts';

/** A series as read from a file. */
export interface SeriesFile {
  readonly series: Series;
  /** The time of a row as in the file; undefined without times. */
  readonly timeText: ((row: number) => string) | undefined;
  /** Names of the columns of the file that hold the time. */
  readonly timeColumns: readonly string[];
  /** Facts about the file that may be errors. */
  readonly warnings: readonly string[];
  /** Remarks, such as columns that are left out. */
  readonly notes: readonly string[];
  readonly format: string;
}

/** Options of reading. */
export interface ReadOptions {
  readonly rows: boolean;
  readonly time: string | undefined;
  readonly array: string | undefined;
}

const PICTURE = 'the file is a picture, which has no rows: use "isthmus denoise" for pictures';

/** Each column of an array `[rows, columns]`; other axes count as columns. */
function seriesOfArray({ shape, data }: ArrayData): TableSeries {
  const [rows = 1, ...others] = shape;
  const width = others.reduce((product, side) => product * side, 1);
  const columns = Array.from({ length: width }, (_, c) => ({
    name: width === 1 ? 'value' : `column ${c + 1}`,
    values: Float64Array.from({ length: rows }, (_, row) => Number(data[row * width + c]!)),
  }));
  return { series: { columns }, timeColumns: [], timeText: undefined, notes: [] };
}

/** The channels of a recording, with times. */
function seriesOfRecording({ rate, channels, data }: RecordingData): TableSeries {
  const frames = data.length / channels;
  const columns = Array.from({ length: channels }, (_, c) => ({
    name: channels === 1 ? 'sound' : `channel ${c + 1}`,
    values: Float32Array.from({ length: frames }, (_, i) => data[i * channels + c]!),
  }));
  const times = Float64Array.from({ length: frames }, (_, i) => (1000 * i) / rate);
  return {
    series: { columns, times },
    timeColumns: ['time'],
    timeText: (row) => `${(row / rate).toFixed(3)} s`,
    notes: [],
  };
}

function seriesOf(data: Dataset, { rows, time }: ReadOptions): TableSeries {
  switch (data.kind) {
    case 'table':
      return seriesOfTable(data, { rows, ...(time !== undefined && { time }) });
    case 'array':
      return seriesOfArray(data);
    case 'recording':
      return seriesOfRecording(data);
    case 'picture':
      throw new Failure(PICTURE);
  }
}

/** Reads a file. Errors: those of the format; Failure for a file without columns of numbers. */
export async function readSeries(path: string, options: ReadOptions): Promise<SeriesFile> {
  const { format, data } = await readDataset(path, { array: options.array, refusePictures: PICTURE });
  const series = seriesOf(data, options);
  if (series.series.columns.length === 0) {
    throw new Failure(`no column of numbers was found${series.notes.length ? ` (${series.notes.join('; ')})` : ''}`);
  }
  // `seriesOfTable` says which numbers count as missing.
  const warnings =
    data.kind === 'table' ? (data.warnings ?? []).filter((text) => !text.includes('stands for missing')) : [];
  return { ...series, warnings, format };
}
