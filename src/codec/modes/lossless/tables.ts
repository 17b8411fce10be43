// The tables of the lossless mode: this header, and a stream of calibration samples.

export const HEADER_BYTES = 8;
export const headerFields = {
  /** Width of lines. */
  width: 'Uint32',
  /** Samples in the stream; 0 where there is none. */
  samples: 'Uint32',
} as const;
