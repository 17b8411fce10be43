// Loads handwritten digits from a folder, the cache or a mirror, or draws digits where none of these has them.

import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Checksums, cacheFolder, fetchFiles, mirrorUrls, mnistChecksums, type Timeouts } from './download.ts';
import { drawDigits } from './draw.ts';
import { readIdx } from './idx.ts';

/** Images of 28×28 bytes, 0 (black) to 255 (white), end to end; and their classes 0..9. */
export interface Digits {
  /** The origin of the images, in words. */
  readonly source: string;
  /** True for drawn digits: their figures do not compare with those of MNIST. */
  readonly drawn: boolean;
  readonly train: Uint8Array;
  readonly trainLabels: Uint8Array;
  readonly test: Uint8Array;
  readonly testLabels: Uint8Array;
}

const SIDE = 28;
const fileNames = {
  trainImages: 'train-images-idx3-ubyte',
  trainLabels: 'train-labels-idx1-ubyte',
  testImages: 't10k-images-idx3-ubyte',
  testLabels: 't10k-labels-idx1-ubyte',
} as const;
const allNames = Object.values(fileNames);

/** The path of a file in the folder, plain or gzipped. */
const findFile = (folder: string, name: string): string | undefined =>
  [join(folder, name), join(folder, `${name}.gz`)].find((path) => existsSync(path));

/** Reads a file by its name without `.gz`. Gives its path, for errors, and its bytes. */
type ReadFile = (name: string) => { readonly path: string; readonly bytes: Uint8Array };

function readImagesAndLabels(readFile: ReadFile, imagesName: string, labelsName: string) {
  const [imagesFile, labelsFile] = [readFile(imagesName), readFile(labelsName)];
  const images = readIdx(imagesFile.path, imagesFile.bytes);
  const labels = readIdx(labelsFile.path, labelsFile.bytes);
  const [count, ...size] = images.shape;
  if (!count || size.join() !== `${SIDE},${SIDE}`) {
    throw new Error(`${imagesFile.path}: expected images of ${SIDE}×${SIDE}, got [${images.shape.join(', ')}]`);
  }
  if (labels.shape.join() !== String(count)) {
    throw new Error(`${labelsFile.path}: expected ${count} labels, one an image, got [${labels.shape.join(', ')}]`);
  }
  const invalid = labels.data.find((label) => label > 9);
  if (invalid !== undefined) throw new Error(`${labelsFile.path}: expected labels 0..9, got ${invalid}`);
  return { images: images.data, labels: labels.data };
}

function readDigits(source: string, readFile: ReadFile): Digits {
  const train = readImagesAndLabels(readFile, fileNames.trainImages, fileNames.trainLabels);
  const test = readImagesAndLabels(readFile, fileNames.testImages, fileNames.testLabels);
  return {
    source,
    drawn: false,
    train: train.images,
    trainLabels: train.labels,
    test: test.images,
    testLabels: test.labels,
  };
}

/** Reads the digits of a folder of IDX files. Errors: missing files, by name; damaged files. */
export function readFolder(folder: string, source: string): Digits {
  const missing = allNames.filter((name) => !findFile(folder, name));
  if (missing.length) {
    throw new Error(`${folder} has no digits: expected ${missing.map((name) => `${name}[.gz]`).join(', ')}`);
  }
  return readDigits(source, (name) => {
    const path = findFile(folder, name)!;
    return { path, bytes: readFileSync(path) };
  });
}

/** Settings that tests replace. */
export interface LoadOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** A folder that may hold a folder `mnist`. Default: `shared/data` beside the project. */
  readonly sharedFolder?: string;
  readonly checksums?: Checksums;
  readonly timeouts?: Timeouts;
  /** How many digits to draw, for training and for tests. */
  readonly drawnCounts?: readonly [train: number, test: number];
}

/**
 * Loads digits: from the folder `data`; without it from $ISTHMUS_DATA, the shared folder, the cache or a mirror, the
 * first that has them; otherwise draws them with `seed`. `report` receives the failures on the way. Errors: `data`
 * without digits, damaged files.
 */
export async function loadDigits(
  data: string | undefined,
  seed: number,
  report: (line: string) => void,
  options: LoadOptions = {},
): Promise<Digits> {
  if (data !== undefined) return readFolder(data, `handwritten digits from ${data}`);
  const { env = process.env, checksums = mnistChecksums, timeouts, drawnCounts = [60_000, 10_000] } = options;
  const { sharedFolder = fileURLToPath(new URL('../../../../../shared/data', import.meta.url)) } = options;
  const folder = [env.ISTHMUS_DATA, sharedFolder]
    .filter((parent): parent is string => Boolean(parent))
    .map((parent) => join(parent, 'mnist'))
    .find((path) => allNames.every((name) => findFile(path, name)));
  if (folder !== undefined) {
    return readFolder(folder, `handwritten digits (MNIST) from ${relative(process.cwd(), folder) || '.'}`);
  }
  const found = await fetchFiles(cacheFolder(env), checksums, mirrorUrls(env), report, timeouts);
  if (found) {
    const origin = found.fetched ? 'a public mirror' : 'the cache';
    return readDigits(`handwritten digits (MNIST) from ${origin}`, (name) => ({
      path: `${name}.gz of ${origin}`,
      bytes: found.files.get(`${name}.gz`)!,
    }));
  }
  const source = 'digits drawn by a generator (no handwritten ones could be had)';
  return { source, drawn: true, ...drawDigits(...drawnCounts, seed) };
}
