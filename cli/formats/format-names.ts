// The names of the formats of data. A file of its own: `--help` needs them and no reader.

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
