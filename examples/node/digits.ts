// Handwritten digits for the examples: from `--data DIR`, from the folder of data, from a mirror, or drawn.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { drawDigits } from '../../tools/digits/draw.ts';
import { type Digits, loadDigits } from '../../tools/digits/load.ts';

export const SIZE = 784;

/** Digits that `--quick` draws, to train on and to test. */
const FEW = [600, 200] as const;

export interface Given {
  readonly digits: Digits;
  /** Few digits and one epoch: to see that it runs. */
  readonly quick: boolean;
  /** `--out`, a folder for pictures. */
  readonly out: string;
}

/** What the command line asks for. */
export async function given(): Promise<Given> {
  const options = {
    data: { type: 'string' },
    out: { type: 'string', default: 'out' },
    quick: { type: 'boolean' },
  } as const;
  const { data, out, quick = false } = parseArgs({ options }).values;
  if (quick) {
    const [train, test] = FEW;
    return { digits: { source: 'drawn', drawn: true, ...drawDigits(train, test, 1) }, quick, out };
  }
  const beside = fileURLToPath(new URL('../../../shared/data', import.meta.url));
  const folder = data ?? join(process.env.ISTHMUS_DATA || beside, 'mnist');
  const known = data !== undefined || existsSync(folder) ? folder : undefined;
  return { digits: await loadDigits(known, 1, (line) => console.error(line)), quick, out };
}

/** The first `count` digits of `images`. */
export const first = (images: Uint8Array, count: number): Uint8Array => images.subarray(0, count * SIZE);
