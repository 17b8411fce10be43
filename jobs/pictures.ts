// Pictures of any size to samples of one size.

import type { PictureData } from './dataset.ts';
import type { ModelSamples, SampleOptions } from './samples.ts';

interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: ArrayLike<number>;
}

/**
 * The picture cropped to the shape of the target around its middle, and resized. Each pixel is the mean of the area that it
 * covers in the source, so that nothing is skipped where the picture shrinks.
 */
export function cropAndResize(picture: Pixels, width: number, height: number): Float32Array {
  const { channels, data } = picture;
  const scale = Math.min(picture.width / width, picture.height / height);
  const left = (picture.width - width * scale) / 2;
  const top = (picture.height - height * scale) / 2;
  const columns = overlaps(left, scale, width, picture.width);
  const rows = overlaps(top, scale, height, picture.height);
  const result = new Float32Array(width * height * channels);
  for (const [y, row] of rows.entries()) {
    for (const [x, column] of columns.entries()) {
      const to = (y * width + x) * channels;
      for (const { index: sourceY, weight: weightY } of row) {
        for (const { index: sourceX, weight: weightX } of column) {
          const from = (sourceY * picture.width + sourceX) * channels;
          for (let c = 0; c < channels; c++) result[to + c]! += data[from + c]! * weightX * weightY;
        }
      }
    }
  }
  return result;
}

/** For each target pixel of one axis, the source pixels that it covers and their shares, with sum 1. */
function overlaps(start: number, scale: number, targets: number, sources: number) {
  return Array.from({ length: targets }, (_, target) => {
    const from = start + target * scale;
    const to = from + scale;
    const parts: { index: number; weight: number }[] = [];
    for (let index = Math.floor(from); index < Math.min(Math.ceil(to), sources); index++) {
      const weight = (Math.min(to, index + 1) - Math.max(from, index)) / scale;
      if (weight > 1e-9) parts.push({ index, weight });
    }
    return parts;
  });
}

const sizeText = ({ width, height }: { width: number; height: number }): string => `${width} x ${height}`;

/** Shares of red, green and blue in the luminance (ITU-R BT.601). */
const luminance = [0.299, 0.587, 0.114] as const;

/** Gray, or RGB: alpha is dropped, gray is repeated, colors become their luminance. */
function withChannels(picture: PictureData, channels: 1 | 3): Pixels {
  if (picture.channels === channels) return picture;
  const { width, height, data, channels: stride } = picture;
  const isGray = stride < 3;
  const result = new Float32Array(width * height * channels);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < channels; c++) {
      let value = data[i * stride + (isGray ? 0 : c)]!;
      if (channels === 1 && !isGray)
        value = luminance.reduce((sum, share, color) => sum + share * data[i * stride + color]!, 0);
      result[i * channels + c] = value;
    }
  }
  return { width, height, channels, data: result };
}

/**
 * Samples `[height, width, channels]` of bytes. `size`: width and height; default: the size of the first picture. `channels`:
 * 1 gray, 3 RGB; default: gray if all pictures are gray, else RGB. Errors: RangeError for pictures of several sizes without `size`.
 */
export function picturesToSamples(
  pictures: readonly PictureData[],
  { size, channels: chosen }: Pick<SampleOptions, 'size' | 'channels'> = {},
): ModelSamples {
  const [first] = pictures;
  if (!first) throw new RangeError('there are no pictures');
  const other = pictures.find(({ width, height }) => width !== first.width || height !== first.height);
  if (other && !size)
    throw new RangeError(
      `the pictures differ in size, such as ${sizeText(first)} and ${sizeText(other)}: use --size 64 to crop and resize them`,
    );
  const width = size?.[0] ?? first.width;
  const height = size?.[1] ?? size?.[0] ?? first.height;
  const channels = chosen ?? (pictures.every((picture) => picture.channels < 3) ? 1 : 3);
  const sampleSize = width * height * channels;
  const x = new Uint8Array(pictures.length * sampleSize);
  for (const [i, picture] of pictures.entries()) {
    const pixels = withChannels(picture, channels);
    const isSameSize = picture.width === width && picture.height === height;
    const values = isSameSize ? pixels.data : cropAndResize(pixels, width, height);
    const scale = picture.depth === 16 ? 1 / 257 : 1;
    for (let k = 0; k < sampleSize; k++) x[i * sampleSize + k] = Math.round(values[k]! * scale);
  }
  const notes = pictures.some((picture) => picture.channels % 2 === 0) ? ['the alpha channel is left out'] : [];
  return { kind: 'pictures', shape: [height, width, channels], count: pictures.length, x, notes };
}
