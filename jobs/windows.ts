// A series to windows and windows to a series.

interface WindowOptions {
  readonly channels: number;
  /** Points of a window. */
  readonly window: number;
  /** Points between the starts of two windows. */
  readonly stride: number;
}

/**
 * The windows of a series, end to end. Points after the last full window are not used. Errors: RangeError for a series that is
 * shorter than a window.
 */
export function cutWindows(values: Float32Array, { channels, window, stride }: WindowOptions) {
  const points = values.length / channels;
  const count = Math.floor((points - window) / stride) + 1;
  if (count < 1)
    throw new RangeError(`the series has ${points} points, fewer than a window of ${window}: use a smaller --window`);
  const x = new Float32Array(count * window * channels);
  for (let i = 0; i < count; i++) {
    const start = i * stride * channels;
    x.set(values.subarray(start, start + window * channels), i * window * channels);
  }
  return { x, count };
}
