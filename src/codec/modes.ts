// All ways of compressing. A codec's file and a container name theirs by its number.

import type { Mode } from './block.ts';
import { plain } from './plain/plain.ts';

export const modes: readonly Mode[] = [plain];
