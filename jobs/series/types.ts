// Data that a job gets, and the result that it gives. Times are in milliseconds since 1970-01-01, UTC.

import type { Detector } from 'isthmus';

/** One column of numbers. NaN stands for a missing value. */
export interface NumberColumn {
  readonly name: string;
  readonly values: ArrayLike<number>;
}

/** A series, or the rows of a table: at least one column, all of equal length. */
export interface Series {
  readonly columns: readonly NumberColumn[];
  /** The time of each row in milliseconds, in any order. Default: rows are one step apart. */
  readonly times?: ArrayLike<number>;
}

/** Options of `findStrange`. */
export interface StrangeOptions {
  /** True: each row is a sample by itself, as in a table of products. False: the rows are a series. Default false. */
  readonly rows?: boolean;
  /** Names of the columns to watch. Default: all. */
  readonly columns?: readonly string[];
  /** Rows of a window of a series, 4..1024. Default: the period of the series, else a hundredth of its length. */
  readonly window?: number;
  /** The expected number of false alarms for each row without anomalies, in 1e-6..0.1. Default 0.0005; 0.01 with `rows`. */
  readonly falseAlarms?: number;
  /** Data without anomalies, with the same columns, to train on. Default: the data itself. */
  readonly normal?: Series;
  /** A trained detector. It replaces all options but `columns`, which it must have. */
  readonly detector?: SeriesDetector;
  /** Seed of the initial weights and of the order of the samples. Default 1. */
  readonly seed?: number;
}

/** How much a column contributes to a score. */
export interface ColumnShare {
  readonly name: string;
  /** 0..1. The shares of all columns sum to 1. */
  readonly share: number;
}

/** Consecutive strange rows of a series, or one strange row. */
export interface Stretch {
  /** Index of the first row in time. */
  readonly start: number;
  /** Index of the last row in time; equal to `start` for one row. */
  readonly end: number;
  /** The highest score in the stretch, as a multiple of the threshold: above 1. */
  readonly score: number;
  /** The share of each column, largest first. */
  readonly columns: readonly ColumnShare[];
}

/** The result of `findStrange`. */
export interface StrangeResult {
  /** The score of each row as a multiple of the threshold. NaN where too many values are missing. */
  readonly scores: Float32Array<ArrayBuffer>;
  /** Rows with a higher score are strange. Always 1. */
  readonly threshold: 1;
  /** The strange stretches in order of time; single rows in the order of the table. */
  readonly stretches: readonly Stretch[];
  /** Rows of a window; 1 with `rows`. */
  readonly window: number;
  /** Names of the columns that were used. Columns without any change are left out. */
  readonly columns: readonly string[];
  /** Indices of the rows in order of time. */
  readonly order: Int32Array<ArrayBuffer>;
  /** Remarks for the user, such as the number of missing values. */
  readonly notes: readonly string[];
  readonly detector: SeriesDetector;
}

/** The center and the scale of a column. */
export interface ColumnScale {
  readonly center: number;
  /** Above 0. */
  readonly scale: number;
}

/** Mean and covariance of the codes of normal windows. */
export interface CodeStatistics {
  readonly mean: readonly number[];
  /** The lower Cholesky factor of the covariance. */
  readonly factor: readonly (readonly number[])[];
}

/** The limits of a score. */
export interface Thresholds {
  /** For the mean over all windows that cover a row; for rows of a table the score itself. */
  readonly mean: number;
  /** For the score of one window, which varies more. It applies at the ends of a series and beside gaps. */
  readonly single: number;
}

/** A trained detector. `writeDetector` and `readDetector` convert it to a file and back. */
export interface SeriesDetector {
  readonly kind: 'series' | 'rows';
  /** Names and scales of the columns, in the order of the model's input. */
  readonly columns: readonly (ColumnScale & { readonly name: string })[];
  /** Rows of a window; 1 for rows. */
  readonly window: number;
  /** The limits of the score of `detector`. */
  readonly thresholds: Thresholds;
  /** Of a series: the codes of normal windows, and the limits of the distance from them. */
  readonly codes: (CodeStatistics & { readonly thresholds: Thresholds }) | undefined;
  /** The option `falseAlarms` of the training. */
  readonly falseAlarms: number;
  /** Milliseconds between two rows of the training series; undefined without times. */
  readonly step: number | undefined;
  /** Scores windows `[window, columns]`, or rows `[columns]`, of scaled values. */
  readonly detector: Detector;
}
