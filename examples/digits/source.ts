// Where the digits come from: a folder, the cache, a mirror, or our own pen.

import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readIdx } from './idx.ts';
import { cacheFolder, fetchFiles, mirrorList, type Patience, published, type Sums } from './mirror.ts';
import { drawDigits } from './strokes.ts';

export interface Digits {
  /** Where they come from, in words. */
  readonly source: string;
  /** Drawn by the generator: figures do not compare with those of MNIST. */
  readonly drawn: boolean;
  readonly train: Uint8Array;
  readonly trainLabels: Uint8Array;
  readonly test: Uint8Array;
  readonly testLabels: Uint8Array;
}

const SIDE = 28;
const names = [
  'train-images-idx3-ubyte',
  'train-labels-idx1-ubyte',
  't10k-images-idx3-ubyte',
  't10k-labels-idx1-ubyte',
] as const;

/** The path of a file in the folder, plain or gzipped. */
const find = (folder: string, name: string): string | undefined =>
  [join(folder, name), join(folder, `${name}.gz`)].find((path) => existsSync(path));

/** A file by its name without `.gz`: where it lies, for errors, and its bytes. */
type Open = (name: string) => { readonly path: string; readonly bytes: Uint8Array };

function pair(open: Open, images: string, labels: string): [Uint8Array, Uint8Array] {
  const [a, b] = [open(images), open(labels)];
  const [pictures, classes] = [readIdx(a.path, a.bytes), readIdx(b.path, b.bytes)];
  const [count, ...size] = pictures.shape;
  if (!count || size.join() !== `${SIDE},${SIDE}`) {
    throw new Error(`${a.path}: expected images of ${SIDE}×${SIDE}, got [${pictures.shape.join(', ')}]`);
  }
  if (classes.shape.join() !== String(count)) {
    throw new Error(`${b.path}: expected ${count} labels, one an image, got [${classes.shape.join(', ')}]`);
  }
  const strange = classes.data.find((label) => label > 9);
  if (strange !== undefined) throw new Error(`${b.path}: expected labels 0..9, got ${strange}`);
  return [pictures.data, classes.data];
}

function read(source: string, open: Open): Digits {
  const [train, trainLabels] = pair(open, names[0], names[1]);
  const [test, testLabels] = pair(open, names[2], names[3]);
  return { source, drawn: false, train, trainLabels, test, testLabels };
}

/** The digits in a folder of IDX files. An error says which files are missing. */
export function readFolder(folder: string, source: string): Digits {
  const missing = names.filter((name) => !find(folder, name));
  if (missing.length)
    throw new Error(`${folder} has no digits: expected ${missing.map((name) => `${name}[.gz]`).join(', ')}`);
  return read(source, (name) => {
    const path = find(folder, name)!;
    return { path, bytes: readFileSync(path) };
  });
}

/** What a test puts in the place of the machine. */
export interface World {
  readonly env?: NodeJS.ProcessEnv;
  /** Folder beside the project that may hold `mnist`. */
  readonly beside?: string;
  readonly sums?: Sums;
  readonly patience?: Patience;
  /** Digits that are drawn to train on, and to test. */
  readonly counts?: readonly [number, number];
}

/**
 * The digits: from `data`, else $ISTHMUS_DATA, a folder beside the project, the cache, or a mirror; drawn where
 * none can be had. `say` is told what was tried. Errors: a named folder without digits, files that are damaged.
 */
export async function getDigits(
  data: string | undefined,
  seed: number,
  say: (line: string) => void,
  { env = process.env, beside, sums = published, patience, counts = [60_000, 10_000] }: World = {},
): Promise<Digits> {
  if (data !== undefined) return readFolder(data, `handwritten digits from ${data}`);
  const shared = beside ?? fileURLToPath(new URL('../../../shared/data', import.meta.url));
  const places = [env.ISTHMUS_DATA, shared].filter((place): place is string => Boolean(place));
  const folder = places.map((place) => join(place, 'mnist')).find((path) => names.every((name) => find(path, name)));
  if (folder !== undefined) {
    return readFolder(folder, `handwritten digits (MNIST) from ${relative(process.cwd(), folder) || '.'}`);
  }
  const found = await fetchFiles(cacheFolder(env), sums, mirrorList(env), say, patience);
  if (found) {
    const place = found.fetched ? 'a public mirror' : 'the cache';
    const open: Open = (name) => ({ path: `${name}.gz of ${place}`, bytes: found.files.get(`${name}.gz`)! });
    return read(`handwritten digits (MNIST) from ${place}`, open);
  }
  const source = 'digits drawn by a generator (no handwritten ones could be had)';
  return { source, drawn: true, ...drawDigits(...counts, seed) };
}
