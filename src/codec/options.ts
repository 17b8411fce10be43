import { wrongType, wrongValue } from '../core/errors.ts';
import { type ProgressOptions, progressChecks } from '../core/progress.ts';
import type { Shape } from '../core/shape.ts';
import {
  boolean,
  type Check,
  integerWithin,
  nonNegative,
  oneOfKeys,
  openUnitInterval,
  optional,
  positive,
  validate,
} from '../core/validate.ts';
import { type SaveType, saveTypes } from '../files/dtype.ts';
import type { Guarantee } from './container/records.ts';
import type { Mode } from './mode.ts';
import { bounded } from './modes/bounded/mode.ts';
import { lossless } from './modes/lossless/mode.ts';
import { quantized } from './modes/quantized/mode.ts';

/** Samples in a block, at most: their number has 16 bits. */
export const MAX_BLOCK_SAMPLES = 65535;

/** How to compress: exactly one of the first five, and what is common to all. */
export interface CodecOptions extends ProgressOptions {
  /**
   * Largest error of any value, absolute, above 0: of floats in their own unit, of bytes in levels, so that with 2 every
   * byte is within ± 2. Or one for each channel, the last axis of a sample, each at least 0: with 0 a channel comes back
   * as it was, at 4 bytes a float.
   */
  readonly maxError?: number | readonly number[];
  /** The same as a share of the range of values that are compressed together, above 0 and below 1. */
  readonly relativeError?: number;
  /**
   * Peak signal-to-noise ratio in dB, the peak being the range of values that are compressed together; above 0. Of bytes
   * that range is at most 255, so that this is no less than the ratio with a peak of 255.
   */
  readonly psnr?: number;
  /**
   * Plain quantisation of the code with this step, in units of the code, above 0, and no bound on the error. Channels
   * that matter less to the output get larger steps. Default for a `quantized` code: the step of its training.
   */
  readonly step?: number;
  /** Bytes come back as they were. */
  readonly lossless?: boolean;
  /**
   * Type of the weights in the codec. Default: `int8`; where the squared error on the calibration samples, in plain mode
   * with codes in whole steps, is more than 1 % above that of the model, `float16`; where it still is, `float32`. But where
   * such a file would take half of what the calibration samples take, or more, and so might be larger than what it saves, the
   * smallest type with at most twice the error. In lossless mode the model plays no part: `int8`.
   */
  readonly dtype?: SaveType;
  /**
   * Samples that stand and fall together, 1..65535: fewer make random access finer, more make files smaller. Default:
   * as many as suit the mode. A block holds at most 2^20 values, or one sample.
   */
  readonly samplesPerBlock?: number;
}

/** The mode that keeps what is asked for, what that promises of the data, its number, 0 where there is none, and bounds by channel. */
export type ModeChoice = readonly [mode: Mode, promise: Guarantee, asked: number, bounds?: readonly number[]];

/** One bound, or one for each of so many channels. */
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

/** Errors: TypeError, RangeError. `defaultStep`: the step that is taken where nothing is asked for, or 0. */
export function selectMode(options: CodecOptions, defaultStep: number, shape: Shape): ModeChoice {
  const { dtype, samplesPerBlock, signal, onProgress, ...targets } = validate('options', options, {
    maxError: optional(boundOrBounds(shape.at(-1)!)),
    relativeError: optional(openUnitInterval),
    psnr: optional(positive),
    step: optional(positive),
    lossless: optional(trueOnly),
    dtype: optional(oneOfKeys(saveTypes)),
    samplesPerBlock: optional(integerWithin(1, MAX_BLOCK_SAMPLES)),
    ...progressChecks,
  });
  const names = Object.keys(targets) as (keyof typeof targets)[];
  const given = names.filter((name) => targets[name] !== undefined);
  if (given.length > 1 || !(given.length || defaultStep))
    throw wrongType('options', `one of ${names.join(', ')}`, given.join(' and ') || 'none');
  const [name = 'step'] = given;
  if (name === 'step') return [quantized, 'none', 0];
  if (name === 'lossless') return [lossless, name, 0];
  const list = targets[name];
  return Array.isArray(list)
    ? [bounded, name, list.reduce((most, bound) => Math.max(most, bound)), list]
    : [bounded, name, list as number];
}
