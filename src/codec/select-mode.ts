// All ways of compressing. A codec's file and a container name theirs by its number.

import type { Mode } from './mode.ts';
import { bounded } from './modes/bounded/mode.ts';
import { lossless } from './modes/lossless/mode.ts';
import { quantized } from './modes/quantized/mode.ts';

export const modes: readonly Mode[] = [quantized, bounded, lossless];
