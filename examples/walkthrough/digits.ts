// Where the digits come from: a folder, the cache, a mirror, or our own pen.

import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readIdx } from './idx.ts';
import { cached, cacheFolder, fetchInto, published } from './mirror.ts';
import { drawDigits } from './strokes.ts';

export interface Digits {
  /** Where they come from, in words. */
  readonly source: string;
  /** Drawn by the generator: figures do not compare with those of MNIST. */
  readonly drawn?: boolean;
  readonly train: Uint8Array;
  readonly test: Uint8Array;
  readonly testLabels: Uint8Array;
  readonly trainLabels: Uint8Array;
}

const SIDE = 28;
const names = [
  'train-images-idx3-ubyte',
  'train-labels-idx1-ubyte',
  't10k-images-idx3-ubyte',
  't10k-labels-idx1-ubyte',
];

/** The path of a file in the folder, plain or gzipped. */
const find = (folder: string, name: string): string | undefined =>
  [join(folder, name), join(folder, `${name}.gz`)].find((path) => existsSync(path));

function part(folder: string, images: string, labels: string): [Uint8Array, Uint8Array] {
  const [pictures, classes] = [images, labels].map((name) => {
    const path = find(folder, name)!;
    return readIdx(path, readFileSync(path));
  }) as [ReturnType<typeof readIdx>, ReturnType<typeof readIdx>];
  const [count, ...size] = pictures.shape;
  if (!count || size.join() !== `${SIDE},${SIDE}`) {
    throw new Error(`${join(folder, images)}: expected images of ${SIDE}×${SIDE}, got [${pictures.shape.join(', ')}]`);
  }
  if (classes.shape.join() !== String(count)) {
    throw new Error(
      `${join(folder, labels)}: expected ${count} labels, one an image, got [${classes.shape.join(', ')}]`,
    );
  }
  return [pictures.data, classes.data];
}

/** The digits in a folder of IDX files. An error says which files are missing. */
export function readFolder(folder: string, source: string): Digits {
  const missing = names.filter((name) => !find(folder, name));
  if (missing.length)
    throw new Error(`${folder} has no digits: expected ${missing.map((name) => `${name}[.gz]`).join(', ')}`);
  const [train, trainLabels] = part(folder, names[0]!, names[1]!);
  const [test, testLabels] = part(folder, names[2]!, names[3]!);
  return { source, train, trainLabels, test, testLabels };
}

/** Folders that may hold the digits besides the one that was named. */
function places(env: NodeJS.ProcessEnv): string[] {
  const shared = fileURLToPath(new URL('../../../shared/data', import.meta.url));
  return [env.ISTHMUS_DATA, shared]
    .filter((folder) => folder !== undefined && folder !== '')
    .map((folder) => join(folder!, 'mnist'));
}

/**
 * The digits: from `data`, else from a folder beside the project, the cache, or a mirror; drawn where none can be
 * had. `say` is told what was tried. Errors: a named folder without digits.
 */
export async function getDigits(
  data: string | undefined,
  seed: number,
  say: (line: string) => void,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Digits> {
  if (data !== undefined) return readFolder(data, `handwritten digits from ${data}`);
  const beside = places(env).find((folder) => names.every((name) => find(folder, name)));
  if (beside) return readFolder(beside, `handwritten digits (MNIST) from ${relative(process.cwd(), beside)}`);
  const cache = cacheFolder(env);
  if (cached(cache, published)) return readFolder(cache, 'handwritten digits (MNIST) from the cache');
  const troubles = await fetchInto(cache);
  if (!troubles) return readFolder(cache, 'handwritten digits (MNIST) from a public mirror');
  for (const trouble of troubles) say(`no digits from ${trouble}`);
  const source = 'digits drawn by a generator (no handwritten ones could be had)';
  return { source, drawn: true, ...drawDigits(60_000, 10_000, seed) };
}
