// The messages between the page and the worker of the jobs.

import type { ColumnShare } from '../../../../jobs/series/types.ts';
import type { TableBounds } from '../../../../jobs/table/bounds.ts';
import type { ColumnReport } from '../../../../jobs/table/compress.ts';
import type { NumberRows } from './numbers.ts';

/** A table in the worker, without its cells. */
export interface TableInfo {
  readonly name: string;
  readonly rowCount: number;
  readonly inputBytes: number;
  readonly columns: readonly { readonly name: string; readonly kind: string; readonly missing: number }[];
  /** Remarks of the reader, as sentences. */
  readonly warnings: readonly string[];
}

export interface Compressed {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly columns: readonly ColumnReport[];
  readonly modelBytes: number;
  readonly trained: boolean;
  readonly stored: 'columns' | 'text';
  readonly inputBytes: number;
  /** Bytes of the file by gzip. Undefined where the browser cannot compress. */
  readonly gzipBytes: number | undefined;
  readonly seconds: number;
}

/** A strange stretch, or a strange row. */
export interface StrangeStretch {
  /** Positions of the first and of the last row in order of time, from 0. */
  readonly first: number;
  readonly last: number;
  /** The times or the numbers of these rows as text. */
  readonly from: string;
  readonly to: string;
  /** The highest score, as a multiple of the threshold. */
  readonly score: number;
  /** The share of each column in the score, largest first. */
  readonly columns: readonly ColumnShare[];
}

/** A series with its strange stretches. */
export interface Strange {
  /** Seconds since 1970 of each row in time; the number of the row without times. */
  readonly positions: Float64Array<ArrayBuffer>;
  readonly hasTimes: boolean;
  readonly columns: readonly { readonly name: string; readonly values: Float64Array<ArrayBuffer> }[];
  /** The score of each row as a multiple of the threshold. */
  readonly scores: Float32Array<ArrayBuffer>;
  readonly stretches: readonly StrangeStretch[];
  readonly window: number;
  readonly notes: readonly string[];
  readonly seconds: number;
}

export interface StrangeSettings {
  readonly rows: boolean;
  /** Names of the columns to watch. Empty: all. */
  readonly columns: readonly string[];
  /** Rows of a window; 0: chosen from the data. */
  readonly window: number;
  /** 0: the default of the job. */
  readonly falseAlarms: number;
  readonly seed: number;
}

/** Text to copy. */
export interface Copies {
  /** Lines of JavaScript for Node. Undefined where the API has no call for the task. */
  readonly code: string | undefined;
  readonly command: string;
}

export interface CleanSettings {
  /** Deviation of the noise in levels of 0..255; 0: estimated. */
  readonly sigma: number;
  readonly strength: number;
}

export interface Cleaned {
  readonly image: ImageData;
  readonly sigma: number | undefined;
  /** Why the picture was not changed. */
  readonly reason: string | undefined;
  readonly seconds: number;
}

export type OnProgress = (done: number) => void;

export interface JobsWorker {
  /** The number columns of a CSV file. */
  readNumbers(bytes: Uint8Array): Promise<NumberRows>;
  /** Reads a CSV file and holds it for the calls below. */
  openTable(name: string, bytes: Uint8Array): Promise<TableInfo>;
  compress(bounds: TableBounds, onProgress: OnProgress): Promise<Compressed>;
  /** The bytes of the file in a compressed file. */
  decompress(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>>;
  clean(image: ImageData, settings: CleanSettings, onProgress: OnProgress): Promise<Cleaned>;
  cleanCopies(name: string, settings: CleanSettings): Promise<Copies>;
  compressCopies(bounds: TableBounds): Promise<Copies>;
  strangeCopies(settings: StrangeSettings): Promise<Copies>;
  findStrange(settings: StrangeSettings, onProgress: OnProgress): Promise<Strange>;
}
