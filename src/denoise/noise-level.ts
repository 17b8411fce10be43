import { wrongType, wrongValue } from '../core/errors.ts';
import { integer, unchecked, validate } from '../core/validate.ts';
import { isBytes, isFloats } from '../data/sample-batch.ts';
import { type ImageLike, imageFormat, type Pixels } from './image-size.ts';
import { checkSignal } from './signal.ts';

/** Options of `estimateNoise`. */
export interface NoiseOptions {
  /** Channels of a signal, interleaved, 1..2^20. Default 1. Not for images, whose channels follow from their size. */
  readonly channels?: number;
}

/** Coefficients of a sixth difference. It is 0 on every polynomial of degree five, and exactly 0 on equal values. */
const DIFFERENCE = [1, -6, 15, -20, 15, -6, 1];
const TAPS = 7;
/** The sum of the squared coefficients: the variance of the difference of white noise of variance 1. */
const GAIN = 924;
/** The median of |N(0, 1)|. */
const MEDIAN = 0.6744897501960817;
/** Most differences of a channel. Larger images are subsampled: every second or third line and column, and so on. */
const MAX_PAIRS = 2 ** 18;
/**
 * The least part of the differences that may remain when those of clipped values are left out: 1/64. With a quarter, noise of
 * 50 levels in Kodak images is estimated as 44, with 1/64 as 47.
 */
const MIN_SHARE = 1 / 64;

/** One channel of an image or a signal. A signal is an image of height 1. */
interface Channel {
  readonly data: Pixels;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** Index of the channel. */
  readonly channel: number;
}

/**
 * The standard deviation of white noise in an image or a signal. For bytes in units of 0..1 (one level is 1 / 255), for floats
 * in the unit of the data. Of several channels it is the root of the mean square. Alpha, the last of two or four channels of
 * an image, does not count.
 *
 * The method is the median of absolute sixth differences over 0.6745, along both axes of an image: the estimator of Donoho and
 * Johnstone (1994), with a filter that responds to less of the image than the finest wavelet. Values at either end of the range
 * may be clipped; differences of such values are left out if enough others remain.
 *
 * Texture counts as noise, and matters more when there is little noise. Root mean square error on 8 Kodak images and Set12 with
 * normal noise, clipped to bytes, in levels: 0.9 at a deviation of 5, 0.7 at 10, 0.4 at 15, 0.3 at 25; 3.4 (too low) at 50,
 * where clipping removes noise; 2.3 without added noise. On Kodak at 10, the finest Haar wavelet has 2.0 and Immerkær's (1996)
 * mean of absolute second differences 1.7. On heartbeats, speech and half-hourly passenger counts the error is 21 to 30 % with
 * noise of a tenth of the signal's deviation, 3 to 6 % with half of it.
 *
 * Synchronous: it blocks the event loop.
 *
 * Errors: TypeError; RangeError for fewer than 7 x 7 pixels or 7 samples, values that are not finite, and sizes or channels that
 * do not fit the data.
 *
 * @example
 * ```ts
 * import { estimateNoise } from 'isthmus';
 *
 * // A picture of 64 × 64 pixels with normal noise of standard deviation 0.1 (Box and Muller).
 * const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
 * let state = 1;
 * const normal = () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
 * const data = Float32Array.from({ length: 64 * 64 }, (_, i) => (i % 64) / 64 + 0.1 * normal());
 * console.log(estimateNoise({ data, width: 64, height: 64 }).toFixed(1));
 * // prints 0.1
 * ```
 */
export function estimateNoise(x: ImageLike | Float32Array, options: NoiseOptions = {}): number {
  const { channels: given } = validate('options', options, { channels: unchecked });
  if (isFloats(x)) {
    const channels = integer('channels', given ?? 1, 1, 2 ** 20);
    checkSignal('x', x, channels);
    const width = x.length / channels;
    if (width < TAPS) throw wrongValue('x', `at least ${TAPS} samples`, width);
    return combineChannels(channels, (channel) => deviation({ data: x, width, height: 1, channels, channel }));
  }
  if (ArrayBuffer.isView(x)) throw wrongType('x', 'a Float32Array, or an object { data, width, height }', x);
  const { data, width, height, channels, colorChannels } = imageFormat('x', x);
  if (given !== undefined) throw wrongValue('channels', 'nothing for a picture', given);
  if (width < TAPS || height < TAPS) {
    throw wrongValue('x', `at least ${TAPS} x ${TAPS} pixels`, `${width} x ${height}`);
  }
  const noise = combineChannels(colorChannels, (channel) => deviation({ data, width, height, channels, channel }));
  return isBytes(data) ? noise / 255 : noise;
}

/** The root of the mean square over channels. */
function combineChannels(count: number, deviationOf: (channel: number) => number): number {
  let sum = 0;
  for (let channel = 0; channel < count; channel++) sum += deviationOf(channel) ** 2;
  return Math.sqrt(sum / count);
}

/** The standard deviation of the noise of one channel, in the unit of the data. */
function deviation(channel: Channel): number {
  const all = absoluteDifferences(channel, ...range(channel));
  const unclipped = all.filter((difference) => !Number.isNaN(difference));
  const enough = unclipped.length >= MIN_SHARE * all.length;
  const gain = channel.height === 1 ? Math.sqrt(GAIN) : GAIN;
  return median(enough ? unclipped : absoluteDifferences(channel)) / (gain * MEDIAN);
}

/** Absolute sixth differences along both axes, of a signal along x alone. NaN where a value equals `low` or `high`. */
function absoluteDifferences(
  { data, width, height, channels, channel }: Channel,
  low = Number.NaN,
  high = Number.NaN,
): Float64Array<ArrayBuffer> {
  const vertical = height === 1 ? [1] : DIFFERENCE;
  const [rows, columns] = [height - vertical.length + 1, width - TAPS + 1];
  const step = Math.ceil(height === 1 ? columns / MAX_PAIRS : Math.sqrt((rows * columns) / MAX_PAIRS));
  const differences = new Float64Array(Math.ceil(rows / step) * Math.ceil(columns / step));
  let end = 0;
  /** Vertical differences of one line. */
  const line = new Float64Array(width);
  for (let y = 0; y < rows; y += step) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let k = 0; k < vertical.length; k++) {
        const value = data[((y + k) * width + x) * channels + channel]!;
        sum += value === low || value === high ? Number.NaN : vertical[k]! * value;
      }
      line[x] = sum;
    }
    for (let x = 0; x < columns; x += step) {
      let sum = 0;
      for (let k = 0; k < TAPS; k++) sum += DIFFERENCE[k]! * line[x + k]!;
      differences[end++] = Math.abs(sum);
    }
  }
  return differences;
}

/** The smallest and the largest value. */
function range({ data, channels, channel }: Channel): [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity];
  for (let i = channel; i < data.length; i += channels) {
    const value = data[i]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/** Sorts `values` in place. */
function median(values: Float64Array): number {
  values.sort();
  const half = values.length >> 1;
  return values.length % 2 ? values[half]! : (values[half]! + values[half - 1]!) / 2;
}
