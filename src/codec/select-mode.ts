// All modes. Only what decodes is imported here: calibration is not needed to read compressed data.

import type { Guarantee } from './guarantee.ts';
import type { Mode } from './mode.ts';
import { bounded } from './modes/bounded/mode.ts';
import { lossless } from './modes/lossless/mode.ts';
import { quantized } from './modes/quantized/mode.ts';

export const modes: readonly Mode[] = [quantized, bounded, lossless];

/** The mode that keeps a guarantee. */
export function modeFor(guarantee: Guarantee): Mode {
  if (guarantee === 'none') return quantized;
  return guarantee === 'lossless' ? lossless : bounded;
}
