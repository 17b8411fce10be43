// What coders of each mode need beside the model, learnt from samples. Apart from the modes, as who only reads compressed data
// has no use for these.

import type { Model } from '../model.ts';
import type { Steps } from '../steps.ts';
import type { Samples } from '../types.ts';
import type { Kind, Mode } from './block.ts';
import { calibrateBounded } from './bounded/calibrate.ts';
import { calibrateLossless } from './lossless/calibrate.ts';
import type { CodecOptions } from './options.ts';
import { calibratePlain } from './plain/calibrate.ts';

/**
 * Samples to tables. Samples are checked as to type and length. The model is the codec's own copy, its weights as they are
 * in the codec file.
 */
type Calibrate = (model: Model, samples: Samples, options: CodecOptions, kind: Kind) => Steps<Uint8Array>;

export const calibrations: Readonly<Record<Mode['name'], Calibrate>> = {
  plain: calibratePlain,
  bounded: calibrateBounded,
  lossless: calibrateLossless,
};
