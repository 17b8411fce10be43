import { wrongType, wrongValue } from '../core/errors.ts';
import { type ProgressOptions, progressChecks } from '../core/progress.ts';
import type { Shape } from '../core/shape.ts';
import {
  boolean,
  type Check,
  integerWithin,
  keyOf,
  nonNegative,
  openUnitInterval,
  optional,
  positive,
  validate,
} from '../core/validate.ts';
import { type SaveType, saveTypes } from '../files/dtype.ts';
import type { CompressionTarget } from './guarantee.ts';
import { MAX_BLOCK_SAMPLES } from './limits.ts';

/** How to compress: exactly one of the first five, and options for all of them. */
export interface CodecOptions extends ProgressOptions {
  /**
   * Largest absolute error of any value, above 0: of floats in their own unit, of bytes in levels, so that with 2 every
   * byte is within ± 2. Or a list with a bound for each channel, the last axis of a sample, each at least 0: with 0 a
   * channel comes back exactly, at 4 bytes a float.
   */
  readonly maxError?: number | readonly number[];
  /** Largest error as a share of the range of the values that are compressed together, above 0 and below 1. */
  readonly relativeError?: number;
  /**
   * Peak signal-to-noise ratio in dB, above 0. The peak is the range of the values that are compressed together. For bytes
   * that range is at most 255, so the ratio with a peak of 255 is at least this.
   */
  readonly psnr?: number;
  /**
   * Quantises the code with this step, in units of the code, above 0, without a bound on the error. Channels that matter
   * less to the output get larger steps. Default for a `quantized` code: the step that it was trained with.
   */
  readonly step?: number;
  /** `true`: bytes come back exactly. Not for floats. */
  readonly lossless?: boolean;
  /**
   * Type of the weights in the codec. Default: `int8`; `float16` where `int8` raises the squared error of the model on the
   * calibration samples by more than 1 %, in plain mode with quantised codes; `float32` where `float16` does so too. But where
   * the file would take half as many bytes as the calibration samples, or more, and might be larger than what it saves: the
   * smallest type with at most twice the error. Lossless mode does not use the weights: `int8`.
   */
  readonly dtype?: SaveType;
  /**
   * Samples in a block, 1..65535. A block is the unit of random access and of damage; larger blocks make smaller files.
   * Default: depends on the mode. A block has at most 2^20 values, or one sample.
   */
  readonly samplesPerBlock?: number;
}

/** One bound, or a list of one for each channel. */
const boundOrBounds =
  (channels: number): Check<number | readonly number[]> =>
  (name, value) => {
    if (!Array.isArray(value)) return positive(name, value);
    if (value.length !== channels) throw wrongValue(name, `${channels} bounds, one for each channel`, value);
    return Array.from(value, (bound, channel) => nonNegative(`${name}[${channel}]`, bound));
  };

function trueOnly(name: string, value: unknown): unknown {
  if (!boolean(name, value)) throw wrongValue(name, 'true or nothing', value);
  return value;
}

/**
 * The guarantee that the options select. `defaultStep`: the step for options without a guarantee; 0 makes them an error. `shape`: of a sample.
 * Errors: TypeError, RangeError.
 */
export function checkOptions(options: CodecOptions, defaultStep: number, shape: Shape): CompressionTarget {
  const { dtype, samplesPerBlock, signal, onProgress, ...targets } = validate('options', options, {
    maxError: optional(boundOrBounds(shape.at(-1)!)),
    relativeError: optional(openUnitInterval),
    psnr: optional(positive),
    step: optional(positive),
    lossless: optional(trueOnly),
    dtype: optional(keyOf(saveTypes)),
    samplesPerBlock: optional(integerWithin(1, MAX_BLOCK_SAMPLES)),
    ...progressChecks,
  });
  const names = Object.keys(targets) as (keyof typeof targets)[];
  const given = names.filter((name) => targets[name] !== undefined);
  if (given.length > 1 || !(given.length || defaultStep))
    throw wrongType('options', `one of ${names.join(', ')}`, given.join(' and ') || 'none');
  const [guarantee = 'step'] = given;
  if (guarantee === 'step') return { guarantee: 'none', target: 0 };
  if (guarantee === 'lossless') return { guarantee, target: 0 };
  const target = targets[guarantee] as number | readonly number[];
  if (typeof target === 'number') return { guarantee, target };
  return { guarantee, target: target.reduce((max, bound) => Math.max(max, bound)), bounds: target };
}
