import type { Model } from 'isthmus';

/** Values of a picture: bytes and 16-bit integers of the range 0 to the largest, floats of the range 0..1. */
export type PictureValues = Uint8Array | Uint8ClampedArray | Uint16Array | Float32Array;

/** A picture such as a browser's `ImageData`: row-major, channels last; 1 gray, 2 gray and alpha, 3 RGB, 4 RGB and alpha. */
export interface Picture<T extends PictureValues = PictureValues> {
  readonly data: T;
  readonly width: number;
  readonly height: number;
}

/** Options of `cleanPicture`. */
export interface CleanOptions {
  /** Standard deviation of the noise in levels of 0..255, for all types of values. Default `auto`: estimated. */
  readonly sigma?: number | 'auto';
  /** A factor for the noise that is removed, 0.1..4: below 1 keeps more noise and detail. Default 1. */
  readonly strength?: number;
  /** A trained model in place of the one of this job, as `denoiseImage` takes it. `sigma` and `strength` then do not apply. */
  readonly model?: Model;
}

/** The result of `cleanPicture`. */
export interface CleanResult<T extends PictureValues = PictureValues> {
  /** The same size and type of values. The picture itself if there was little noise. */
  readonly picture: Picture<T>;
  /** The noise in levels of 0..255: estimated or given. Undefined with a model. */
  readonly sigma: number | undefined;
  /** False if the picture was returned as it is. */
  readonly changed: boolean;
  /** Why the picture was not changed; undefined if it was. */
  readonly reason: string | undefined;
}
