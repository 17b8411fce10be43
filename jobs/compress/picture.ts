// Pictures as arrays of pixels.

import { FormatError, type ProgressOptions } from 'isthmus';
import type { PictureData } from '../dataset.ts';
import { type PackedArray, packArray, restoreArray } from './array.ts';
import type { ArrayFile } from './array-file.ts';
import type { Content } from './container.ts';

const none = new Uint8Array(0);

/** The pixels of a picture as an array. */
export function pictureFile({ width, height, channels, depth, data }: PictureData): ArrayFile {
  const numbers = new Uint8Array(data.length * (depth / 8));
  if (depth === 8) numbers.set(data);
  else {
    const view = new DataView(numbers.buffer);
    for (const [i, level] of data.entries()) view.setUint16(2 * i, level, true);
  }
  return {
    kind: 'png',
    prefix: none,
    suffix: none,
    numbers,
    type: depth === 8 ? 'u8' : 'u16',
    bigEndian: false,
    shape: [height, width, channels],
    extra: { width, height, channels, depth },
  };
}

/**
 * Compresses the pixels of a picture. `bound`: largest error of a channel in levels, 0 to 255, or 0 to 65535 with a depth of 16. Errors: those
 * of `packArray`.
 */
export const packPicture = (picture: PictureData, bound: number, options: ProgressOptions = {}): Promise<PackedArray> =>
  packArray(pictureFile(picture), bound, options);

/** Errors: FormatError. */
export async function restorePicture(content: Content, options: ProgressOptions = {}): Promise<PictureData> {
  const { structure } = content;
  const width = structure.integer('width', 1, 2 ** 24);
  const height = structure.integer('height', 1, 2 ** 24);
  const channels = structure.oneOf('channels', [1, 2, 3, 4]);
  const depth = structure.oneOf('depth', [8, 16]);
  const bytes = await restoreArray(content, options);
  if (bytes.length !== width * height * channels * (depth / 8))
    throw new FormatError('corrupt', 'the file is damaged: pixels are missing');
  const view = new DataView(bytes.buffer);
  const data =
    depth === 8 ? bytes : Uint16Array.from({ length: bytes.length / 2 }, (_, i) => view.getUint16(2 * i, true));
  return { kind: 'picture', width, height, channels, depth, data };
}
