// MNIST from a public mirror into a cache, each file known by its sha256.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { writeWhole } from './write.ts';

/** Files of the set and the sha256 of each, gzipped as published. */
export const published: Readonly<Record<string, string>> = {
  'train-images-idx3-ubyte.gz': '440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609',
  'train-labels-idx1-ubyte.gz': '3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c',
  't10k-images-idx3-ubyte.gz': '8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6',
  't10k-labels-idx1-ubyte.gz': 'f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6',
};

const mirrors = [
  'https://ossci-datasets.s3.amazonaws.com/mnist/',
  'https://storage.googleapis.com/cvdf-datasets/mnist/',
];

/** Mirrors to ask: those above, or the one in ISTHMUS_MIRROR; none when that is empty. */
export function mirrorList(env: NodeJS.ProcessEnv = process.env): string[] {
  const own = env.ISTHMUS_MIRROR;
  if (own === undefined) return mirrors;
  return own ? [own.endsWith('/') ? own : `${own}/`] : [];
}

export const cacheFolder = (env: NodeJS.ProcessEnv = process.env): string =>
  join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'isthmus', 'mnist');

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Whether all files lie in the cache, whole. A damaged one counts as missing. */
export function cached(folder: string, files: Readonly<Record<string, string>>): boolean {
  return Object.entries(files).every(([name, sum]) => {
    const path = join(folder, name);
    return existsSync(path) && sha256(readFileSync(path)) === sum;
  });
}

/** Milliseconds until a mirror must have answered, and until a file must have arrived. */
export interface Patience {
  readonly answer: number;
  readonly file: number;
}

async function download(url: string, patience: Patience): Promise<Uint8Array> {
  const controller = new AbortController();
  let timer = setTimeout(() => controller.abort(new Error('no answer')), patience.answer);
  try {
    const response = await fetch(url, { signal: controller.signal });
    clearTimeout(timer);
    timer = setTimeout(() => controller.abort(new Error('too slow')), patience.file);
    if (!response.ok) throw new Error(`status ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Brings the files that the cache lacks. Returns what went wrong with each mirror, or nothing when one had all.
 * A file whose sha256 differs is not kept.
 */
export async function fetchInto(
  folder: string,
  files: Readonly<Record<string, string>> = published,
  urls: readonly string[] = mirrorList(),
  patience: Patience = { answer: 4000, file: 120_000 },
): Promise<string[] | undefined> {
  const troubles: string[] = [];
  for (const url of urls) {
    try {
      mkdirSync(folder, { recursive: true });
      for (const [name, sum] of Object.entries(files)) {
        if (cached(folder, { [name]: sum })) continue;
        const bytes = await download(url + name, patience);
        const got = sha256(bytes);
        if (got !== sum) throw new Error(`${name} has sha256 ${got.slice(0, 8)}…, expected ${sum.slice(0, 8)}…`);
        writeWhole(join(folder, name), bytes);
      }
      return undefined;
    } catch (error) {
      const { message, cause } = error as Error;
      troubles.push(`${new URL(url).host}: ${(cause as Error | undefined)?.message ?? message}`);
    }
  }
  return troubles;
}
