// The data of the recipes, from a folder.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MissingData } from '../../results/recipe.ts';
import { type Digits, loadDigits } from '../digits/load.ts';

/** Digits that `--quick` keeps. */
const QUICK_COUNTS = { train: 512, test: 100 };

export interface RecipeData {
  /** The folder. */
  readonly root: string;
  /** The path of a file or folder in `root`. Errors: MissingData. */
  file(...path: string[]): string;
  /** The handwritten digits. Errors: MissingData. */
  digits(): Promise<Digits>;
}

/**
 * Opens `folder`, otherwise $ISTHMUS_DATA, otherwise `shared/data` beside the project. Without `folder`, digits may also
 * come from a mirror.
 */
export function openData(folder: string | undefined, quick: boolean, report: (line: string) => void): RecipeData {
  const sharedFolder = fileURLToPath(new URL('../../../shared/data', import.meta.url));
  const root = folder ?? (process.env.ISTHMUS_DATA || sharedFolder);
  let digits: Promise<Digits> | undefined;
  return {
    root,
    file(...path) {
      const fullPath = join(root, ...path);
      if (!existsSync(fullPath)) throw new MissingData(`${join(...path)} is not in the folder of data`);
      return fullPath;
    },
    digits() {
      digits ??= loadDigits(folder && digitsFolder(folder), 1, report).then((all) => {
        if (all.drawn) throw new MissingData('handwritten digits could not be had');
        return quick ? firstDigits(all) : all;
      });
      return digits;
    },
  };
}

/** The folder `mnist` of a folder of data; the folder itself where it has none. */
const digitsFolder = (folder: string): string => (existsSync(join(folder, 'mnist')) ? join(folder, 'mnist') : folder);

function firstDigits(all: Digits): Digits {
  const { train, test } = QUICK_COUNTS;
  return {
    ...all,
    train: all.train.subarray(0, train * 784),
    trainLabels: all.trainLabels.subarray(0, train),
    test: all.test.subarray(0, test * 784),
    testLabels: all.testLabels.subarray(0, test),
  };
}
