// "Remove the noise of this picture."

import { denoiseImage, estimateNoise, type Model } from 'isthmus';
import { shrinkageAutoencoder } from '../shrinkage/autoencoder.ts';
import { definedControl, type JobControl, nextTurn } from '../turns.ts';
import { type ColorPlanes, planesOf } from './planes.ts';
import type { CleanOptions, CleanResult, Picture, PictureValues } from './types.ts';

/** Side of a patch, and of the squares of a picture that the model takes. */
const PATCH = 8;
const TILE = 64;
/** Values at each border of a tile that fewer patches cover. */
const MARGIN = PATCH - 1;
const INNER = TILE - 2 * MARGIN;
/** Tiles of one call of the model: about 2 GFLOP, 50 ms. */
const BATCH = 8;
/**
 * Less noise than this many levels is not removed: in photographs without noise, fine texture is estimated as noise of up to 4.3
 * levels (Kodak, 1.1 to 4.3).
 */
export const LITTLE_NOISE = 5;
/** Larger pictures are cleaned with every second patch along each axis: 3.6 times as fast, with 0.3 dB less. */
const LARGE_PIXELS = 4_000_000;
/** The most pixels that the noise is estimated from: the rows around the middle. */
const ESTIMATED_PIXELS = 4_000_000;
/** `estimateNoise` needs this many lines and columns. */
const SMALLEST_SIDE = 7;

/** Distance of the patches of a picture. */
export const patchStride = ({ width, height }: Pick<Picture, 'width' | 'height'>): 1 | 2 =>
  width * height > LARGE_PIXELS ? 2 : 1;

/** The range of the values of a type. */
function rangeOf(data: PictureValues): number {
  if (data instanceof Float32Array) return 1;
  return data instanceof Uint16Array ? 65535 : 255;
}

/** Checks a picture. Errors: TypeError, RangeError. */
function channelsOf({ data, width, height }: Picture): number {
  const types = [Uint8Array, Uint8ClampedArray, Uint16Array, Float32Array];
  if (!types.some((type) => data instanceof type))
    throw new TypeError('"data" expected bytes, 16-bit integers or floats');
  const isSize = [width, height].every((side) => Number.isInteger(side) && side > 0);
  const channels = data.length / (width * height);
  if (!isSize || ![1, 2, 3, 4].includes(channels)) {
    throw new RangeError(
      `the picture expected 1..4 channels of ${width} x ${height} values, got ${data.length} values`,
    );
  }
  return channels;
}

function checkOptions({ sigma = 'auto', strength = 1 }: CleanOptions): void {
  if (sigma !== 'auto' && !(sigma > 0 && sigma <= 255))
    throw new RangeError(`"sigma" expected 0..255 or "auto", got ${sigma}`);
  if (!(strength >= 0.1 && strength <= 4)) throw new RangeError(`"strength" expected 0.1..4, got ${strength}`);
}

/** Rows around the middle of a picture as bytes or floats of 0..1. */
function middleRows({ data, width, height }: Picture, channels: number) {
  const rows = Math.min(height, Math.max(SMALLEST_SIDE, Math.floor(ESTIMATED_PIXELS / width)));
  const first = Math.floor((height - rows) / 2);
  const part = data.subarray(first * width * channels, (first + rows) * width * channels);
  const values = part instanceof Uint16Array ? Float32Array.from(part, (value) => value / 65535) : part;
  return { data: values, width, height: rows };
}

/** The noise of a picture in levels of 0..255. 0 for a picture that is too small. */
function noiseOf(picture: Picture, channels: number): number {
  if (Math.min(picture.width, picture.height) < SMALLEST_SIDE) return 0;
  return 255 * estimateNoise(middleRows(picture, channels));
}

/** Applies a model of the caller. 16-bit integers go through floats. */
async function applyModel<T extends PictureValues>(
  model: Model,
  picture: Picture<T>,
  control: JobControl,
): Promise<Picture<T>> {
  const { data } = picture;
  if (!(data instanceof Uint16Array)) {
    const { width, height } = picture;
    const { data: cleaned } = await denoiseImage(model, { data, width, height }, definedControl(control));
    return { data: cleaned as T, width, height };
  }
  const { width, height } = picture;
  const floats = { data: Float32Array.from(data, (value) => value / 65535), width, height };
  const clean = await denoiseImage(model, floats, definedControl(control));
  const values = Uint16Array.from(clean.data, (value) => Math.max(0, Math.min(65535, Math.round(65535 * value))));
  return { data: values as unknown as T, width, height };
}

/** Cleans the rows of tiles that begin at `top`, plane by plane. */
async function cleanRow(model: Model, planes: ColorPlanes, top: number, control: JobControl): Promise<void> {
  planes.load(top - MARGIN, TILE);
  const { width, count } = planes;
  const lefts = Array.from({ length: Math.ceil(width / INNER) }, (_, i) => i * INNER);
  const tiles = Array.from({ length: count }, (_, plane) => lefts.map((left) => ({ plane, left }))).flat();
  for (let start = 0; start < tiles.length; start += BATCH) {
    const batch = tiles.slice(start, start + BATCH);
    const x = new Float32Array(batch.length * TILE * TILE);
    batch.forEach(({ plane, left }, i) => {
      planes.gather(plane, left - MARGIN, TILE, x.subarray(i * TILE * TILE, (i + 1) * TILE * TILE));
    });
    const y = model.reconstruct(x);
    batch.forEach(({ plane, left }, i) => {
      planes.put(plane, left, {
        values: y.subarray(i * TILE * TILE, (i + 1) * TILE * TILE),
        side: TILE,
        margin: MARGIN,
      });
    });
    await nextTurn(control);
  }
  planes.store(top, Math.min(INNER, planes.height - top));
}

/**
 * Removes noise from a picture of any size, without a trained model: see `shrinkageAutoencoder`. Alpha does not change. Memory: the
 * result, and 64 lines as floats.
 *
 * Errors: TypeError, RangeError for a picture or options that cannot be used; those of `denoiseImage` with a model; the signal's
 * reason.
 */
export async function cleanPicture<T extends PictureValues>(
  picture: Picture<T>,
  options: CleanOptions = {},
  control: JobControl = {},
): Promise<CleanResult<T>> {
  const channels = channelsOf(picture);
  checkOptions(options);
  control.signal?.throwIfAborted();
  if (options.model) {
    return {
      picture: await applyModel(options.model, picture, control),
      sigma: undefined,
      changed: true,
      reason: undefined,
    };
  }
  const { sigma: wanted = 'auto', strength = 1 } = options;
  const sigma = wanted === 'auto' ? noiseOf(picture, channels) : wanted;
  if (wanted === 'auto' && sigma < LITTLE_NOISE) {
    const reason = `little noise: ${sigma.toFixed(1)} of 255 levels; below ${LITTLE_NOISE} fine texture looks the same`;
    return { picture, sigma, changed: false, reason };
  }
  const model = await shrinkageAutoencoder({
    input: { height: TILE, width: TILE },
    patch: { height: PATCH, width: PATCH },
    stride: patchStride(picture),
    low: 2.5,
    high: 2.9,
    windowed: false,
    keepsMean: true,
  });
  const range = rangeOf(picture.data);
  // `slice` of a Buffer of Node would be a view.
  const data = Uint8Array.prototype.slice.call(picture.data) as unknown as T;
  // The members of an `ImageData` are getters of its prototype: `...picture` would not copy them.
  const { width, height } = picture;
  const unit = (sigma * strength * range) / 255;
  const planes = planesOf({ data: picture.data, target: data, width, height, channels, range, unit });
  for (let top = 0; top < picture.height; top += INNER) {
    await cleanRow(model, planes, top, control);
    await control.onProgress?.(Math.min(1, (top + INNER) / picture.height));
  }
  return { picture: { data, width, height }, sigma, changed: true, reason: undefined };
}
