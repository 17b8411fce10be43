// Limits on blocks, and on samples for calibration.

/** Maximum number of samples in a block: the field has 16 bits. */
export const MAX_BLOCK_SAMPLES = 65535;
/** Maximum number of values in a block that has more than one sample. */
const MAX_BLOCK_VALUES = 2 ** 20;

/** Values in a block by default: 1 MB of floats, which takes a tenth of a second in the slower modes. */
const DEFAULT_BLOCK_VALUES = 2 ** 18;
/** Maximum number of values of calibration samples in tables. Twice as many save 1 % on digits, and delay the first block twice as long. */
const MAX_TABLE_VALUES = 2 ** 17;

/** How many samples of `size` values have at most `values` values together; at least 1. */
export const samplesWithin = (values: number, size: number): number => Math.max(1, Math.floor(values / size));

/** Samples of `size` values in a block by default. */
export const defaultBlockSamples = (size: number): number => samplesWithin(DEFAULT_BLOCK_VALUES, size);

/** Maximum number of samples of `size` values in tables, in the modes whose tables are compressed samples. */
export const maxTableSamples = (size: number): number => samplesWithin(MAX_TABLE_VALUES, size);

/** Maximum number of samples in a block. `width`: number of values of a sample or of its code, whichever is larger. */
export const maxBlockSamples = (width: number): number => samplesWithin(MAX_BLOCK_VALUES, width);

/** Maximum number of bytes of a payload. */
export const maxPayloadBytes = (samples: number, width: number): number => 16 * samples * width + 1024;

/** Indices of at most `max` of n things, evenly spaced. */
export function evenlySpaced(n: number, max: number): number[] {
  const count = Math.min(n, max);
  return Array.from({ length: count }, (_, i) => Math.floor((i * n) / count));
}
