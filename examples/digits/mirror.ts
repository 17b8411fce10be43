// MNIST from a public mirror into a cache, each file known by its sha256.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { why, writeWhole } from './write.ts';

/** Name and sha256 of each file of a set. */
export type Sums = Readonly<Record<string, string>>;

/** MNIST, gzipped as published. */
export const published: Sums = {
  'train-images-idx3-ubyte.gz': '440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609',
  'train-labels-idx1-ubyte.gz': '3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c',
  't10k-images-idx3-ubyte.gz': '8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6',
  't10k-labels-idx1-ubyte.gz': 'f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6',
};

const mirrors = [
  'https://ossci-datasets.s3.amazonaws.com/mnist/',
  'https://storage.googleapis.com/cvdf-datasets/mnist/',
];

/** No file of the set is larger; what is longer need not be read to its end to be refused. */
const MOST = 16 * 2 ** 20;

/** Mirrors to ask: those above, or the one in ISTHMUS_MIRROR; none when that is empty. */
export function mirrorList(env: NodeJS.ProcessEnv = process.env): string[] {
  const own = env.ISTHMUS_MIRROR;
  if (own === undefined) return mirrors;
  return own ? [own.endsWith('/') ? own : `${own}/`] : [];
}

export const cacheFolder = (env: NodeJS.ProcessEnv = process.env): string =>
  join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'isthmus', 'mnist');

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A file of the cache, if it is there and whole. A damaged one counts as missing. */
function cached(folder: string, name: string, sum: string): Uint8Array | undefined {
  const path = join(folder, name);
  if (!existsSync(path)) return undefined;
  const bytes = readFileSync(path);
  return sha256(bytes) === sum ? bytes : undefined;
}

/** Milliseconds until a mirror must have answered, and the longest pause while it sends. */
export interface Patience {
  readonly answer: number;
  readonly pause: number;
}

async function download(url: string, patience: Patience): Promise<Uint8Array> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const within = (ms: number, otherwise: string): void => {
    clearTimeout(timer);
    timer = setTimeout(() => controller.abort(new Error(otherwise)), ms);
  };
  try {
    within(patience.answer, 'no answer');
    const response = await fetch(url, { signal: controller.signal });
    if (!response.ok) throw new Error(`status ${response.status}`);
    const chunks: Uint8Array[] = [];
    let length = 0;
    within(patience.pause, 'stopped sending');
    for await (const chunk of response.body ?? []) {
      within(patience.pause, 'stopped sending');
      chunks.push(chunk);
      length += chunk.length;
      if (length > MOST) throw new Error(`expected at most ${MOST} bytes, got more`);
    }
    return Buffer.concat(chunks);
  } finally {
    clearTimeout(timer);
    controller.abort();
  }
}

export interface Fetched {
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Whether a mirror was needed. */
  readonly fetched: boolean;
}

/**
 * The files, from the cache or else from the first mirror that has them; undefined where none has. `say` is told
 * what went wrong. What has another sha256 is neither used nor kept; a cache that cannot be written to is no
 * obstacle.
 */
export async function fetchFiles(
  folder: string,
  sums: Sums,
  urls: readonly string[],
  say: (line: string) => void,
  patience: Patience = { answer: 3000, pause: 5000 },
): Promise<Fetched | undefined> {
  const files = new Map<string, Uint8Array>();
  for (const [name, sum] of Object.entries(sums)) {
    const bytes = cached(folder, name, sum);
    if (bytes) files.set(name, bytes);
  }
  const missing = Object.entries(sums).filter(([name]) => !files.has(name));
  if (missing.length === 0) return { files, fetched: false };
  for (const url of urls) {
    try {
      for (const [name, sum] of missing.filter(([name]) => !files.has(name))) {
        const bytes = await download(url + name, patience);
        const got = sha256(bytes);
        if (got !== sum) throw new Error(`${name} has sha256 ${got.slice(0, 8)}…, expected ${sum.slice(0, 8)}…`);
        files.set(name, bytes);
        keep(folder, name, bytes, say);
      }
      return { files, fetched: true };
    } catch (error) {
      const { message, cause } = error as Error;
      say(`no digits from ${url}: ${(cause as Error | undefined)?.message || message}`);
    }
  }
  return undefined;
}

function keep(folder: string, name: string, bytes: Uint8Array, say: (line: string) => void): void {
  try {
    mkdirSync(folder, { recursive: true });
    writeWhole(join(folder, name), bytes);
  } catch (error) {
    say(`not kept for next time: ${why(error)}`);
  }
}
