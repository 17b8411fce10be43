import type { SaveType } from '../save/dtype.ts';

/** How to compress: exactly one of the first five, and what is common to all. */
export interface CodecOptions {
  /** Largest error of any value, absolute, above 0. */
  readonly maxError?: number;
  /** The same as a share of the range of values that are compressed together, above 0 and below 1. */
  readonly relativeError?: number;
  /** Peak signal-to-noise ratio in dB over the range of values that are compressed together, above 0. */
  readonly psnr?: number;
  /** Plain quantisation of the code with this step, above 0, and no bound on the error. */
  readonly step?: number;
  /** Bytes come back as they were. */
  readonly lossless?: boolean;
  /** Type of the weights in the codec. Default `int8`, and the next larger one where that loses more than 1 %. */
  readonly dtype?: SaveType;
  /** Samples that stand and fall together: fewer make random access finer, more make files smaller. */
  readonly samplesPerBlock?: number;
}
