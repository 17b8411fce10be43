// Pictures as browsers and decoders hold them, checked once.

import { wrongType, wrongValue } from '../core/errors.ts';
import { integer } from '../core/validate.ts';
import { isBytes, isFloats } from '../data/sample-batch.ts';
import { checkFinite } from '../model/finite-output.ts';

/** Values of a picture: bytes stand for value / 255, floats for themselves. */
export type Pixels = Uint8ClampedArray | Uint8Array | Float32Array;

/**
 * What a browser's `ImageData` is, of any number of channels: row-major, channels last, `data.length / (width ·
 * height)` of them. The last of two and of four is alpha.
 */
export interface ImageLike {
  readonly data: Pixels;
  readonly width: number;
  readonly height: number;
}

export interface ImageFormat extends ImageLike {
  readonly channels: number;
  /** Channels that are not alpha. */
  readonly colorChannels: number;
}

/** Errors: TypeError for what is no picture; RangeError for sides that do not fit the data, NaN or infinity. */
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
  return { data, width, height, channels, colorChannels: channels === 2 || channels === 4 ? channels - 1 : channels };
}

/** A copy in an array of the same kind. `slice` of the typed arrays: that of Node's `Buffer` is no copy. */
export const copyPixels = <T extends Pixels>(data: T): T => Uint8Array.prototype.slice.call(data) as unknown as T;

/** `image` with other values: an `ImageData` for an `ImageData`, else a plain object with all that `image` has. */
export function withData<T extends ImageLike>(image: T, data: Pixels): T {
  const { width, height } = image;
  if ((image as { [Symbol.toStringTag]?: string })[Symbol.toStringTag] !== 'ImageData') {
    return { ...image, data, width, height };
  }
  const { constructor: Kind, colorSpace } = image as unknown as {
    constructor: new (data: Pixels, width: number, height: number, settings: object) => T;
    colorSpace?: string;
  };
  return new Kind(data, width, height, colorSpace === undefined ? {} : { colorSpace });
}
