// General compressors on values that are rounded to the same bound, for comparison.

import { brotliCompressSync, constants, gzipSync, zstdCompressSync } from 'node:zlib';

/** Values as multiples of twice the bound, in integers of the fewest bytes that hold them all. */
export function quantizeToBytes(values: Float32Array, bound: number): Uint8Array {
  const multiples = Array.from(values, (value) => Math.round(value / (2 * bound)));
  const largest = multiples.reduce((max, multiple) => Math.max(max, multiple < 0 ? -multiple - 1 : multiple), 0);
  if (largest < 2 ** 7) return new Uint8Array(Int8Array.from(multiples).buffer);
  if (largest < 2 ** 15) return new Uint8Array(Int16Array.from(multiples).buffer);
  return new Uint8Array(Int32Array.from(multiples).buffer);
}

/** The compressed size of bytes, by the name of the compressor. */
export const generalCompressors: Readonly<Record<string, (bytes: Uint8Array) => number>> = {
  'gzip 9': (bytes) => gzipSync(bytes, { level: 9 }).length,
  'brotli 11': (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length,
  'zstd 19': (bytes) => zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 19 } }).length,
};
