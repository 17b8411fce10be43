// What coders of each mode need beside the model, learnt from samples. Apart from the modes, as who only reads compressed data
// has no use for these.

import type { Steps } from '../core/progress.ts';
import type { Samples } from '../core/types.ts';
import type { Model } from '../model/model.ts';
import type { Mode, ValueFormat } from './mode.ts';
import { calibrateBounded } from './modes/bounded/calibrate.ts';
import { calibrateLossless } from './modes/lossless/calibrate.ts';
import { calibrateQuantized } from './modes/quantized/calibrate.ts';
import type { CodecOptions } from './options.ts';

/**
 * Samples to tables. Samples are checked as to type and length. The model is the codec's own copy, its weights as they are
 * in the codec file.
 */
type Calibrate = (model: Model, samples: Samples, options: CodecOptions, kind: ValueFormat) => Steps<Uint8Array>;

export const calibrators: Readonly<Record<Mode['name'], Calibrate>> = {
  plain: calibrateQuantized,
  bounded: calibrateBounded,
  lossless: calibrateLossless,
};
