// The names of the formats of data. `--help` loads this file and no reader.

/** Formats with data that a command can read. */
export const dataFormats = [
  'npy',
  'npz',
  'csv',
  'json',
  'jsonl',
  'parquet',
  'safetensors',
  'idx',
  'png',
  'jpeg',
  'wav',
] as const;

export type DataFormat = (typeof dataFormats)[number];
