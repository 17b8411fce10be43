import { wrongType, wrongValue } from '../core/errors.ts';
import { integer, unchecked, validate } from '../core/validate.ts';
import { isBytes, isFloats } from '../data/sample-batch.ts';
import { type ImageLike, imageFormat, type Pixels } from './image-size.ts';
import { checkSignal } from './signal.ts';

export interface NoiseOptions {
  /** Channels of a signal, its values taking turns. Default 1. Not for pictures, which know theirs. */
  readonly channels?: number;
}

/** A sixth difference: 0 on every polynomial of degree five, and exactly so where values are equal. */
const DIFFERENCE = [1, -6, 15, -20, 15, -6, 1];
const TAPS = 7;
/** What it multiplies the variance of white noise by. */
const GAIN = 924;
/** The median of |N(0, 1)|. */
const MEDIAN = 0.6744897501960817;
/** Differences looked at in a channel; of larger pictures every second or third line and column, and so on. */
const MAX_PAIRS = 2 ** 18;
/** The others are enough from a 64th of all: with a quarter, noise of 50 levels on Kodak pictures reads as 44, so as 47. */
const ENOUGH = 64;

/**
 * The standard deviation of white noise in a picture or a signal. Of bytes in units of 0..1 (a deviation of one level
 * is 1 / 255), of floats in theirs. Of several channels the root of the mean square, without alpha, the last of two or
 * four channels of a picture.
 *
 * The median of absolute sixth differences, of a picture along both axes, over 0.6745: the estimator of Donoho and
 * Johnstone (1994) with a filter that leaves out more of the picture than the finest wavelet does. Values at either end
 * of the range may be clipped; differences that touch them are left out where enough others remain.
 *
 * Texture counts as noise, the more the less noise there is. Root mean square error on 8 Kodak and the Set12 pictures
 * with normal noise added and clipped to bytes, in levels: 0.9 at 5, 0.7 at 10, 0.4 at 15, 0.3 at 25; 3.4 (too low)
 * at 50, where clipping has cut the noise itself; and 2.3 as they are. With the finest Haar wavelet it is 2.0 at 10 on
 * Kodak, with Immerkær's (1996) mean of absolute second differences 1.7. On heartbeats, speech and passengers counted
 * by the half hour: 21 to 30 % with noise of a tenth of the signal's deviation, 3 to 6 % with half of it.
 *
 * Synchronous: nothing else runs meanwhile.
 *
 * Errors: TypeError; RangeError for fewer than 7 x 7 pixels or 7 samples, values that are not finite, and sides or
 * channels that do not fit the data.
 */
export function estimateNoise(x: ImageLike | Float32Array, options: NoiseOptions = {}): number {
  const given = validate('options', options, { channels: unchecked }).channels;
  if (isFloats(x)) {
    const channels = integer('channels', given ?? 1, 1, 2 ** 20);
    checkSignal('x', x, channels);
    const length = x.length / channels;
    if (length < TAPS) throw wrongValue('x', `at least ${TAPS} samples`, length);
    return combineChannels(channels, (c) => deviation(x, length, 1, channels, c));
  }
  if (ArrayBuffer.isView(x)) throw wrongType('x', 'a Float32Array, or an object { data, width, height }', x);
  const { data, width, height, channels, colorChannels } = imageFormat('x', x);
  if (given !== undefined) throw wrongValue('channels', 'nothing for a picture', given);
  if (width < TAPS || height < TAPS) {
    throw wrongValue('x', `at least ${TAPS} x ${TAPS} pixels`, `${width} x ${height}`);
  }
  return combineChannels(colorChannels, (c) => deviation(data, width, height, channels, c)) / (isBytes(data) ? 255 : 1);
}

/** The root of the mean square over channels. */
function combineChannels(channels: number, of: (channel: number) => number): number {
  let sum = 0;
  for (let c = 0; c < channels; c++) sum += of(c) ** 2;
  return Math.sqrt(sum / channels);
}

/**
 * Of one channel: a signal is a picture of height 1, and then differences are taken along x alone. Those that touch an
 * `end` are left out where enough others remain.
 */
function deviation(
  data: Pixels,
  width: number,
  height: number,
  channels: number,
  channel: number,
  ends = range(data, channels, channel),
): number {
  const down = height === 1 ? [1] : DIFFERENCE;
  const gain = height === 1 ? Math.sqrt(GAIN) : GAIN;
  const [rows, columns] = [height - down.length + 1, width - TAPS + 1];
  const step = height === 1 ? Math.ceil(columns / MAX_PAIRS) : Math.ceil(Math.sqrt((rows * columns) / MAX_PAIRS));
  const found = new Float64Array(Math.ceil(rows / step) * Math.ceil(columns / step));
  let count = 0;
  const line = new Float64Array(width);
  for (let y = 0; y < rows; y += step) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let k = 0; k < down.length; k++) {
        const value = data[((y + k) * width + x) * channels + channel]!;
        sum += value === ends[0] || value === ends[1] ? Number.NaN : down[k]! * value;
      }
      line[x] = sum;
    }
    for (let x = 0; x < columns; x += step) {
      let sum = 0;
      for (let k = 0; k < TAPS; k++) sum += DIFFERENCE[k]! * line[x + k]!;
      if (!Number.isNaN(sum)) found[count++] = Math.abs(sum);
    }
  }
  if (count < found.length / ENOUGH) return deviation(data, width, height, channels, channel, []);
  return median(found.subarray(0, count)) / (gain * MEDIAN);
}

function range(data: Pixels, channels: number, channel: number): number[] {
  let [low, high] = [Infinity, -Infinity];
  for (let i = channel; i < data.length; i += channels) {
    const value = data[i]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

function median(values: Float64Array): number {
  values.sort();
  const half = values.length >> 1;
  return values.length % 2 ? values[half]! : (values[half]! + values[half - 1]!) / 2;
}
