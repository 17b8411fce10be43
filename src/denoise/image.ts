import { wrongValue } from '../core/errors.ts';
import { yieldToEventLoop } from '../core/event-loop.ts';
import type { Signal } from '../core/types.ts';
import { callback, integerWithin, optional, signal, validate } from '../core/validate.ts';
import type { Model } from '../model/model.ts';
import { decodingEngineOf } from '../model/model.ts';
import { copyPixels, type ImageFormat, type ImageLike, imageFormat, withData } from './image-size.ts';
import { overlapAdd } from './overlap-add.ts';
import { tileAxis } from './windows.ts';

export interface DenoiseImageOptions {
  /**
   * Pixels that neighbouring tiles share, 0 up to one less than the model's smaller side. Default 8, or half the
   * smaller side where that is less. More hides what a model does at the edges of its tiles, and takes longer: the
   * number of tiles goes with 1 / (side - overlap)². A convolutional model of 32 x 32 on pictures of Set12 with noise of
   * 25 levels gives 28.09 dB without overlap, 28.37 with 8, 28.38 with 16.
   */
  readonly overlap?: number;
  /** Stops between two batches of tiles; `denoiseImage` then rejects with the signal's reason. */
  readonly signal?: Signal;
  /** After every batch, awaited: the share that is done, above 0, in the end 1. */
  readonly onProgress?: (done: number) => unknown;
}

/**
 * A picture of any size, cleaned by a model of small ones: tiles of the model's input shape that overlap, mirrored at
 * the borders, and faded into each other with weights whose sum is 1 everywhere (overlap-add with a sin² window). A
 * picture that fits into one tile is one tile.
 *
 * `imageData`: `{ data, width, height }`, such as a browser's `ImageData`; row-major, channels last, `data.length /
 * (width · height)` of them. The model sees bytes as value / 255, floats as they are. A model `[height, width, 1]`, or
 * a flat one `[side · side]`, cleans every channel by itself; others take as many channels as they have. Alpha, the
 * last of two or four channels, passes unchanged, unless the model takes all of them.
 *
 * Resolves to a picture of the same size with the same type of data: an `ImageData` for an `ImageData`, else an object
 * with all properties of the given one. The same bits on every runtime. Beside both pictures it needs some 2 MB, the
 * model's activations, and one row of tiles as floats: 4 · tile height · picture width · channels bytes. The event
 * loop gets its turns.
 *
 * Errors, as rejections: TypeError; RangeError on sides that do not fit the data, values that are not finite, a model
 * that is not for pictures with so many channels, or whose output is not finite; the signal's reason.
 */
export async function denoiseImage<T extends ImageLike>(
  model: Model,
  imageData: T,
  options: DenoiseImageOptions = {},
): Promise<T> {
  decodingEngineOf(model);
  const [height, width, depth] = tileSize(model);
  const side = Math.min(height, width);
  const { overlap } = validate('options', options, {
    overlap: optional(integerWithin(0, side - 1), Math.min(8, Math.floor(side / 2))),
    signal: optional(signal),
    onProgress: optional(callback),
  });
  const picture = imageFormat('imageData', imageData);
  const cleaned = copyCleaned(depth, picture);
  options.signal?.throwIfAborted();

  const target = copyPixels(picture.data);
  const y = tileAxis(picture.height, height, overlap);
  const x = tileAxis(picture.width, width, overlap);
  const { data: source, channels } = picture;
  for (const done of overlapAdd(model, source, target, y, x, channels, cleaned, depth)) {
    await options.onProgress?.(done);
    if (done < 1) await yieldToEventLoop();
    options.signal?.throwIfAborted();
  }
  return withData(imageData, target);
}

/** Height, width and channels of what the model takes. */
function tileSize(model: Model): readonly [number, number, number] {
  const [height, width, depth] = model.inputShape;
  if (depth !== undefined && model.inputShape.length === 3) return [height!, width!, depth];
  const side = Math.round(Math.sqrt(height!));
  if (width !== undefined || side * side !== height) {
    const expected = 'one whose input is [height, width, channels], or [side * side]';
    throw wrongValue('model', expected, model.inputShape);
  }
  return [side, side, 1];
}

/** How many channels of the picture a model of `depth` channels cleans: all, or all but alpha. */
function copyCleaned(depth: number, { channels, colorChannels }: ImageFormat): number {
  if (depth === channels) return channels;
  if (depth === colorChannels || depth === 1) return colorChannels;
  const alpha = depth === 3 ? ', or 4 with alpha' : '';
  throw wrongValue('imageData', `${depth} channels${alpha}, as the model takes them`, channels);
}
