// The common part of the examples on handwritten digits: the options of the command line, and the digits.

import { parseArgs } from 'node:util';
import { drawDigits } from './tools/digits/draw.ts';
import { type Digits, loadDigits } from './tools/digits/load.ts';

/** Pixels of a digit: 28×28. */
export const PIXELS = 784;

/** Digits that `--quick` draws. */
const QUICK_COUNTS = [600, 200] as const;

export interface Example {
  readonly digits: Digits;
  /** True with `--quick`: few drawn digits and few epochs, to see that the example runs. */
  readonly quick: boolean;
  /** The folder for pictures, from `--out`. */
  readonly out: string;
}

/**
 * Reads the options and loads the digits. `--data DIR` is a folder of MNIST files; without it the digits come from a
 * mirror, or are drawn where there is no network.
 */
export async function startExample(): Promise<Example> {
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      out: { type: 'string', default: 'out' },
      quick: { type: 'boolean', default: false },
    },
  });
  const { data, out, quick } = values;
  if (quick) {
    return { digits: { source: 'drawn', drawn: true, ...drawDigits(...QUICK_COUNTS, 1) }, quick, out };
  }
  return { digits: await loadDigits(data, 1, (line) => console.error(line)), quick, out };
}

/** The first `count` digits of `images`. */
export const first = (images: Uint8Array, count: number): Uint8Array => images.subarray(0, count * PIXELS);
