// All ways of compressing. A codec's file and a container name theirs by its number.

import type { Mode } from './block.ts';
import { bounded } from './bounded/index.ts';
import { lossless } from './lossless/index.ts';
import { plain } from './plain/plain.ts';

export const modes: readonly Mode[] = [plain, bounded, lossless];
