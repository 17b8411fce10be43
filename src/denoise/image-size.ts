// Images as browsers and decoders represent them.

import { wrongType, wrongValue } from '../core/errors.ts';
import { integer } from '../core/validate.ts';
import { isBytes, isFloats } from '../data/sample-batch.ts';
import { checkFinite } from '../model/finite-output.ts';

/** Values of an image. Bytes are read as value / 255, floats unchanged. */
export type Pixels = Uint8ClampedArray | Uint8Array | Float32Array;

/**
 * An image such as a browser's `ImageData`, of any number of channels: row-major, channels last. The number of channels is
 * `data.length / (width · height)`. The last of two and of four channels is alpha.
 */
export interface ImageLike {
  /** `[height, width, channels]`, row-major. */
  readonly data: Pixels;
  /** Pixels of a line. */
  readonly width: number;
  /** Number of lines. */
  readonly height: number;
}

/** A checked image. */
export interface ImageFormat extends ImageLike {
  readonly channels: number;
  /** Channels without alpha. */
  readonly colorChannels: number;
}

/**
 * Checks an image. Errors: TypeError for a value that is no image; RangeError for a size that does not fit the data, NaN or
 * infinity.
 */
export function imageFormat(name: string, image: ImageLike): ImageFormat {
  if (typeof image !== 'object' || image === null) throw wrongType(name, 'an object { data, width, height }', image);
  const { data } = image;
  const bytes = isBytes(data);
  if (!bytes && !isFloats(data)) {
    throw wrongType(`${name}.data`, 'Uint8ClampedArray, Uint8Array or Float32Array', data);
  }
  const width = integer(`${name}.width`, image.width, 1, 2 ** 31);
  const height = integer(`${name}.height`, image.height, 1, 2 ** 31);
  const channels = data.length / (width * height);
  if (!Number.isInteger(channels) || channels === 0) {
    throw wrongValue(`${name}.data`, `a multiple of ${width * height} values, ${width} x ${height} pixels`, data);
  }
  if (!bytes) checkFinite(`${name}.data`, data);
  const hasAlpha = channels === 2 || channels === 4;
  return { data, width, height, channels, colorChannels: hasAlpha ? channels - 1 : channels };
}

/** A copy of the same type. It calls `slice` of the typed arrays, because that of Node's `Buffer` returns a view. */
export const copyPixels = <T extends Pixels>(data: T): T => Uint8Array.prototype.slice.call(data) as unknown as T;

/** `image` with other values: an `ImageData` for an `ImageData`, else a plain object with all properties of `image`. */
export function withData<T extends ImageLike>(image: T, data: Pixels): T {
  const { width, height } = image;
  if ((image as { [Symbol.toStringTag]?: string })[Symbol.toStringTag] !== 'ImageData') {
    return { ...image, data, width, height };
  }
  const { constructor: ImageClass, colorSpace } = image as unknown as {
    constructor: new (data: Pixels, width: number, height: number, settings: object) => T;
    colorSpace?: string;
  };
  return new ImageClass(data, width, height, colorSpace === undefined ? {} : { colorSpace });
}
