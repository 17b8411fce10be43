// Versions of the format: the version of a codec's file is also the version of the data that the codec writes.

import type { Mode, ValueFormat } from '../mode.ts';

/** Latest version. A reader refuses a higher one. */
export const LATEST_VERSION = 2;

/** Added to the number of a lossy mode whose values are bytes. */
const BYTES_MODE_OFFSET = 16;

/** Lossless values are always bytes, and were so in version 1. */
const isLossyBytes = (mode: Mode, { pixels }: ValueFormat): boolean => pixels && mode.name !== 'lossless';

/** The earliest version that has the features of a codec: version 2 added lossy bytes and bounds by channel. */
export const versionOf = (mode: Mode, format: ValueFormat): number =>
  isLossyBytes(mode, format) || format.bounds ? 2 : 1;

/** The number of a mode in a header. */
export const modeIdOf = (mode: Mode, format: ValueFormat): number =>
  mode.id + (isLossyBytes(mode, format) ? BYTES_MODE_OFFSET : 0);
