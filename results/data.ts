// Where the data of the recipes lies.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Digits, getDigits } from '../examples/digits/source.ts';
import { MissingData } from './recipe.ts';

/** Digits to train on, and to test, that `--quick` keeps. */
const FEW = [512, 100] as const;

export interface Data {
  /** The folder. */
  readonly root: string;
  file(...path: string[]): string;
  digits(): Promise<Digits>;
}

/** The data in `folder`, else in $ISTHMUS_DATA, else beside the project. Digits may also come from a mirror. */
export function openData(folder: string | undefined, quick: boolean, say: (line: string) => void): Data {
  const beside = fileURLToPath(new URL('../../shared/data', import.meta.url));
  const root = folder ?? (process.env.ISTHMUS_DATA || beside);
  const own = folder === undefined ? undefined : existsSync(join(folder, 'mnist')) ? join(folder, 'mnist') : folder;
  let digits: Promise<Digits> | undefined;
  return {
    root,
    file(...path) {
      const whole = join(root, ...path);
      if (!existsSync(whole)) throw new MissingData(`${join(...path)} is not in the folder of data`);
      return whole;
    },
    digits() {
      digits ??= getDigits(own, 1, say).then((all) => {
        if (all.drawn) throw new MissingData('handwritten digits could not be had');
        return quick ? few(all) : all;
      });
      return digits;
    },
  };
}

function few(all: Digits): Digits {
  const [train, test] = FEW;
  return {
    ...all,
    train: all.train.subarray(0, train * 784),
    trainLabels: all.trainLabels.subarray(0, train),
    test: all.test.subarray(0, test * 784),
    testLabels: all.testLabels.subarray(0, test),
  };
}
