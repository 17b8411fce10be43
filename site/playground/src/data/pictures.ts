// Pictures from files and from the camera: decoded by the browser, then samples of one size.

import type { Dataset } from './dataset.ts';
import { fileKind, isPicture, wrongFile } from './file-kind.ts';
import { pictureSize } from './picture-size.ts';

/** A decoded picture, and a remark about it. */
export interface Picture {
  readonly name: string;
  readonly bitmap: ImageBitmap;
  readonly width: number;
  readonly height: number;
  /** The picture was larger than the page can handle. */
  readonly reducedFrom: { readonly width: number; readonly height: number } | undefined;
}

const wanted = 'a PNG, JPEG, WebP, AVIF or GIF picture';

/**
 * Decodes a picture with at most `maximumPixels` pixels; a larger one is reduced. Errors: for a file that is no picture, and for a
 * picture that the browser cannot decode.
 */
export async function readPicture(file: File, maximumPixels: number): Promise<Picture> {
  const kind = await fileKind(file);
  if (!isPicture(kind)) throw wrongFile(file, kind, wanted);
  const size = await pictureSize(file);
  const pixels = size ? size.width * size.height : 0;
  if (size && pixels > 500e6) {
    const millions = Math.round(pixels / 1e6).toLocaleString('en');
    throw new Error(`${file.name} has ${millions} million pixels. The page takes pictures of up to 500 million.`);
  }
  const reduction = pixels > maximumPixels ? Math.sqrt(maximumPixels / pixels) : 1;
  const bitmap = await decode(file, size && reduction < 1 ? Math.floor(size.width * reduction) : undefined);
  // A header that could not be read: the decoded size decides.
  const reduced = await limit(bitmap, maximumPixels);
  const from = size && (reduction < 1 || reduced !== bitmap) ? size : undefined;
  return { name: file.name, bitmap: reduced, width: reduced.width, height: reduced.height, reducedFrom: from };
}

async function decode(file: File, width: number | undefined): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(file, width ? { resizeWidth: width, resizeQuality: 'high' } : {});
  } catch {
    throw new Error(
      `The browser cannot decode ${file.name}: the file is damaged, or needs too much memory. Choose ${wanted}.`,
    );
  }
}

async function limit(bitmap: ImageBitmap, maximumPixels: number): Promise<ImageBitmap> {
  const pixels = bitmap.width * bitmap.height;
  if (pixels <= maximumPixels * 1.01) return bitmap;
  const resizeWidth = Math.floor(bitmap.width * Math.sqrt(maximumPixels / pixels));
  return createImageBitmap(bitmap, { resizeWidth, resizeQuality: 'high' });
}

/** A remark about a picture that was reduced. */
export function reductionNote({ name, width, height, reducedFrom }: Picture): string | undefined {
  if (!reducedFrom) return undefined;
  const text = (size: { width: number; height: number }): string =>
    `${size.width.toLocaleString('en')} × ${size.height.toLocaleString('en')}`;
  return `${name} was reduced from ${text(reducedFrom)} to ${text({ width, height })} pixels.`;
}

export interface PictureOptions {
  /** Pixels of each side of a sample. */
  readonly side: number;
  readonly isGrey: boolean;
  /** `resized`: a sample is a picture, cut to a square. `patches`: samples are random squares of the pictures. */
  readonly use: 'automatic' | 'resized' | 'patches';
  readonly seed: number;
}

/** Pictures from which `automatic` makes one sample each. Fewer are cut into patches. */
const ENOUGH = 64;
/** Patches of all pictures together. */
const PATCHES = 3000;

/** Appends a square of a canvas as bytes. */
function copySquare(source: ImageData, isGrey: boolean, target: Uint8Array, offset: number): void {
  const { data } = source;
  const pixels = data.length / 4;
  for (let pixel = 0; pixel < pixels; pixel++) {
    const [red, green, blue] = [data[4 * pixel]!, data[4 * pixel + 1]!, data[4 * pixel + 2]!];
    if (isGrey) target[offset + pixel] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
    else target.set([red, green, blue], offset + 3 * pixel);
  }
}

export type Square = { readonly left: number; readonly top: number; readonly size: number };

/** The pixels of a square of a picture, resized to `side`. */
function squareOf(source: CanvasImageSource, { left, top, size }: Square, side: number): ImageData {
  const canvas = new OffscreenCanvas(side, side);
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.imageSmoothingQuality = 'high';
  context.fillStyle = '#fff';
  context.fillRect(0, 0, side, side);
  context.drawImage(source, left, top, size, size, 0, 0, side, side);
  return context.getImageData(0, 0, side, side);
}

/** The middle square of a picture. */
export function middleSquare({ width, height }: { width: number; height: number }): Square {
  const size = Math.min(width, height);
  return { left: (width - size) / 2, top: (height - size) / 2, size };
}

/** A square as a sample of bytes. */
export function sampleOf(
  source: CanvasImageSource,
  square: Square,
  side: number,
  isGrey: boolean,
): Uint8Array<ArrayBuffer> {
  const sample = new Uint8Array(side * side * (isGrey ? 1 : 3));
  copySquare(squareOf(source, square, side), isGrey, sample, 0);
  return sample;
}

/** Samples of pictures. */
export function pictureData(pictures: readonly Picture[], options: PictureOptions): Dataset {
  const { side, isGrey, use } = options;
  if (pictures.length === 0) throw new Error('Choose pictures first.');
  const channels = isGrey ? 1 : 3;
  const cutsPatches = use === 'patches' || (use === 'automatic' && pictures.length < ENOUGH);
  const values = cutsPatches
    ? patches(pictures, options)
    : joined(pictures.map((picture) => sampleOf(picture.bitmap, middleSquare(picture), side, isGrey)));
  const count = values.length / (side * side * channels);
  const source = pictures.length === 1 ? pictures[0]!.name : `${pictures.length.toLocaleString('en')} pictures`;
  const title = cutsPatches ? `${count.toLocaleString('en')} patches of ${source}` : source;
  return { title, form: 'picture', shape: [side, side, channels], values };
}

export function joined(samples: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const values = new Uint8Array(samples.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const sample of samples) {
    values.set(sample, offset);
    offset += sample.length;
  }
  return values;
}

/** Random squares of the pictures at their own resolution, each picture the same number. */
function patches(pictures: readonly Picture[], { side, isGrey, seed }: PictureOptions): Uint8Array<ArrayBuffer> {
  const size = side * side * (isGrey ? 1 : 3);
  const each = Math.max(1, Math.floor(PATCHES / pictures.length));
  const values = new Uint8Array(each * pictures.length * size);
  let state = seed >>> 0;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const sources = pictures.map((picture) => enlarged(picture, side));
  for (let index = 0; index < each * pictures.length; index++) {
    // The samples of all pictures alternate, so that those that training does not see come from all of them.
    const source = sources[index % sources.length]!;
    const left = Math.floor(random() * (source.width - side + 1));
    const top = Math.floor(random() * (source.height - side + 1));
    copySquare(source.context.getImageData(left, top, side, side), isGrey, values, index * size);
  }
  return values;
}

/** A picture on a canvas. One that is smaller than a patch is enlarged. */
function enlarged({ bitmap, width, height }: Picture, side: number) {
  const scale = Math.max(1, side / Math.min(width, height));
  const canvas = new OffscreenCanvas(Math.ceil(width * scale), Math.ceil(height * scale));
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return { context, width: canvas.width, height: canvas.height };
}
