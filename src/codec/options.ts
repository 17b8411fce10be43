import { boolean, integer, number, oneOf, options as plain, positive } from '../check.ts';
import { wrongType, wrongValue } from '../errors.ts';
import type { SaveType } from '../save/dtype.ts';
import type { PromiseName } from './container.ts';

/** Samples in a block, at most: their number has 16 bits. */
export const MOST_ROWS = 65535;

/** How to compress: exactly one of the first five, and what is common to all. */
export interface CodecOptions {
  /** Largest error of any value, absolute, above 0. */
  readonly maxError?: number;
  /** The same as a share of the range of values that are compressed together, above 0 and below 1. */
  readonly relativeError?: number;
  /** Peak signal-to-noise ratio in dB, the peak being the range of values that are compressed together; above 0. */
  readonly psnr?: number;
  /**
   * Plain quantisation of the code with this step, in units of the code, above 0, and no bound on the error. Channels
   * that matter less to the output get larger steps. Default for a `quantized` code: the step of its training.
   */
  readonly step?: number;
  /** Bytes come back as they were. */
  readonly lossless?: boolean;
  /**
   * Type of the weights in the codec. Default: `int8`; where the error on the calibration samples is more than 1 %
   * above that of the model, `float16`; where it still is, `float32`.
   */
  readonly dtype?: SaveType;
  /**
   * Samples that stand and fall together, 1..65535: fewer make random access finer, more make files smaller. Default:
   * as many as suit the mode. A block holds at most 2^20 values, or one sample.
   */
  readonly samplesPerBlock?: number;
}

const names = ['maxError', 'relativeError', 'psnr', 'step', 'lossless'] as const;

/** What is promised of the data, and the mode that keeps it. */
export interface Asked {
  readonly mode: 'plain' | 'bounded' | 'lossless';
  readonly promise: PromiseName;
  /** The number that was asked for; 0 where there is none. */
  readonly asked: number;
}

/** Errors: TypeError, RangeError. `standing`: the step that is taken where nothing is asked for, or 0. */
export function checkOptions(options: CodecOptions, standing: number): Asked {
  plain<CodecOptions>('options', options, [...names, 'dtype', 'samplesPerBlock']);
  const { maxError, relativeError, psnr, step, lossless, dtype, samplesPerBlock } = options;
  if (dtype !== undefined) oneOf('dtype', dtype, { float32: 0, float16: 0, int8: 0 });
  if (samplesPerBlock !== undefined) integer('samplesPerBlock', samplesPerBlock, 1, MOST_ROWS);
  if (lossless !== undefined && !boolean('lossless', lossless)) throw wrongValue('lossless', 'true or nothing', false);
  const given = names.filter((name) => options[name] !== undefined);
  if (given.length > 1 || (given.length === 0 && !standing))
    throw wrongType('options', `one of ${names.join(', ')}`, given.length ? given.join(' and ') : 'none');
  if (lossless) return { mode: 'lossless', promise: 'lossless', asked: 0 };
  if (maxError !== undefined) return { mode: 'bounded', promise: 'maxError', asked: positive('maxError', maxError) };
  if (relativeError !== undefined) {
    const asked = number('relativeError', relativeError, 'a number in (0, 1)', (v) => v > 0 && v < 1);
    return { mode: 'bounded', promise: 'relativeError', asked };
  }
  if (psnr !== undefined) return { mode: 'bounded', promise: 'psnr', asked: positive('psnr', psnr) };
  if (step !== undefined) positive('step', step);
  return { mode: 'plain', promise: 'none', asked: 0 };
}
