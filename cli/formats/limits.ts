// Limits of memory. A file states sizes, and a small file can state large ones.

import { Failure } from '../errors.ts';

/** The largest size of data after decompression. */
export const MAXIMUM_DECODED_BYTES = 2 ** 31;

/** No format of DEFLATE (gzip, zip, PNG) makes more than this many bytes of one. */
export const MAXIMUM_DEFLATE_RATIO = 1032;

/** The largest picture in megapixels, without `--max-megapixels`. Reading one takes up to 25 bytes a pixel. */
export const MAXIMUM_MEGAPIXELS = 64;

/** A size of memory or of a file in words. */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const units = [
    { name: 'kB', bytes: 1e3 },
    { name: 'MB', bytes: 1e6 },
    { name: 'GB', bytes: 1e9 },
  ];
  const unit = units.findLast((candidate) => bytes >= candidate.bytes)!;
  return `${(bytes / unit.bytes).toFixed(1)} ${unit.name}`;
}

/** Errors: Failure for more decoded bytes than the limit. */
export function checkDecodedBytes(bytes: number): void {
  if (bytes > MAXIMUM_DECODED_BYTES)
    throw new Failure(
      `the data needs ${sizeText(bytes)}, the limit is ${sizeText(MAXIMUM_DECODED_BYTES)}: split the file`,
    );
}

/** Errors: Failure for a picture with more pixels than the limit. */
export function checkPixels(width: number, height: number, maximumMegapixels: number): void {
  const megapixels = (width * height) / 1e6;
  if (megapixels <= maximumMegapixels) return;
  const needed = sizeText(width * height * 25);
  throw new Failure(
    `the picture has ${megapixels.toFixed(1)} megapixels (${width} x ${height}), the limit is ${maximumMegapixels}: make it smaller, or allow ${needed} of memory with --max-megapixels ${Math.ceil(megapixels)}`,
  );
}
