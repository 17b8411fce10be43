// Data that has been read from a file, before it becomes samples of a model. The command line and the playground read their
// files to these types; jobs take them.

/** The list types of numbers in files. */
export type NumberList =
  | Float64Array
  | Float32Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** The type of the numbers in a file, in the words of NumPy. `float16` values are read to a Float32Array. */
export type NumberType =
  | 'float64'
  | 'float32'
  | 'float16'
  | 'int8'
  | 'uint8'
  | 'bool'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64';

/** An array of `.npy`, `.npz`, `.json`, `.safetensors` or IDX. */
export interface ArrayData {
  readonly kind: 'array';
  /** All axes; the first one counts the samples. Row-major. */
  readonly shape: readonly number[];
  readonly type: NumberType;
  readonly data: NumberList;
}

/** One picture of PNG or JPEG. */
export interface PictureData {
  readonly kind: 'picture';
  readonly width: number;
  readonly height: number;
  /** 1 gray, 2 gray and alpha, 3 RGB, 4 RGB and alpha. */
  readonly channels: 1 | 2 | 3 | 4;
  /** Bits of a channel: 8 in a Uint8Array, 16 in a Uint16Array. */
  readonly depth: 8 | 16;
  /** Row-major, channels last; turned upright where the file says so (EXIF orientation). */
  readonly data: Uint8Array | Uint16Array;
}

/** One recording of WAV. */
export interface RecordingData {
  readonly kind: 'recording';
  /** Frames a second. */
  readonly rate: number;
  readonly channels: number;
  /** The sample type of the file: bits of an integer, or `32f` and `64` for floats. */
  readonly sampleType: '8' | '16' | '24' | '32' | '32f' | '64';
  /** Frames of interleaved channels. Integers are read as value / 2^(bits - 1), from -1 to 1. */
  readonly data: Float32Array;
}

/** One column of a table. A column of text has no `numbers`. */
export interface TableColumn {
  readonly name: string;
  /** One number a row; NaN where the cell is missing or is no number. */
  readonly numbers?: Float64Array;
  /** Milliseconds from 1970-01-01 UTC, one a row; NaN where the cell is no time. Instead of `numbers`. */
  readonly times?: Float64Array;
  /** One text a row, as in the file. Undefined where the file has no text form of numbers, as JSON and Parquet. */
  readonly texts?: readonly string[];
  /** A number that probably stands for a missing value, such as -200 among temperatures. `numbers` contains this number. */
  readonly missingCode?: number;
}

/** Rows and columns of CSV, Parquet, or JSON objects. */
export interface TableData {
  readonly kind: 'table';
  readonly rowCount: number;
  readonly columns: readonly TableColumn[];
  /** Facts that a person should know, as sentences. Default: none. */
  readonly warnings?: readonly string[];
}

/** Any data. */
export type Dataset = ArrayData | PictureData | RecordingData | TableData;
