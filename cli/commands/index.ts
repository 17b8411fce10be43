// All commands, in the order of `isthmus --help`.

import type { Command } from '../command.ts';
import { detect } from './detect.ts';
import { inspect } from './inspect.ts';

export const commands: readonly Command[] = [detect, inspect];
