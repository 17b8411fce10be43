// What compressors for any bytes make of the same values on the same grid.

import { brotliCompressSync, constants, gzipSync, zstdCompressSync } from 'node:zlib';

/** Values as steps of twice the bound, in as few bytes each as hold them all. */
export function onGrid(values: Float32Array, bound: number): Uint8Array {
  const steps = Array.from(values, (value) => Math.round(value / (2 * bound)));
  const most = steps.reduce((largest, step) => Math.max(largest, step < 0 ? -step - 1 : step), 0);
  const Kind = most < 128 ? Int8Array : most < 32768 ? Int16Array : Int32Array;
  return new Uint8Array(Kind.from(steps).buffer);
}

export const general: Readonly<Record<string, (bytes: Uint8Array) => number>> = {
  'gzip 9': (bytes) => gzipSync(bytes, { level: 9 }).length,
  'brotli 11': (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length,
  'zstd 19': (bytes) => zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 19 } }).length,
};
