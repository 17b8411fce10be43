// All commands, in the order of `isthmus --help`.

import type { Command } from '../command.ts';
import { bench } from './bench.ts';
import { compress } from './compress.ts';
import { decode } from './decode.ts';
import { decompress } from './decompress.ts';
import { denoise } from './denoise.ts';
import { detect } from './detect.ts';
import { encode } from './encode.ts';
import { inspect } from './inspect.ts';
import { sample } from './sample.ts';
import { train } from './train.ts';

// biome-ignore format: one command a line
export const commands: readonly Command[] = [
  train,
  encode,
  decode,
  compress,
  decompress,
  denoise,
  detect,
  sample,
  inspect,
  bench,
];
