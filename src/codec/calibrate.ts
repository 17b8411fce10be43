// Calibration of each mode: samples to tables. Not part of the modes, because reading compressed data does not need it.

import type { Steps } from '../core/progress.ts';
import type { Samples } from '../core/types.ts';
import type { Model } from '../model/model.ts';
import type { Mode, ValueFormat } from './mode.ts';
import { calibrateBounded } from './modes/bounded/calibrate.ts';
import { calibrateLossless } from './modes/lossless/calibrate.ts';
import { calibrateQuantized } from './modes/quantized/calibrate.ts';
import type { CodecOptions } from './options.ts';

/**
 * Makes tables. `model`: the codec's copy, with the weights of the codec's file. Type and length of the samples have been
 * checked.
 */
type Calibrator = (model: Model, samples: Samples, options: CodecOptions, format: ValueFormat) => Steps<Uint8Array>;

export const calibrators: Readonly<Record<Mode['name'], Calibrator>> = {
  plain: calibrateQuantized,
  bounded: calibrateBounded,
  lossless: calibrateLossless,
};
