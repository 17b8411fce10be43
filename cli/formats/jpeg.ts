// Reads and writes JPEG photographs by jpeg-js.

import ExifReader from 'exifreader';
import jpeg from 'jpeg-js';
import type { PictureData } from '../../jobs/dataset.ts';
import { Failure } from '../errors.ts';
import { checkPixels, MAXIMUM_MEGAPIXELS } from './limits.ts';
import { turnUpright } from './orientation.ts';

const truncated = () => new Failure('the JPEG photograph is truncated');

/** How the blocks of a photograph are coded, by the marker of the frame. */
const codings: Readonly<Record<number, 'baseline' | 'progressive'>> = {
  192: 'baseline',
  193: 'baseline',
  194: 'progressive',
};

/** A block of 8 x 8 pixels takes at least one bit. */
const MAXIMUM_PIXELS_PER_BYTE = 8 * 64;

/** Size, channels and coding of a photograph. Errors: Failure for bytes that are truncated. */
export function readJpegHeader(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = 2;
  while (offset + 9 < bytes.length) {
    if (bytes[offset] !== 0xff) throw new Failure('the JPEG photograph is damaged: a marker is missing');
    const marker = bytes[offset + 1]!;
    // Start of frame, except for the tables of Huffman codes, of arithmetic coding, and an extension.
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return {
        height: view.getUint16(offset + 5),
        width: view.getUint16(offset + 7),
        depth: bytes[offset + 4]!,
        channels: bytes[offset + 9]!,
        coding: codings[marker] ?? 'other',
      };
    }
    // Fill bytes may stand before a marker.
    offset += marker === 0xff ? 1 : 2 + view.getUint16(offset + 2);
  }
  throw truncated();
}

/** The EXIF orientation, 1..8; 1 where there is none or it cannot be read. */
export function orientationOf(bytes: Uint8Array): number {
  try {
    const { buffer, byteOffset, byteLength } = bytes;
    const tags = ExifReader.load(buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer);
    const value = Number(tags.Orientation?.value);
    return value >= 1 && value <= 8 ? value : 1;
  } catch {
    return 1;
  }
}

/**
 * A photograph, upright by its EXIF orientation. Errors: Failure for bytes that are damaged or truncated, for codings that
 * cannot be read, and for more pixels than the limit, before memory is allocated for the pixels.
 */
export function readJpeg(bytes: Uint8Array, maximumMegapixels = MAXIMUM_MEGAPIXELS): PictureData {
  const { width, height, depth, coding, channels: components } = readJpegHeader(bytes);
  checkPixels(width, height, maximumMegapixels);
  if (coding === 'other' || depth !== 8)
    throw new Failure(`JPEG of this coding (${depth} bits) cannot be read: convert it to PNG`);
  if (width * height > MAXIMUM_PIXELS_PER_BYTE * bytes.length) throw truncated();
  let decoded: { width: number; height: number; data: Uint8Array };
  try {
    decoded = jpeg.decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      tolerantDecoding: false,
      maxResolutionInMP: maximumMegapixels + 1,
      maxMemoryUsageInMB: 1024 + maximumMegapixels * 40,
    });
  } catch (error) {
    throw new Failure(`the JPEG photograph is damaged or truncated: ${(error as Error).message.split('\n')[0]}`);
  }
  const channels = decoded.data.length / (decoded.width * decoded.height);
  if (channels !== 1 && channels !== 3 && channels !== 4)
    throw new Failure(`a JPEG of ${components} components cannot be read: convert it to PNG`);
  const picture = { width: decoded.width, height: decoded.height, channels, data: decoded.data } as const;
  return { kind: 'picture', depth: 8, ...turnUpright(picture, orientationOf(bytes)) };
}

/** The bytes of a JPEG photograph of 8 bits; alpha is dropped. `quality`: 1..100. */
export function writeJpeg({ width, height, channels, data }: Omit<PictureData, 'kind'>, quality = 92): Uint8Array {
  const isGray = channels < 3;
  const pixels = new Uint8Array(width * height * 4);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) pixels[4 * i + c] = data[i * channels + (isGray ? 0 : c)]!;
    pixels[4 * i + 3] = 255;
  }
  return jpeg.encode({ width, height, data: pixels }, quality).data;
}
